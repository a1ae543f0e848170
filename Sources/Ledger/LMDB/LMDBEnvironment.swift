import CLMDB
import Foundation

/// One LMDB environment: a directory with `data.mdb` and `lock.mdb`.
///
/// Never open one path twice in a process, never fork with it open: LMDB's locks break in both cases.
final class LMDBEnvironment: @unchecked Sendable {
  /// How commits reach the disk.
  enum Durability {
    /// Data and meta page are flushed before a commit returns.
    case full
    /// Data is flushed, the meta page with the next commit: after a power cut the last transactions
    /// may be missing, the rest is whole.
    case lastTransactionsMayBeLost
  }

  let handle: OpaquePointer
  private let fileExtension: FileExtension

  /// Opens, and creates when missing, the environment in a directory.
  ///
  /// - Parameters:
  ///   - path: an existing directory.
  ///   - mapBytes: how far the file may grow; address space only.
  ///   - tables: the largest number of named tables, 0 for an environment of one unnamed table.
  ///   - durability: how commits reach the disk.
  ///   - readOnly: opens for reading; the files are not changed.
  ///   - extensionBounds: how far ahead of its use the file is extended.
  /// - Throws: `LedgerError` when the file cannot be opened or is no sound LMDB file.
  init(
    path: String,
    mapBytes: Int,
    tables: UInt32,
    durability: Durability,
    readOnly: Bool = false,
    extensionBounds: FileExtension.Bounds = FileExtension.Bounds()
  ) throws(LedgerError) {
    var environment: OpaquePointer?
    try check("create an environment", mdb_env_create(&environment))
    guard let environment else { throw .storage(operation: "create an environment", code: ENOMEM) }
    handle = environment
    fileExtension = FileExtension(path: path + "/data.mdb", bounds: extensionBounds)
    var flags = UInt32(MDB_NOTLS | MDB_NORDAHEAD)
    if readOnly { flags |= UInt32(MDB_RDONLY) }
    if durability == .lastTransactionsMayBeLost { flags |= UInt32(MDB_NOMETASYNC) }
    // From here on `deinit` closes the environment, also when this initializer throws.
    try check("set the map size", mdb_env_set_mapsize(environment, mapBytes))
    try check("set the table count", mdb_env_set_maxdbs(environment, tables))
    try check("set the reader count", mdb_env_set_maxreaders(environment, 256))
    let code = mdb_env_open(environment, path, flags, 0o600)
    if code == MDB_INVALID || code == MDB_VERSION_MISMATCH || code == MDB_CORRUPTED {
      throw .damaged("\(path)/data.mdb is not an LMDB file of this version")
    }
    try check("open \(path)", code)
    try refuseShortFile(path: path)
    // Slots of readers that died with their process would keep old pages for ever.
    try check("clear stale readers", mdb_reader_check(environment, nil))
  }

  deinit { mdb_env_close(handle) }

  /// A file shorter than its last used page would end the process with SIGBUS at the first read.
  private func refuseShortFile(path: String) throws(LedgerError) {
    var info = MDB_envinfo()
    try check("read the environment", mdb_env_info(handle, &info))
    let attributes = try? FileManager.default.attributesOfItem(atPath: path + "/data.mdb")
    let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    // A fresh environment has two meta pages and nothing else; a reader may meet an empty file.
    if info.me_last_pgno > 1, size < (info.me_last_pgno + 1) * pageBytes {
      throw .damaged(
        "\(path)/data.mdb has \(size) bytes, its newest commit needs \((info.me_last_pgno + 1) * pageBytes)"
      )
    }
  }

  /// Bytes of the file in use and the most that fit the map.
  var usage: (usedBytes: Int, mapBytes: Int, readers: Int) {
    var info = MDB_envinfo()
    mdb_env_info(handle, &info)
    return ((info.me_last_pgno + 1) * pageBytes, info.me_mapsize, Int(info.me_numreaders))
  }

  /// Commits a transaction that wrote so many bytes of values, while another thread may extend the
  /// file.
  func commit(
    _ transaction: consuming WriteTransaction,
    writing bytes: Int
  ) throws(LedgerError) {
    let end = usage.usedBytes + Self.commitMarginPages * pageBytes + bytes
    let holdsGrowth = fileExtension.beginCommit(upTo: end)
    defer { if holdsGrowth { fileExtension.endCommit() } }
    try transaction.commit()
  }

  /// Whether the file should be extended before long.
  var isFileShort: Bool { fileExtension.isShort(used: usage.usedBytes) }

  /// Writes zeros behind the end of the file, as many as its size suggests; a disk that is full or
  /// fails is left for the next commit to tell.
  ///
  /// - Parameter rests: asked between writes: whether to rest, for the sake of other files.
  func extendFile(rests: () -> Bool) {
    guard isFileShort else { return }
    fileExtension.extend(rests: rests) { usage.usedBytes }
  }

  /// Lets the page cache drop a part of the file; what is still to be written, or in use, stays.
  func forgetFile(_ range: Range<Int>) {
    var descriptor: Int32 = -1
    guard mdb_env_get_fd(handle, &descriptor) == MDB_SUCCESS else { return }
    // Advice: whatever becomes of it, the file is the same.
    _ = posix_fadvise(
      descriptor,
      off_t(range.lowerBound),
      off_t(range.count),
      POSIX_FADV_DONTNEED
    )
  }

  /// Pages that one commit may use beside those of its values: copies of each level of the tree and
  /// of the free list, and the free list's records.
  static let commitMarginPages = 64

  /// The file's page size: that of the machine that made it.
  var pageBytes: Int {
    var statistics = MDB_stat()
    mdb_env_stat(handle, &statistics)
    return Int(statistics.ms_psize)
  }

  /// Begins a read transaction: a frozen view of the newest commit.
  func read() throws(LedgerError) -> ReadTransaction {
    try ReadTransaction(environment: self)
  }

  /// Begins the one write transaction; blocks while another is open.
  func write() throws(LedgerError) -> WriteTransaction {
    var transaction: OpaquePointer?
    try check("begin a transaction", mdb_txn_begin(handle, nil, 0, &transaction))
    guard let transaction else { throw .storage(operation: "begin a transaction", code: ENOMEM) }
    return WriteTransaction(handle: transaction, environment: self)
  }
}

/// Turns an LMDB status into a typed error.
@inline(__always)
func check(_ operation: @autoclosure () -> String, _ code: Int32) throws(LedgerError) {
  guard code == MDB_SUCCESS else { throw storageFault(operation(), code) }
}

@inline(never)
private func storageFault(_ operation: String, _ code: Int32) -> LedgerError {
  .storage(operation: operation, code: code)
}
