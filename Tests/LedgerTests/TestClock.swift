import Authorization
import Ledger
import Synchronization

/// A clock that goes on only by itself: a microsecond with each reading.
final class TestClock: Sendable {
  private let now: Atomic<Int64>
  private let hook = Mutex<(@Sendable () -> Void)?>(nil)

  /// Starts at noon of a day in 2026.
  init(
    _ microseconds: Int64 = (CivilDate.daysSinceEpoch(year: 2026, month: 6, day: 15) * 24 + 12)
      * 3_600_000_000
  ) { now = Atomic(microseconds) }

  var ledgerClock: LedgerClock {
    LedgerClock { [self] in
      hook.withLock { $0 }?()
      return Instant(microsecondsSinceEpoch: now.add(1, ordering: .relaxed).newValue)
    }
  }

  func set(_ microseconds: Int64) { now.store(microseconds, ordering: .relaxed) }

  func advance(days: Int64) { now.add(days * 86_400_000_000, ordering: .relaxed) }

  /// Runs `body` at each reading: on the writer's thread, before it decides a batch.
  func atEachReading(_ body: (@Sendable () -> Void)?) { hook.withLock { $0 = body } }
}
