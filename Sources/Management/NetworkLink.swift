public import Authorization

/// One link as management shows it.
public struct NetworkLink: Hashable, Sendable {
  /// How a link is.
  public enum State: String, Hashable, Sendable {
    /// Connected; no sign-on was needed and none was made.
    case up = "UP"
    /// Connected and signed on.
    case signedOn = "SIGNED_ON"
    /// Connected; it has signed off, or has not signed on where that is required.
    case signedOff = "SIGNED_OFF"
    /// It left our echo tests unanswered.
    case down = "DOWN"
  }

  /// The link's name.
  public var id: NetworkLinkID
  /// The listener's address, `HOST:PORT`.
  public var listener: String
  /// The name of the network behind the listener.
  public var network: String
  /// The other end, `HOST:PORT`.
  public var peer: String
  /// How it is.
  public var state: State
  /// When the connection was accepted.
  public var connected: Instant
  /// When the last message came, if one did.
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
  /// The network's business day.
  public var businessDay: BusinessDay

  /// A link from its parts.
  public init(
    id: NetworkLinkID,
    listener: String,
    network: String,
    peer: String,
    state: State,
    connected: Instant,
    lastMessage: Instant?,
    received: UInt64,
    answered: UInt64,
    inFlight: UInt64,
    echoSent: Instant?,
    echoAnswered: Instant?,
    echoMissed: Int,
    businessDay: BusinessDay
  ) {
    self.id = id
    self.listener = listener
    self.network = network
    self.peer = peer
    self.state = state
    self.connected = connected
    self.lastMessage = lastMessage
    self.received = received
    self.answered = answered
    self.inFlight = inFlight
    self.echoSent = echoSent
    self.echoAnswered = echoAnswered
    self.echoMissed = echoMissed
    self.businessDay = businessDay
  }
}
