import Telemetry

/// What one listener counts.
struct ListenerMetrics: Sendable {
  let linksOpen: Gauge
  let linksAccepted: Counter
  let linksRefused: Counter
  let framesReceived: Counter
  let framesSent: Counter
  let bytesReceived: Counter
  let bytesSent: Counter
  let keepAlives: Counter
  let answersWithoutLink: Counter
  let answersTooLong: Counter
  let readingHeld: Counter
  private let closed: [LinkCloseReason: Counter]

  /// Registers the metrics of the listener called `name`.
  init(registry: MetricsRegistry, name: String) {
    func counter(_ metric: String, _ help: String) -> Counter {
      registry.counter("holdfast_\(metric)_total", help: help, labels: ["listener": name])
    }
    linksOpen = registry.gauge(
      "holdfast_links_open",
      help: "Network links open now.",
      labels: ["listener": name]
    )
    linksAccepted = counter("links_accepted", "Network links accepted.")
    linksRefused = counter("links_refused", "Connections closed at once at the connection limit.")
    framesReceived = counter("frames_received", "Messages received.")
    framesSent = counter("frames_sent", "Messages sent.")
    bytesReceived = counter("link_bytes_received", "Bytes received on links.")
    bytesSent = counter("link_bytes_sent", "Bytes of answers given to links.")
    keepAlives = counter("keep_alives", "Zero-length frames received and answered alike.")
    answersWithoutLink = counter(
      "answers_without_link",
      "Answers that came after their link was closed."
    )
    answersTooLong = counter(
      "answers_too_long",
      "Answers not sent because the framing cannot state their length."
    )
    readingHeld = counter(
      "link_reading_held",
      "Reads held back by the in-flight limit or unread answers."
    )
    closed = Dictionary(
      uniqueKeysWithValues: LinkCloseReason.allCases.map { reason in
        let counter = registry.counter(
          "holdfast_links_closed_total",
          help: "Network links closed, by reason.",
          labels: ["listener": name, "reason": reason.rawValue]
        )
        return (reason, counter)
      }
    )
  }

  /// Counts one link closed.
  func countClosed(_ reason: LinkCloseReason) {
    closed[reason]?.add()
  }
}
