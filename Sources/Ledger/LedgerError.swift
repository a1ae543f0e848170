import CLMDB

/// A fault of the ledger: something could not be done, and money is where it was before.
public enum LedgerError: Error, Equatable, Sendable {
  /// Another process holds the data directory.
  case directoryInUse(path: String)
  /// The directory cannot be created, opened or locked.
  case directoryUnusable(path: String, reason: String)
  /// The directory was written by a newer release.
  case newerFormat(found: UInt32, supported: UInt32)
  /// The directory was written by an older release whose format this one does not read.
  case olderFormat(found: UInt32, supported: UInt32)
  /// The directory's card numbers were sealed under another vault key.
  case otherVaultKey
  /// What is stored contradicts itself; nothing was changed.
  case damaged(String)
  /// The disk or LMDB failed in an operation; the code is an errno or one of LMDB's.
  case storage(operation: String, code: Int32)
  /// The writer has stopped, after a fault or because the process ends.
  case stopped
  /// The queue of the writer is full.
  case busy
}

extension LedgerError: CustomStringConvertible {
  /// What happened and what to do, in a sentence or two.
  public var description: String {
    switch self {
    case .directoryInUse(let path):
      "The data directory \(path) is in use by another process. Stop it, or name another directory."
    case .directoryUnusable(let path, let reason):
      "The data directory \(path) cannot be used: \(reason)."
    case .newerFormat(let found, let supported):
      "The data directory has format \(found); this release reads up to \(supported). "
        + "Start the newer release; nothing was changed."
    case .olderFormat(let found, let supported):
      "The data directory has format \(found); this release reads format \(supported) only. "
        + "Use the release that made it, or a new directory; nothing was changed."
    case .otherVaultKey:
      "The data directory's card numbers are sealed under another vault key. "
        + "Name the key file that it was created with; nothing was changed."
    case .damaged(let what):
      "The data directory is damaged: \(what). Nothing was changed; restore a backup, "
        + "or run 'holdfast check' on a copy to see how far it is sound."
    case .storage(let operation, let code):
      "The storage could not \(operation): \(String(cString: mdb_strerror(code)))."
    case .stopped:
      "The ledger has stopped and takes no more commands."
    case .busy:
      "The ledger's queue is full; try again."
    }
  }
}
