public import Authorization
public import CardCrypto
public import ISO8583
public import Ledger
public import Telemetry

/// What the pipelines of one listener work with.
public struct SwitchSettings: Sendable {
  /// Names the network behind the listener in duplicate keys: two networks may use the same trace
  /// numbers, two listeners of one network share a name.
  public var network: String
  /// Where requests are decided.
  public var ledger: any Authorizer
  /// Where card numbers become tokens.
  public var vault: PANVault
  /// What is counted.
  public var metrics: SwitchMetrics
  /// Stamps answers that no decision stamps.
  public var clock: LedgerClock = .system
  /// How long a request may wait before it is decided; older ones are answered 9109 and hold nothing.
  public var answerWithin: Duration = .seconds(5)
  /// Answers that are a matter of agreement with the network.
  public var answers = AnswerPolicy()
  /// Whether a link is closed after a frame that cannot be read nor answered.
  public var closesOnUnreadable = false
  /// Whether a link must sign on (DE 24 801) before anything but network management is served.
  ///
  /// Until then, and in any case after a sign-off (802), its requests are answered 9110 and hold
  /// nothing.
  public var requiresSignOn = false
  /// How links are tested with echoes of our own.
  public var echo = EchoSettings()
  /// Our number, DE 33 of messages of our own; they go without when it is `nil`.
  public var institution: InstitutionID?
  /// Told about each frame that cannot be read, never with its data.
  public var unreadable: @Sendable (LinkID, WireError) -> Void = { _, _ in }

  /// Settings for a listener.
  public init(network: String, ledger: any Authorizer, vault: PANVault, metrics: SwitchMetrics) {
    self.network = network
    self.ledger = ledger
    self.vault = vault
    self.metrics = metrics
  }
}

/// What the switch counts and times; read by `/metrics`.
public final class SwitchMetrics: Sendable {
  /// Frames taken.
  let received: Counter
  /// Answers given.
  let answered: Counter
  /// Frames that cannot be read and cannot be answered.
  let unreadable: Counter
  /// Answers 9100.
  let malformed: Counter
  /// Answers that say that something is not offered.
  let notOffered: Counter
  /// Responses and message types that nobody answers.
  let unanswerable: Counter
  /// Answers to requests that nobody here has made, or waits for any longer.
  let unmatched: Counter
  /// Answers 9110 because the link has not signed on, or has signed off.
  let notSignedOn: Counter
  /// Answers 9107 because too much was in flight.
  let overloaded: Counter
  /// Network management messages accepted.
  let networkManagement: Counter
  /// From the arrival of an authorization to its answer.
  let service: LatencyHistogram
  /// From the arrival of an authorization to the writer's queue: reading and mapping.
  let wire: LatencyHistogram
  private let registry: MetricsRegistry

  /// Registers everything under its Prometheus name.
  public init(registry: MetricsRegistry) {
    self.registry = registry
    received = registry.counter("holdfast_messages_received_total", help: "Frames taken.")
    answered = registry.counter("holdfast_messages_answered_total", help: "Answers given.")
    func dropped(_ reason: String) -> Counter {
      registry.counter(
        "holdfast_messages_dropped_total",
        help: "Frames not answered, by reason.",
        labels: ["reason": reason]
      )
    }
    unreadable = dropped("unreadable")
    unanswerable = dropped("unanswerable")
    unmatched = dropped("unmatched")
    malformed = registry.counter(
      "holdfast_messages_malformed_total",
      help: "Messages answered with 9100."
    )
    notOffered = registry.counter(
      "holdfast_messages_not_offered_total",
      help: "Messages for something that is not offered."
    )
    notSignedOn = registry.counter(
      "holdfast_messages_not_signed_on_total",
      help: "Messages answered with 9110."
    )
    overloaded = registry.counter(
      "holdfast_messages_overloaded_total",
      help: "Messages answered with 9107."
    )
    networkManagement = registry.counter(
      "holdfast_network_management_total",
      help: "Network management messages accepted."
    )
    service = registry.histogram(
      "holdfast_service_seconds",
      help: "From an authorization's arrival to its answer."
    )
    wire = registry.histogram(
      "holdfast_stage_wire_seconds",
      help: "From an authorization's arrival to the queue."
    )
  }

  /// What the echo tests of a listener's links count.
  func links(of listener: String) -> LinkMetrics {
    LinkMetrics(registry: registry, listener: listener)
  }
}
