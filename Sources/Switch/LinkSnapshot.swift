public import Authorization

/// What a link's record said at one moment.
public struct LinkSnapshot: Hashable, Sendable {
  /// The link's name.
  public var id: LinkID
  /// The name of its listener.
  public var listener: String
  /// The other end, `HOST:PORT`.
  public var peer: String
  /// How it is.
  public var state: LinkState
  /// When the connection was accepted.
  public var connected: Instant
  /// When the last message came, if one did; keep-alives are none.
  public var lastMessage: Instant?
  /// Messages that have come.
  public var received: UInt64
  /// Messages that were answered.
  public var answered: UInt64
  /// Messages that are in work.
  public var inFlight: UInt64
  /// When our last echo test left.
  public var echoSent: Instant?
  /// When an echo test of ours was last answered.
  public var echoAnswered: Instant?
  /// Echo tests missed in a row.
  public var echoMissed: Int
}
