import Synchronization
import Telemetry

/// Whether authorizations come: while they do, other work keeps back.
public final class AuthorizationTraffic: Sendable {
  private let newest = Atomic<UInt64>(0)

  /// Traffic that has not begun.
  public init() {}

  /// The writer has taken authorizations.
  func note(at time: MonotonicTime) { newest.store(time.nanoseconds, ordering: .relaxed) }

  /// Whether some came within the last 50 milliseconds: at 20 a second or more, always.
  public var isFlowing: Bool {
    let newest = MonotonicTime(nanoseconds: newest.load(ordering: .relaxed))
    return newest.nanoseconds > 0
      && MonotonicTime.now().nanoseconds(since: newest) < LedgerLimits.trafficNanoseconds
  }
}
