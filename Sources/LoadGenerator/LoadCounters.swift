import Synchronization

/// What a running load has done so far, for a display on another thread.
public final class LoadCounters: Sendable {
  private struct Open: Sendable {
    var tally: IntervalTally
    var workers: Int
  }

  private struct State: Sendable {
    var complete: [LoadInterval] = []
    /// By second from `complete.count` on; not yet told by every worker.
    var open: [Open] = []
    var workers = 1
  }

  let sent = Atomic<UInt64>(0)
  let answered = Atomic<UInt64>(0)
  private let state = Mutex(State())

  /// Nothing yet.
  public init() {}

  /// Requests that left.
  public var sentCount: UInt64 { sent.load(ordering: .relaxed) }

  /// Answers that came.
  public var answeredCount: UInt64 { answered.load(ordering: .relaxed) }

  /// The seconds that are over, from a position on.
  public func intervals(from position: Int) -> [LoadInterval] {
    state.withLock { Array($0.complete.dropFirst(position)) }
  }

  /// Expects every second from so many workers.
  func begin(workers: Int) { state.withLock { $0.workers = workers } }

  /// Takes one worker's next second; each worker tells every second once and in order.
  func tell(_ tally: IntervalTally, second: Int) {
    state.withLock { state in
      let position = second - state.complete.count
      precondition(position >= 0, "a second was told after it was over")
      if position < state.open.count {
        state.open[position].tally.add(tally)
        state.open[position].workers += 1
      } else {
        state.open.append(Open(tally: tally, workers: 1))
      }
      while let first = state.open.first, first.workers == state.workers {
        state.complete.append(LoadInterval(second: state.complete.count, first.tally))
        state.open.removeFirst()
      }
    }
  }

  /// Ends the seconds that some worker did not live to see.
  func finish() -> [LoadInterval] {
    state.withLock { state in
      for rest in state.open {
        state.complete.append(LoadInterval(second: state.complete.count, rest.tally))
      }
      state.open = []
      return state.complete
    }
  }
}
