/// Some events in order.
public struct EventPage: Sendable {
  /// The events, each shown by the filter.
  public var events: [LedgerEvent]
  /// The last event that was looked at, shown or not: the next page begins behind it.
  public var next: UInt64
  /// Whether there were more events behind `next` when this page was read.
  public var hasMore: Bool
}
