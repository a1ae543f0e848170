import JSON

/// How a daemon is, put together from what its health and metrics say.
struct DaemonStatus {
  let version: JSONValue
  let isHealthy: Bool
  let isReady: Bool
  /// What the daemon says about its readiness, if it says more than yes or no.
  let readiness: JSONValue?
  let samples: [PrometheusSample]

  /// The last journal entry that the books hold.
  let position: Int64?

  /// What an operator looks at first: a metric, perhaps only the sample with one label, and how it
  /// is called.
  private struct Reading {
    let metric: String
    let member: String
    let title: String
    var label: (name: String, value: String)?

    init(
      _ metric: String,
      _ member: String,
      _ title: String,
      label: (name: String, value: String)? = nil
    ) {
      self.metric = metric
      self.member = member
      self.title = title
      self.label = label
    }
  }

  private static var gauges: [Reading] {
    [
      Reading("holdfast_queue_depth", "queueDepth", "Waiting in queue"),
      Reading("holdfast_unposted_entries", "unpostedEntries", "Not yet posted"),
      Reading("holdfast_file_bytes", "journalBytes", "Journal bytes", label: ("file", "journal")),
      Reading("holdfast_file_bytes", "booksBytes", "Books bytes", label: ("file", "books")),
    ]
  }

  private static var counts: [Reading] {
    [
      Reading("holdfast_authorizations_approved_total", "approved", "Approved"),
      Reading("holdfast_authorizations_declined_total", "declined", "Declined"),
      Reading("holdfast_repeats_total", "repeats", "Repeats answered"),
      Reading("holdfast_expired_in_queue_total", "expiredInQueue", "Expired in queue"),
      Reading("holdfast_queue_full_total", "queueFull", "Refused, queue full"),
      Reading("holdfast_commands_total", "commands", "Commands"),
      Reading("holdfast_journal_entries_total", "journalEntries", "Journal entries"),
    ]
  }

  private static let hint = "Prove the books with: holdfast proof"

  var json: JSONValue {
    [
      "version": version["version"] ?? .null, "schema": version["schema"] ?? .null,
      "startedAt": version["startedAt"] ?? .null,
      "virtualClock": version["virtualClock"] ?? .null, "healthy": .boolean(isHealthy),
      "ready": .boolean(isReady), "readiness": readiness ?? .null,
      "position": position.map { .integer($0) } ?? .null, "now": members(Self.gauges),
      "sinceStart": members(Self.counts), "hint": .string(Self.hint),
    ]
  }

  var text: String {
    var block = TextBlock()
    let schema = version["schema"]?.integer.map { " (schema \($0))" } ?? ""
    block.add("Version", version["version"]?.text.map { $0 + schema })
    block.add("Started", version["startedAt"]?.text)
    if version["virtualClock"]?.boolean == true { block.add("Clock", "VIRTUAL: for tests") }
    block.add("Health", isHealthy ? "alive" : "NOT WELL")
    block.add("Serving", isReady ? "yes" : "NO" + why)
    block.add("Open links", readiness?["openLinks"]?.integer.map { CountText.of($0) })
    block.add("Posted entry", position.map { CountText.of($0) })
    for reading in Self.gauges { add(reading, to: &block) }
    var counts = TextBlock()
    for reading in Self.counts { add(reading, to: &counts) }
    let since = counts.text.isEmpty ? "" : "\nSince the start:\n" + counts.text
    return block.text + since + "\n\(Self.hint)\n"
  }

  private func add(_ reading: Reading, to block: inout TextBlock) {
    block.add(reading.title, value(reading).map { CountText.of($0) })
  }

  private var why: String {
    guard let readiness else { return "" }
    if let message = readiness["error"]?["message"]?.text { return ": " + message }
    let parts = ["ledger": "the ledger has stopped", "listening": "no link is listened on"]
    let missing = parts.filter { readiness[$0.key]?.boolean == false }.values.sorted()
    return missing.isEmpty ? "" : ": " + missing.joined(separator: "; ")
  }

  private func members(_ readings: [Reading]) -> JSONValue {
    .object(
      readings.compactMap { reading in
        value(reading).map { .init(reading.member, .integer($0)) }
      }
    )
  }

  /// The sum over the samples, or `nil` when the daemon has no such metric.
  private func value(_ reading: Reading) -> Int64? {
    let values = samples.filter { sample in
      sample.name == reading.metric
        && reading.label.map { sample.labels[$0.name] == $0.value } ?? true
    }.compactMap { Double($0.value) }
    guard !values.isEmpty else { return nil }
    return Int64(exactly: values.reduce(0, +).rounded())
  }
}
