import LoadGenerator

/// A load run as people see it.
enum LoadText {
  /// Runs a load with a line of progress.
  static func run(_ plan: LoadPlan, cards: LoadCards) async throws(Failure) -> LoadReport {
    let counters = LoadCounters()
    let display = Task {
      while !Task.isCancelled {
        Output.progress(
          "sent \(grouped(counters.sentCount)), answered \(grouped(counters.answeredCount))"
        )
        try? await Task.sleep(for: .milliseconds(200))
      }
      Output.endProgress()
    }
    let result: Result<LoadReport, LoadError>
    do {
      result = .success(try await LoadRun(plan, cards: cards).run(counters: counters))
    } catch {
      result = .failure(error)
    }
    display.cancel()
    await display.value
    switch result {
    case .success(let report): return report
    case .failure(let error):
      if case .unreachable = error { throw .unreachable(error.description) }
      throw .usage(error.description)
    }
  }

  /// Rates, codes, percentiles and a histogram.
  static func show(_ report: LoadReport) {
    let asked = report.askedRate.map { grouped(UInt64($0)) } ?? "max"
    Output.line("  asked      \(asked) a second for \(decimal(report.seconds)) s")
    Output.line(
      "  sent       \(grouped(report.sent)) (\(grouped(UInt64(report.achievedRate))) a second)"
    )
    Output.line("  answered   \(grouped(report.answered))")
    Output.line("  approved   \(grouped(report.approved))")
    for (code, count) in report.declined.sorted(by: { $0.key < $1.key }) {
      Output.line("  code \(code)  \(grouped(count))")
    }
    if report.repeats > 0 { Output.line("  repeats    \(grouped(report.repeats)) of those sent") }
    Output.line("  unanswered \(grouped(report.unanswered))")
    if report.unsent > 0 {
      Output.line("  unsent     \(grouped(report.unsent)): the switch reads too slowly")
    }
    if report.unexpected > 0 { Output.line("  unexpected \(grouped(report.unexpected))") }
    if report.brokenConnections > 0 {
      Output.line("  broken     \(report.brokenConnections) connections")
    }
    guard report.answered > 0 else { return }
    Output.line()
    Output.line("  latency from the intended time of sending")
    for (name, percentile) in [("p50", 50.0), ("p90", 90), ("p99", 99), ("p99.9", 99.9)] {
      let space = String(repeating: " ", count: 8 - name.count)
      Output.line(
        "    \(name)\(space)\(duration(report.latencyMicroseconds(percentile: percentile)))"
      )
    }
    Output.line("    max     \(duration(report.longestLatencyMicroseconds))")
    Output.line()
    showHistogram(report)
  }

  /// A number with commas between its thousands.
  static func grouped(_ number: UInt64) -> String {
    var text = ""
    for (index, digit) in String(number).reversed().enumerated() {
      if index > 0, index.isMultiple(of: 3) { text = "," + text }
      text = String(digit) + text
    }
    return text
  }

  /// A time with the unit that fits it.
  static func duration(_ microseconds: Double) -> String {
    if microseconds < 1_000 { return "\(Int(microseconds.rounded())) µs" }
    if microseconds < 1_000_000 { return "\(decimal(microseconds / 1_000)) ms" }
    return "\(decimal(microseconds / 1_000_000)) s"
  }

  /// Two decimals.
  static func decimal(_ number: Double) -> String {
    let hundredths = Int((number * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  private static func showHistogram(_ report: LoadReport) {
    let edges: [UInt64] = [
      0, 50, 100, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000,
      600_000_000,
    ]
    let counts = zip(edges, edges.dropFirst()).map { report.answers(from: $0, to: $1) }
    guard let first = counts.firstIndex(where: { $0 > 0 }),
      let last = counts.lastIndex(where: { $0 > 0 }), let most = counts.max()
    else { return }
    for index in first...last {
      let isLast = index == counts.count - 1
      let edge = isLast ? "longer" : "< " + duration(Double(edges[index + 1]))
      let label = edge + String(repeating: " ", count: max(0, 12 - edge.count))
      let width = Int(48 * counts[index] / most)
      let bar = counts[index] > 0 && width == 0 ? "▏" : String(repeating: "█", count: width)
      let share = Double(counts[index]) * 100 / Double(report.answered)
      Output.line("    \(label)\(bar) \(decimal(share)) %")
    }
  }
}
