/// How one listener for the network's links behaves.
///
/// Every limit has a default that suits a network link, and a range; `SwitchListener.start` refuses
/// what lies outside.
public struct ListenerSettings: Hashable, Sendable {
  /// What logs and metrics call the listener: 1…64 characters.
  public var name = "iso8583"
  /// The address or host name to listen on.
  ///
  /// The default reaches this machine only, since the protocol carries card data and this listener
  /// does not encrypt it.
  public var host = "127.0.0.1"
  /// The TCP port, 0…65535; 0 takes a free one.
  public var port = 8583
  /// How messages are separated.
  public var framing = Framing.nac2
  /// Whether a TPDU of 5 bytes stands before each message.
  ///
  /// Answers carry it with the addresses swapped.
  public var hasTPDU = false
  /// The most bytes of header and message in a received frame: 64…1,048,576.
  ///
  /// A longer one closes the link before any of it is kept.  What the framing cannot state is never
  /// allowed, whatever stands here.
  public var maximumFrameBytes = 16_384
  /// Links open at a time: 1…65,536.
  ///
  /// One more is closed at once.
  public var maximumConnections = 1024
  /// Frames of one link in work at a time: 1…65,536.
  ///
  /// At the limit the link is not read.
  public var maximumInFlightPerLink = 4096
  /// Bytes of answers queued for a peer that does not read them: 262,144…67,108,864.
  ///
  /// More closes the link.
  public var maximumQueuedOutputBytes = 2_097_152
  /// Keep-alives of one link in a second: 1…10,000.
  ///
  /// More closes the link.
  public var maximumKeepAlivesPerSecond = 100
  /// How long a frame may take from its first byte to its last: 10 ms…1 h.
  ///
  /// Longer closes the link.
  public var halfFrameTimeout = Duration.seconds(10)
  /// How long a link may be silent with nothing in flight: 10 ms…24 h, or zero for ever.
  public var idleTimeout = Duration.seconds(300)
  /// How long the peer may leave so many answers unread that the link is not read: 10 ms…1 h.
  ///
  /// Longer closes the link.
  public var stallTimeout = Duration.seconds(30)
  /// How long answers to frames in flight are waited for when a link takes no more: 10 ms…1 h.
  public var drainTimeout = Duration.seconds(5)
  /// Connections the operating system may hold until they are accepted: 1…65,535.
  public var backlog = 1024

  /// The defaults.
  public init() {}

  /// Throws `ListenerError.invalidSetting` for the first value out of range.
  public func validate() throws(ListenerError) {
    try check("name", (1...64).contains(name.count), "must be 1 to 64 characters")
    try check("host", !host.isEmpty, "must not be empty")
    try check("port", (0...65_535).contains(port), "must be 0 to 65535")
    try check(
      "maximumFrameBytes",
      (64...1_048_576).contains(maximumFrameBytes),
      "must be 64 to 1048576"
    )
    try check(
      "maximumConnections",
      (1...65_536).contains(maximumConnections),
      "must be 1 to 65536"
    )
    try check(
      "maximumInFlightPerLink",
      (1...65_536).contains(maximumInFlightPerLink),
      "must be 1 to 65536"
    )
    try check(
      "maximumQueuedOutputBytes",
      (262_144...67_108_864).contains(maximumQueuedOutputBytes),
      "must be 262144 to 67108864"
    )
    try check(
      "maximumKeepAlivesPerSecond",
      (1...10_000).contains(maximumKeepAlivesPerSecond),
      "must be 1 to 10000"
    )
    let hour = Duration.milliseconds(10)...Duration.seconds(3600)
    try check("halfFrameTimeout", hour.contains(halfFrameTimeout), "must be 10 ms to 1 h")
    try check(
      "idleTimeout",
      idleTimeout == .zero
        || (Duration.milliseconds(10)...Duration.seconds(86_400)).contains(idleTimeout),
      "must be 10 ms to 24 h, or 0 for ever"
    )
    try check("stallTimeout", hour.contains(stallTimeout), "must be 10 ms to 1 h")
    try check("drainTimeout", hour.contains(drainTimeout), "must be 10 ms to 1 h")
    try check("backlog", (1...65_535).contains(backlog), "must be 1 to 65535")
  }

  private func check(
    _ name: String,
    _ isValid: Bool,
    _ requirement: String
  ) throws(ListenerError) {
    guard isValid else { throw .invalidSetting(name: name, requirement: requirement) }
  }

  /// What one link may hold and how long it may wait.
  var linkLimits: LinkLimits {
    LinkLimits(
      maximumInFlight: maximumInFlightPerLink,
      maximumQueuedBytes: maximumQueuedOutputBytes,
      // One read of the network's and the frame it may have broken are held at most while reading
      // is held back; when the peer closes its side then, all that it had sent ahead comes at once.
      maximumBufferedBytes: maximumFrameBytes + 1_048_576,
      maximumKeepAlivesPerSecond: maximumKeepAlivesPerSecond,
      halfFrameTimeout: halfFrameTimeout,
      idleTimeout: idleTimeout,
      stallTimeout: stallTimeout,
      drainTimeout: drainTimeout,
      lingerTimeout: .milliseconds(500)
    )
  }

  /// How often links are looked at for lateness: well within the shortest time set, and seldom
  /// enough to cost nothing.
  var tickInterval: Duration {
    let times = [halfFrameTimeout, idleTimeout, stallTimeout, drainTimeout].filter { $0 > .zero }
    let shortest = times.min() ?? .seconds(1)
    return min(max(shortest / 4, .milliseconds(5)), .milliseconds(250))
  }
}
