import Telemetry

/// What the echo tests of one listener's links count.
struct LinkMetrics: Sendable {
  let echoSent: Counter
  let echoAnswered: Counter
  let echoMissed: Counter

  init(registry: MetricsRegistry, listener: String) {
    func counter(_ name: String, _ help: String) -> Counter {
      registry.counter("holdfast_link_echo_\(name)", help: help, labels: ["listener": listener])
    }
    echoSent = counter("sent_total", "Echo tests of ours sent.")
    echoAnswered = counter("answered_total", "Echo tests of ours answered.")
    echoMissed = counter("missed_total", "Echo tests of ours not answered in time.")
  }
}
