public import Authorization
import Synchronization

/// Business days that last as long as the process: after a restart the calendar's day holds until the
/// next cut-over.
public final class InMemoryBusinessDays: BusinessDayStore {
  private let states = Mutex<[String: BusinessDayState]>([:])

  /// No network has cut over yet.
  public init() {}

  /// The business day of a network.
  public func day(of network: String, at now: Instant) -> BusinessDay {
    states.withLock { $0[network, default: BusinessDayState()].day(at: now) }
  }

  /// Closes the business day of a network.
  public func cutOver(
    _ cutOver: CutOver,
    of network: String,
    at now: Instant
  ) -> BusinessDay? {
    states.withLock { $0[network, default: BusinessDayState()].cutOver(cutOver, at: now) }
  }
}
