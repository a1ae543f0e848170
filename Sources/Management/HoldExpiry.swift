public import Ledger
import Synchronization

/// Ends holds that have run out, one search after the other: the daemon's by the second, and one
/// whenever the clock was set forward, which must count what its leap ended (rows A-037, N-5).
public final class HoldExpiry: Sendable {
  private let ledger: Ledger
  /// The newest search; each waits for the one before it.
  private let last = Mutex<Task<Result<Int?, LedgerError>, Never>?>(nil)

  /// Searches over a ledger; a process has one for each ledger.
  public init(ledger: Ledger) { self.ledger = ledger }

  /// Ends the holds that have run out by now.
  /// - Returns: how many ended; when the task is cancelled, those so far.
  /// - Throws: `LedgerError`.
  @discardableResult
  public func sweep() async throws(LedgerError) -> Int {
    try await run(seesEverything: false) { true } ?? 0
  }

  /// Does something and then ends what has run out behind it, with no other search in between.
  /// - Returns: how many ended; `nil` when what was to be done was not.
  func sweep(after change: @escaping @Sendable () -> Bool) async throws(LedgerError) -> Int? {
    try await run(seesEverything: true, change)
  }

  private func run(
    seesEverything: Bool,
    _ change: @escaping @Sendable () -> Bool
  ) async throws(LedgerError) -> Int? {
    let ledger = ledger
    let task = last.withLock { last in
      let before = last
      let task = Task(priority: .low) { () -> Result<Int?, LedgerError> in
        _ = await before?.value
        guard change() else { return .success(nil) }
        do throws(LedgerError) {
          return .success(try await ledger.endExpiredHolds(seesEverything: seesEverything))
        } catch {
          return .failure(error)
        }
      }
      last = task
      return task
    }
    return try await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }.get()
  }
}
