import CLMDB
import Foundation
import Synchronization

/// The journal of a running daemon with its writer kept out, as a disk that does not answer would.
///
/// LMDB lets one write transaction at a time run in all processes together; this one does nothing
/// and ends with this value. Its lock belongs to a thread, so begin and end happen on one of its own:
/// a test that waits may go on elsewhere.
final class StalledJournal: Sendable {
  private let end = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// Keeps the writer of a data directory out.
  init(_ data: String) throws {
    let begun = DispatchSemaphore(value: 0)
    let result = Mutex<Int32>(0)
    let (end, ended) = (end, ended)
    Thread.detachNewThread {
      Self.hold("\(data)/journal") { code in
        result.withLock { $0 = code }
        begun.signal()
        if code == 0 { end.wait() }
      }
      ended.signal()
    }
    begun.wait()
    let code = result.withLock { $0 }
    guard code == 0 else { throw TestFailure("the journal cannot be held (LMDB \(code))") }
  }

  deinit {
    end.signal()
    ended.wait()
  }

  private static func hold(_ path: String, while body: (Int32) -> Void) {
    var environment: OpaquePointer?
    var transaction: OpaquePointer?
    var code = mdb_env_create(&environment)
    // The file's own size is taken: the daemon's map is larger, and nothing is written here.
    if code == 0 { code = mdb_env_open(environment, path, UInt32(MDB_NOTLS), 0o600) }
    if code == 0 { code = mdb_txn_begin(environment, nil, 0, &transaction) }
    body(code)
    if let transaction { mdb_txn_abort(transaction) }
    if let environment { mdb_env_close(environment) }
  }
}
