import Ledger
import Synchronization

/// Keeps what a ledger reports.
final class FaultBox: Sendable {
  private let kept = Mutex<[LedgerError]>([])
  var errors: [LedgerError] { kept.withLock { $0 } }
  func add(_ error: LedgerError) { kept.withLock { $0.append(error) } }
}
