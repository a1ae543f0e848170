import Ledger
import Synchronization

/// Keeps outcomes by ticket until somebody asks for them.
final class CollectingInbox: OutcomeInbox {
  private struct State {
    var outcomes: [UInt64: AuthorizationOutcome] = [:]
    var batches: [Int] = []
    var waiter: (count: Int, resume: CheckedContinuation<Void, Never>)?
  }

  private let state = Mutex(State())

  func deliver(_ outcomes: inout [AuthorizationOutcome]) {
    let outcomes = outcomes
    let ready = state.withLock { state -> CheckedContinuation<Void, Never>? in
      for outcome in outcomes { state.outcomes[outcome.ticket] = outcome }
      state.batches.append(outcomes.count)
      guard let waiter = state.waiter, state.outcomes.count >= waiter.count else { return nil }
      state.waiter = nil
      return waiter.resume
    }
    ready?.resume()
  }

  /// Waits for a number of outcomes and takes them all; for one caller at a time.
  func take(_ count: Int) async -> [UInt64: AuthorizationOutcome] {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        if state.outcomes.count >= count { return true }
        state.waiter = (count, continuation)
        return false
      }
      if isReady { continuation.resume() }
    }
    return state.withLock { state in
      defer { state.outcomes = [:] }
      return state.outcomes
    }
  }

  /// The outcomes so far, without waiting.
  var soFar: [UInt64: AuthorizationOutcome] { state.withLock { $0.outcomes } }

  /// The sizes of the batches that came.
  var batches: [Int] { state.withLock { $0.batches } }
}
