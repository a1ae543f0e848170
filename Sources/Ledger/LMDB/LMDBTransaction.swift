import CLMDB
import Foundation

/// A tree of an environment, open for the life of the process.
struct LMDBTable: Sendable {
  let handle: MDB_dbi
}

/// Reads and, when the transaction is a write transaction, writes; valid while its owner lives.
///
/// Bytes that come back belong to the map: they are good until the transaction ends or, in a write
/// transaction, until the next write.
struct LMDBAccess {
  let transaction: OpaquePointer

  /// The value of a key, or `nil`.
  func value(
    _ table: LMDBTable,
    _ key: UnsafeRawBufferPointer
  ) throws(LedgerError) -> UnsafeRawBufferPointer? {
    var keyValue = MDB_val(key)
    var found = MDB_val()
    let code = mdb_get(transaction, table.handle, &keyValue, &found)
    if code == MDB_NOTFOUND { return nil }
    try check("read", code)
    return found.bytes
  }

  /// The value of an integer key, or `nil`.
  func value(
    _ table: LMDBTable,
    _ key: UInt64
  ) throws(LedgerError) -> UnsafeRawBufferPointer? {
    var key = key
    return try withUnsafeBytes(of: &key) { (bytes) throws(LedgerError) in
      try value(table, bytes)
    }
  }

  /// Writes a key; `append` promises that it is the largest so far.
  func put(
    _ table: LMDBTable,
    _ key: UnsafeRawBufferPointer,
    _ value: UnsafeRawBufferPointer,
    append: Bool = false
  ) throws(LedgerError) {
    var keyValue = MDB_val(key)
    var data = MDB_val(value)
    try check(
      "write",
      mdb_put(transaction, table.handle, &keyValue, &data, append ? UInt32(MDB_APPEND) : 0)
    )
  }

  /// Writes an integer key.
  func put(
    _ table: LMDBTable,
    _ key: UInt64,
    _ value: UnsafeRawBufferPointer,
    append: Bool = false
  ) throws(LedgerError) {
    var key = key
    try withUnsafeBytes(of: &key) { (bytes) throws(LedgerError) in
      try put(table, bytes, value, append: append)
    }
  }

  /// Opens a tree, creating it in a write transaction.
  func table(_ name: String?, integerKeys: Bool, create: Bool) throws(LedgerError) -> LMDBTable {
    var handle: MDB_dbi = 0
    var flags: UInt32 = create ? UInt32(MDB_CREATE) : 0
    if integerKeys { flags |= UInt32(MDB_INTEGERKEY) }
    try check(
      "open table \(name ?? "(main)")",
      mdb_dbi_open(transaction, name, flags, &handle)
    )
    return LMDBTable(handle: handle)
  }

  /// A tree with byte keys that may not be there; good until the transaction ends.
  func existingTable(_ name: String) throws(LedgerError) -> LMDBTable? {
    var handle: MDB_dbi = 0
    let code = mdb_dbi_open(transaction, name, 0, &handle)
    if code == MDB_NOTFOUND { return nil }
    try check("open table \(name)", code)
    return LMDBTable(handle: handle)
  }

  /// The number of entries of a tree.
  func count(_ table: LMDBTable) throws(LedgerError) -> Int {
    var statistics = MDB_stat()
    try check("read a table", mdb_stat(transaction, table.handle, &statistics))
    return statistics.ms_entries
  }

  /// Where a walk over a tree begins.
  enum Start {
    case first
    case last
    /// At a key or, when it is missing, at the next larger one.
    case atOrAfter([UInt8])
    /// At the largest key below this one, going down.
    case before([UInt8])
  }

  /// Walks a tree upwards or downwards until `body` answers `false`.
  func walk(
    _ table: LMDBTable,
    from start: Start,
    downwards: Bool = false,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(LedgerError) -> Bool
  ) throws(LedgerError) {
    var cursor: OpaquePointer?
    try check("open a cursor", mdb_cursor_open(transaction, table.handle, &cursor))
    guard let cursor else { return }
    defer { mdb_cursor_close(cursor) }
    var key = MDB_val()
    var value = MDB_val()
    var code: Int32
    switch start {
    case .first:
      code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST)
    case .last:
      code = mdb_cursor_get(cursor, &key, &value, MDB_LAST)
    case .atOrAfter(let bytes):
      code = bytes.withUnsafeBytes {
        key = MDB_val($0)
        return mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE)
      }
    case .before(let bytes):
      code = bytes.withUnsafeBytes {
        key = MDB_val($0)
        return mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE)
      }
      code = mdb_cursor_get(cursor, &key, &value, code == MDB_SUCCESS ? MDB_PREV : MDB_LAST)
    }
    while code == MDB_SUCCESS {
      guard try body(key.bytes, value.bytes) else { return }
      code = mdb_cursor_get(cursor, &key, &value, downwards ? MDB_PREV : MDB_NEXT)
    }
    if code != MDB_NOTFOUND { try check("walk a table", code) }
  }
}

/// Writes keys of one tree in ascending order; must go before its transaction ends.
final class WriteCursor {
  private let transaction: OpaquePointer
  private let table: LMDBTable
  private let cursor: OpaquePointer
  /// The tree's largest key before the first write; `nil` once keys are behind it.
  private var last: [UInt8]?

  init(_ access: LMDBAccess, _ table: LMDBTable) throws(LedgerError) {
    transaction = access.transaction
    self.table = table
    var cursor: OpaquePointer?
    try check("open a cursor", mdb_cursor_open(transaction, table.handle, &cursor))
    guard let cursor else { throw .storage(operation: "open a cursor", code: ENOMEM) }
    self.cursor = cursor
    var key = MDB_val()
    var value = MDB_val()
    let code = mdb_cursor_get(cursor, &key, &value, MDB_LAST)
    if code == MDB_SUCCESS {
      last = Array(key.bytes)
    } else if code != MDB_NOTFOUND {
      try check("read", code)
    }
  }

  /// Writes one key, larger than the one before.
  func put(
    _ key: UnsafeRawBufferPointer,
    _ value: UnsafeRawBufferPointer
  ) throws(LedgerError) {
    var keyValue = MDB_val(key)
    var data = MDB_val(value)
    if last != nil, isBehindLast(&keyValue) { last = nil }
    let flags = last == nil ? UInt32(MDB_APPEND) : 0
    try check("write", mdb_cursor_put(cursor, &keyValue, &data, flags))
  }

  private func isBehindLast(_ key: inout MDB_val) -> Bool {
    last?.withUnsafeBytes { bytes in
      var last = MDB_val(bytes)
      return mdb_cmp(transaction, table.handle, &key, &last) > 0
    } ?? true
  }

  deinit { mdb_cursor_close(cursor) }
}

/// A frozen view of an environment's newest commit; keep it short, since it pins the pages it sees.
struct ReadTransaction: ~Copyable {
  private let handle: OpaquePointer
  private let environment: LMDBEnvironment

  fileprivate init(handle: OpaquePointer, environment: LMDBEnvironment) {
    self.handle = handle
    self.environment = environment
  }

  init(environment: LMDBEnvironment) throws(LedgerError) {
    var transaction: OpaquePointer?
    try check(
      "begin a read transaction",
      mdb_txn_begin(environment.handle, nil, UInt32(MDB_RDONLY), &transaction)
    )
    guard let transaction else {
      throw .storage(operation: "begin a read transaction", code: ENOMEM)
    }
    self.init(handle: transaction, environment: environment)
  }

  var access: LMDBAccess { LMDBAccess(transaction: handle) }

  /// Moves the view to the newest commit without giving the reader slot back.
  func renew() throws(LedgerError) {
    mdb_txn_reset(handle)
    try check("renew a read transaction", mdb_txn_renew(handle))
  }

  deinit { mdb_txn_abort(handle) }
}

/// The one open write transaction of an environment; aborted unless committed.
struct WriteTransaction: ~Copyable {
  private var handle: OpaquePointer?
  /// Kept open as long as the transaction: closing it first would free the transaction twice.
  private let environment: LMDBEnvironment

  init(handle: OpaquePointer, environment: LMDBEnvironment) {
    self.handle = handle
    self.environment = environment
  }

  var access: LMDBAccess {
    guard let handle else { preconditionFailure("a transaction is used after its commit") }
    return LMDBAccess(transaction: handle)
  }

  /// Makes the writes durable as the environment's durability says.
  ///
  /// Any error is the end of trust in the environment: the caller must not go on writing.
  consuming func commit() throws(LedgerError) {
    guard let handle else { preconditionFailure("a transaction is committed twice") }
    // A commit ends the transaction whether it succeeds or not.
    self.handle = nil
    try check("commit", mdb_txn_commit(handle))
  }

  deinit { if let handle { mdb_txn_abort(handle) } }
}

extension MDB_val {
  init(_ bytes: UnsafeRawBufferPointer) {
    self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: mv_data, count: mv_size) }
}
