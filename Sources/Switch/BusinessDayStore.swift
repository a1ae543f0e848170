public import Authorization

/// Where the business days of networks are kept.
///
/// Any thread; calls are rare and may take a lock.
public protocol BusinessDayStore: Sendable {
  /// The business day of a network; the calendar's, in UTC, until its first cut-over.
  func day(of network: String, at now: Instant) -> BusinessDay

  /// Closes the business day of a network; what `BusinessDayState.cutOver` says.
  func cutOver(_ cutOver: CutOver, of network: String, at now: Instant) -> BusinessDay?
}
