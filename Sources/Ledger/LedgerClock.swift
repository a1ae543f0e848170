public import Authorization
import Foundation

/// Where the ledger's time comes from: the wall clock, or whatever a test sets.
public struct LedgerClock: Sendable {
  private let read: @Sendable () -> Instant

  /// A clock that reads `now`.
  public init(_ now: @escaping @Sendable () -> Instant) { read = now }

  /// The present instant.
  public func now() -> Instant { read() }

  /// The machine's wall clock.
  public static let system = LedgerClock {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(
      microsecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    )
  }
}
