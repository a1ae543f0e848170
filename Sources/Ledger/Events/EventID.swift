public import Authorization

/// Kind of `EventID`.
public enum EventKind: IdentifierKind {
  /// `evt`.
  public static var prefix: String { "evt" }
}

/// Names an event; its number is the event's place in the feed.
public typealias EventID = Identifier<EventKind>
