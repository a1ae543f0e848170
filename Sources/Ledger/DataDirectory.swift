import Foundation

/// The data directory of one ledger, held by this process alone while the value lives.
///
/// ```
/// DIR/lock             held with flock by the process that uses the directory
/// DIR/journal/data.mdb the truth: entries, only appended to
/// DIR/journal/….log    the same as log files (LogFileJournal)
/// DIR/books/data.mdb   what the entries add up to
/// ```
final class DataDirectory: Sendable {
  let path: String
  /// What the journal was kept in when the directory was opened; `nil` when there was none.
  let journalKind: JournalKind?
  /// Whether there were books when the directory was opened.
  let hasBooks: Bool
  private let lock: Int32

  var journalPath: String { path + "/journal" }
  var booksPath: String { path + "/books" }

  /// Makes the directory when missing and locks it.
  ///
  /// - Parameters:
  ///   - path: the directory.
  ///   - create: `false` refuses a directory that holds no ledger.
  /// - Throws: `LedgerError` when it is in use, unusable, or has books without a journal.
  init(path: String, create: Bool) throws(LedgerError) {
    self.path = path
    let kinds = Self.journalKinds(in: path)
    guard kinds.count < 2 else {
      throw .damaged("\(path)/journal holds a database and log files")
    }
    journalKind = kinds.first
    let hasJournal = journalKind != nil
    hasBooks = FileManager.default.fileExists(atPath: path + "/books/data.mdb")
    guard hasJournal || create else {
      throw .directoryUnusable(path: path, reason: "it holds no journal")
    }
    guard hasJournal || !hasBooks else {
      throw .damaged("\(path)/books is there and \(path)/journal is missing")
    }
    do {
      for directory in [path, path + "/journal", path + "/books"] {
        try FileManager.default.createDirectory(
          atPath: directory,
          withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700]
        )
      }
    } catch {
      throw .directoryUnusable(path: path, reason: "it cannot be created (\(Self.reason(errno)))")
    }
    lock = Foundation.open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else {
      throw .directoryUnusable(
        path: path,
        reason: "its lock file cannot be opened (\(Self.reason(errno)))"
      )
    }
    // From here on `deinit` closes the file, also when this initializer throws.
    guard Self.acquire(lock) else { throw .directoryInUse(path: path) }
  }

  /// What journals a directory has; two are one too many.
  static func journalKinds(in path: String) -> [JournalKind] {
    let journal = path + "/journal"
    var kinds: [JournalKind] = []
    if FileManager.default.fileExists(atPath: journal + "/data.mdb") { kinds.append(.lmdb) }
    if !LogSegment.all(in: journal).isEmpty { kinds.append(.log) }
    return kinds
  }

  /// Takes the lock, with a second's patience: it outlives its holder by a moment when a child that
  /// was being started has not let go of the descriptor yet.
  private static func acquire(_ lock: Int32) -> Bool {
    for attempt in 0..<20 {
      if attempt > 0 { usleep(50_000) }
      if flock(lock, LOCK_EX | LOCK_NB) == 0 { return true }
    }
    return false
  }

  deinit { if lock >= 0 { close(lock) } }

  /// Flushes the directories, so that files that were just made are still there after a power cut.
  func flush() throws(LedgerError) {
    for directory in [path, journalPath, booksPath] {
      let descriptor = Foundation.open(directory, O_RDONLY | O_CLOEXEC)
      defer { if descriptor >= 0 { close(descriptor) } }
      guard descriptor >= 0, fsync(descriptor) == 0 else {
        throw .directoryUnusable(
          path: directory,
          reason: "it cannot be flushed (\(Self.reason(errno)))"
        )
      }
    }
  }

  private static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}
