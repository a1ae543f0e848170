import Ledger
import Synchronization

/// A batch on its way through the ledger, and its outcome as soon as there is one.
final class PendingBatch: Sendable {
  private typealias Outcome = Result<CommandOutcome, LedgerError>

  private enum State {
    case running
    case awaited(CheckedContinuation<Outcome, Never>)
    case done(Outcome)
  }

  let batch: ImportBatch
  private let state = Mutex(State.running)

  init(_ batch: ImportBatch) { self.batch = batch }

  /// Takes the outcome, once.
  func finish(_ outcome: Result<CommandOutcome, LedgerError>) {
    let waiting = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
      defer { state = .done(outcome) }
      if case .awaited(let continuation) = state { return continuation }
      return nil
    }
    waiting?.resume(returning: outcome)
  }

  /// Waits for the outcome; for one caller.
  func outcome() async -> Result<CommandOutcome, LedgerError> {
    await withCheckedContinuation { continuation in
      let outcome: Outcome? = state.withLock { state in
        if case .done(let outcome) = state { return outcome }
        state = .awaited(continuation)
        return nil
      }
      if let outcome { continuation.resume(returning: outcome) }
    }
  }
}
