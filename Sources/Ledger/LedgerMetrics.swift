import Authorization
public import Telemetry

/// What the ledger counts and times; read by `/metrics`.
public final class LedgerMetrics: Sendable {
  /// Requests approved.
  let approved: Counter
  /// Requests declined, indexed by the number of the reason.
  let declined: [Counter]
  /// Messages with details decided, indexed by the number of their kind.
  let messages: [Counter]
  /// Repeats answered from the record.
  let repeated: Counter
  /// Requests with the key of another and other content.
  let conflicting: Counter
  /// Requests that waited too long and were not decided.
  let tooOld: Counter
  /// Requests refused because the queue was full.
  let refusedFull: Counter
  /// Management commands executed.
  let commands: Counter
  /// Reads that asked the writer for what is not posted.
  let reads: Counter
  /// Journal entries written, each with one commit.
  let entries: Counter
  /// Bytes of journal entries.
  let entryBytes: Counter
  /// Effects posted to the books.
  let posted: Counter
  /// Records decided and not yet dropped from memory.
  let unposted: Gauge
  /// How long the oldest request of a batch waited.
  let queue: LatencyHistogram
  /// Time to decide one batch.
  let decide: LatencyHistogram
  /// Time to make one batch durable.
  let append: LatencyHistogram
  /// Time to hand the outcomes of one batch to the event loops.
  let release: LatencyHistogram
  /// Time of one posting transaction.
  let posting: LatencyHistogram

  /// Registers everything under its Prometheus name.
  public init(registry: MetricsRegistry) {
    approved = registry.counter(
      "holdfast_authorizations_approved_total",
      help: "Authorizations approved."
    )
    let reasons = DeclineReason.allCases.map { Int($0.rawValue) }
    declined = (0...(reasons.max() ?? 0)).map { number in
      let reason = UInt8(exactly: number).flatMap(DeclineReason.init(rawValue:))
      return registry.counter(
        "holdfast_authorizations_declined_total",
        help: "Authorizations declined, by reason.",
        labels: ["reason": reason?.name ?? "NONE"]
      )
    }
    let kinds = AuthorizationRequest.Kind.allCases
    messages = (0...(kinds.map { Int($0.rawValue) }.max() ?? 0)).map { number in
      let kind = UInt8(exactly: number).flatMap(AuthorizationRequest.Kind.init(rawValue:))
      return registry.counter(
        "holdfast_payment_messages_total",
        help: "Messages with details decided, by class and function of their type.",
        labels: ["type": kind.map { "2\($0.classAndFunction)" } ?? "NONE"]
      )
    }
    repeated = registry.counter(
      "holdfast_repeats_total",
      help: "Repeats answered from the record."
    )
    conflicting = registry.counter(
      "holdfast_conflicts_total",
      help: "Messages with the key of another and other content."
    )
    tooOld = registry.counter(
      "holdfast_expired_in_queue_total",
      help: "Requests not decided because they waited too long."
    )
    refusedFull = registry.counter(
      "holdfast_queue_full_total",
      help: "Requests refused because the queue was full."
    )
    commands = registry.counter(
      "holdfast_commands_total",
      help: "Management commands executed."
    )
    reads = registry.counter(
      "holdfast_unposted_reads_total",
      help: "Reads that asked the writer for what is not posted yet."
    )
    entries = registry.counter(
      "holdfast_journal_entries_total",
      help: "Journal entries made durable."
    )
    entryBytes = registry.counter(
      "holdfast_journal_bytes_total",
      help: "Bytes of journal entries made durable."
    )
    posted = registry.counter(
      "holdfast_effects_posted_total",
      help: "Effects posted to the books."
    )
    unposted = registry.gauge(
      "holdfast_unposted_records",
      help: "Records decided and still held in memory."
    )
    queue = registry.histogram(
      "holdfast_stage_queue_seconds",
      help: "How long the oldest request of a batch waited for the writer."
    )
    decide = registry.histogram(
      "holdfast_stage_decide_seconds",
      help: "Time to decide one batch."
    )
    append = registry.histogram(
      "holdfast_stage_append_seconds",
      help: "Time to make one batch durable."
    )
    release = registry.histogram(
      "holdfast_stage_release_seconds",
      help: "Time to hand the outcomes of one durable batch to the event loops."
    )
    posting = registry.histogram(
      "holdfast_stage_posting_seconds",
      help: "Time of one posting transaction."
    )
  }
  func countMessage(_ kind: AuthorizationRequest.Kind) { messages[Int(kind.rawValue)].add() }
}
