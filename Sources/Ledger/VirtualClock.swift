public import Authorization
import Synchronization

/// A wall clock that tests can set forward (row N-5); it never goes back.
public final class VirtualClock: Sendable {
  private let offset = Atomic<Int64>(0)

  /// A clock that shows the machine's time until it is advanced.
  public init() {}

  /// The present instant.
  public func now() -> Instant {
    let machine = LedgerClock.system.now().microsecondsSinceEpoch
    return Instant(microsecondsSinceEpoch: machine + offset.load(ordering: .relaxed))
  }

  /// Sets the clock forward.
  ///
  /// - Parameter seconds: how far; at most a hundred years in all.
  /// - Returns: `false` when that is back, or too far; nothing changed.
  public func advance(bySeconds seconds: Int64) -> Bool {
    let longest: Int64 = 100 * 366 * 86_400
    guard seconds >= 0, seconds <= longest,
      offset.load(ordering: .relaxed) + seconds * 1_000_000 <= longest * 1_000_000
    else { return false }
    offset.wrappingAdd(seconds * 1_000_000, ordering: .relaxed)
    return true
  }

  /// Sets the clock forward to at least an instant, where a ledger was left that had it before.
  public func advance(to instant: Instant) {
    let missing = instant.microsecondsSinceEpoch - now().microsecondsSinceEpoch
    if missing > 0 { offset.wrappingAdd(missing, ordering: .relaxed) }
  }

  /// The clock as the ledger reads it.
  public var ledgerClock: LedgerClock { LedgerClock { self.now() } }
}
