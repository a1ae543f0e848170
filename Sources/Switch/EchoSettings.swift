/// How a listener tests its links with echoes of our own (2804 with function code 831).
public struct EchoSettings: Hashable, Sendable {
  /// For how long no message may have come before an echo is sent; zero sends none.
  public var every: Duration = .zero
  /// How many echoes in a row are missed, without any other message between them, when the link is
  /// given up: at least 1.
  public var missesAllowed = 2

  /// No echoes.
  public init() {}

  /// How long an answer is waited for.
  var within: Duration { min(every, .seconds(5)) }
}
