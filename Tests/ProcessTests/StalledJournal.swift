import CLMDB

/// The journal of a running daemon with its writer kept out, as a disk that does not answer would.
///
/// LMDB lets one write transaction at a time run in all processes together; this one does nothing
/// and ends with this value.
final class StalledJournal {
  private let environment: OpaquePointer
  private var transaction: OpaquePointer?

  /// Keeps the writer of a data directory out.
  init(_ data: String) throws {
    var environment: OpaquePointer?
    guard mdb_env_create(&environment) == 0, let environment else {
      throw TestFailure("no LMDB environment")
    }
    self.environment = environment
    // The file's own size is taken: the daemon's map is larger, and nothing is written here.
    var code = mdb_env_open(environment, "\(data)/journal", UInt32(MDB_NOTLS), 0o600)
    if code == 0 { code = mdb_txn_begin(environment, nil, 0, &transaction) }
    guard code == 0 else { throw TestFailure("the journal cannot be held (LMDB \(code))") }
  }

  deinit {
    if let transaction { mdb_txn_abort(transaction) }
    mdb_env_close(environment)
  }
}
