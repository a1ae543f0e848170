import Synchronization

/// All metrics of one process, and their rendering in the Prometheus text format 0.0.4.
///
/// Metrics are registered while the process is wired together and recorded through the objects that
/// registration returns; recording never comes near the registry's lock.  Names, help texts and
/// labels come from the program alone, never from a peer, so the number of series is bounded by the
/// program text; wrong ones are broken invariants and trap.
public final class MetricsRegistry: Sendable {
  private let families = Mutex<[String: MetricFamily]>([:])

  /// An empty registry.
  public init() {}

  /// The counter of that name and those labels, made at its first mention.
  ///
  /// By convention the name ends in `_total`.
  public func counter(
    _ name: String,
    help: String,
    labels: KeyValuePairs<String, String> = [:]
  ) -> Counter {
    let source = register(name, help, .counter, labels) { .counter(Counter()) }
    guard case .counter(let counter) = source else {
      preconditionFailure("metric \(name) was registered with a reading of its own")
    }
    return counter
  }

  /// The gauge of that name and those labels, made at its first mention.
  public func gauge(
    _ name: String,
    help: String,
    labels: KeyValuePairs<String, String> = [:]
  ) -> Gauge {
    let source = register(name, help, .gauge, labels) { .gauge(Gauge()) }
    guard case .gauge(let gauge) = source else {
      preconditionFailure("metric \(name) was registered with a reading of its own")
    }
    return gauge
  }

  /// A gauge whose value is asked for when the metrics are rendered.
  ///
  /// `read` must be quick and must not call the registry; registering the same name and labels
  /// again replaces it.
  public func gauge(
    _ name: String,
    help: String,
    labels: KeyValuePairs<String, String> = [:],
    read: @escaping @Sendable () -> Double
  ) {
    _ = register(name, help, .gauge, labels, replacing: true) { .reading(read) }
  }

  /// A counter whose value is asked for when the metrics are rendered, for totals that are kept
  /// elsewhere.
  ///
  /// `read` must be quick, must never go back and must not call the registry; registering the same
  /// name and labels again replaces it.
  public func counter(
    _ name: String,
    help: String,
    labels: KeyValuePairs<String, String> = [:],
    read: @escaping @Sendable () -> Double
  ) {
    _ = register(name, help, .counter, labels, replacing: true) { .reading(read) }
  }

  /// The histogram of that name and those labels, made at its first mention.
  ///
  /// By convention the name ends in `_seconds`: what is recorded in nanoseconds is rendered in
  /// seconds.
  public func histogram(
    _ name: String,
    help: String,
    labels: KeyValuePairs<String, String> = [:]
  ) -> LatencyHistogram {
    let source = register(name, help, .histogram, labels) { .histogram(LatencyHistogram()) }
    guard case .histogram(let histogram) = source else {
      preconditionFailure("metric \(name) was registered with a reading of its own")
    }
    return histogram
  }

  /// All metrics in the Prometheus text format, sorted by name.
  public func render() -> String {
    // Copied out first: a reading may take its own locks, which must not nest in this one.
    let sorted = families.withLock { $0.values.sorted { $0.name < $1.name } }
    var text = ""
    for family in sorted {
      family.render(into: &text)
    }
    return text
  }

  private func register(
    _ name: String,
    _ help: String,
    _ kind: MetricKind,
    _ labels: KeyValuePairs<String, String>,
    replacing: Bool = false,
    make: () -> MetricSource
  ) -> MetricSource {
    precondition(Self.isName(name, colons: true), "\(name) is not a metric name")
    let reserved = kind == .histogram ? "le" : ""
    for (label, _) in labels {
      precondition(
        Self.isName(label, colons: false) && label != reserved && !label.hasPrefix("__"),
        "\(label) is not a label name"
      )
    }
    precondition(Set(labels.map(\.key)).count == labels.count, "a label of \(name) is given twice")
    let key = MetricFamily.labelText(labels.sorted { $0.key < $1.key })
    return families.withLock { families in
      var family = families[name] ?? MetricFamily(name: name, help: help, kind: kind)
      precondition(family.kind == kind, "metric \(name) is registered as another kind")
      if !replacing, let existing = family.series[key] {
        return existing
      }
      let source = make()
      family.series[key] = source
      families[name] = family
      return source
    }
  }

  private static func isName(_ text: String, colons: Bool) -> Bool {
    guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      case UInt8(ascii: ":"): colons
      default: false
      }
    }
  }
}
