/// All series of one metric name.
struct MetricFamily: Sendable {
  let name: String
  let help: String
  let kind: MetricKind
  /// The series by their rendered labels, without braces.
  var series: [String: MetricSource] = [:]

  /// Histogram limits are powers of two of nanoseconds from 16 µs to 17 s: they are edges of the
  /// recorded buckets, so the rendered counts are exact.
  private static let limitBits = 14...34

  /// Appends the family in the Prometheus text format.
  func render(into text: inout String) {
    let escapedHelp = help.flatMap { character -> [Character] in
      switch character {
      case "\\": ["\\", "\\"]
      case "\n": ["\\", "n"]
      default: [character]
      }
    }
    text += "# HELP \(name) \(String(escapedHelp))\n# TYPE \(name) \(kind.rawValue)\n"
    for (labels, source) in series.sorted(by: { $0.key < $1.key }) {
      let suffix = labels.isEmpty ? "" : "{\(labels)}"
      switch source {
      case .counter(let counter): text += "\(name)\(suffix) \(counter.value)\n"
      case .gauge(let gauge): text += "\(name)\(suffix) \(gauge.value)\n"
      case .reading(let read): text += "\(name)\(suffix) \(Self.number(read()))\n"
      case .histogram(let histogram): render(histogram, labels, suffix, into: &text)
      }
    }
  }

  /// The labels as the format wants them, values escaped, without braces.
  static func labelText(_ labels: [(key: String, value: String)]) -> String {
    labels.map { label in
      var value = ""
      for character in label.value {
        switch character {
        case "\\": value += "\\\\"
        case "\"": value += "\\\""
        case "\n": value += "\\n"
        default: value.append(character)
        }
      }
      return "\(label.key)=\"\(value)\""
    }.joined(separator: ",")
  }

  private func render(
    _ histogram: LatencyHistogram,
    _ labels: String,
    _ suffix: String,
    into text: inout String
  ) {
    // One snapshot for all lines: their counts must agree although others keep recording.
    let counts = histogram.snapshot()
    let prefix = labels.isEmpty ? "" : labels + ","
    var cumulative: UInt64 = 0
    var next = 0
    for bits in Self.limitBits {
      let end = LatencyHistogram.bucket(of: 1 << UInt64(bits))
      while next < end {
        cumulative += counts[next]
        next += 1
      }
      let limit = Double(UInt64(1) << UInt64(bits)) / 1e9
      text += "\(name)_bucket{\(prefix)le=\"\(limit)\"} \(cumulative)\n"
    }
    let total = cumulative + counts[next...].reduce(0, +)
    text += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(total)\n"
    text += "\(name)_sum\(suffix) \(Double(histogram.sum) / 1e9)\n"
    text += "\(name)_count\(suffix) \(total)\n"
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    // Whole numbers are what most readings are; they read better without a fraction.
    if let whole = Int64(exactly: value) { return String(whole) }
    return String(value)
  }
}
