import LoadGenerator

/// A load run as people see it.
enum LoadText {
  /// Runs a load; each second that is over gives a line on standard error, which on a terminal
  /// takes the place of the one before.
  static func run(
    _ plan: LoadPlan,
    cards: LoadCards,
    isQuiet: Bool
  ) async throws(Failure) -> LoadReport {
    let counters = LoadCounters()
    let display = Task {
      var shown = 0
      while !isQuiet, !Task.isCancelled {
        for interval in counters.intervals(from: shown) {
          shown += 1
          let text = line(interval, counters)
          if Output.progressIsSeen { Output.progress(text) } else { Output.error(text) }
        }
        try? await Task.sleep(for: .milliseconds(100))
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

  private static func line(_ interval: LoadInterval, _ counters: LoadCounters) -> String {
    let answered = counters.answeredCount
    let open = counters.sentCount - min(counters.sentCount, answered)
    let refused = interval.refused > 0 ? ", \(grouped(interval.refused)) refused" : ""
    return """
      \(interval.second + 1) s: sent \(grouped(interval.sent)), answered \
      \(grouped(interval.answered))\(refused), p50 \(duration(interval.p50)), p99 \
      \(duration(interval.p99)), max \(duration(interval.longest)), in flight \(grouped(open))
      """
  }

  /// Rates, codes, percentiles and a histogram.
  static func show(_ report: LoadReport) {
    let asked = report.askedRate.map { "\(grouped(UInt64($0))) a second, \(report.arrivals)," }
    Output.line("  asked      \(asked ?? "the most") for \(decimal(report.seconds)) s")
    Output.line("  offered    \(perSecond(report.offeredRate)): \(grouped(report.sent)) requests")
    Output.line(
      "  achieved   \(perSecond(report.achievedRate)): \(grouped(report.answered)) answers"
    )
    if report.refused > 0 {
      Output.line(
        "  accepted   \(perSecond(report.acceptedRate)); \(grouped(report.refused)) answers say 9107 "
          + "or 9109: the switch had no room or no time"
      )
    }
    Output.line("  approved   \(grouped(report.approved))")
    for (code, count) in report.declined.sorted(by: { $0.key < $1.key }) {
      Output.line("  code \(code)  \(grouped(count))")
    }
    if report.tallies.count > 1 { showClasses(report) }
    Output.line("  unanswered \(grouped(report.unanswered))")
    showDoubts(report)
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
    if report.refused > 0, report.answered > report.refused {
      let p50 = duration(report.acceptedLatencyMicroseconds(percentile: 50))
      let p99 = duration(report.acceptedLatencyMicroseconds(percentile: 99))
      Output.line("    of answers other than 9107 and 9109: p50 \(p50), p99 \(p99)")
    }
    Output.line()
    showHistogram(report)
  }

  private static func showClasses(_ report: LoadReport) {
    Output.line()
    Output.line("  class              sent         as expected  refused      unexpected")
    for (name, tally) in report.tallies {
      let columns = [tally.sent, tally.expected, tally.refused, tally.unexpectedCount]
        .map { padded(grouped($0), to: 13) }
      Output.line("  " + padded(name, to: 19) + columns.joined())
    }
    Output.line()
  }

  /// All that makes the figures less than they seem.
  private static func showDoubts(_ report: LoadReport) {
    if report.unsent > 0 {
      Output.line(
        "  unsent     \(grouped(report.unsent)) never left: the switch reads too slowly; "
          + "they are in no latency below"
      )
    }
    if report.heldBack > 0 {
      Output.line("  held back  \(grouped(report.heldBack)) left late: the switch read too slowly")
    }
    if report.late > 0 {
      Output.line(
        "  late       \(grouped(report.late)) left more than 1 ms late: this machine is busy, and "
          + "the latencies below contain it"
      )
    }
    if !report.isRateKept, report.unsent == 0 {
      Output.line("             the generator does not keep up: give it --threads, or a lower rate")
    }
    if report.brokenConnections > 0 {
      Output.line("  broken     \(report.brokenConnections) connections")
    }
    guard report.unexpected > 0 else { return }
    Output.line("  UNEXPECTED \(grouped(report.unexpected))")
    for (name, tally) in report.tallies {
      for (code, count) in tally.unexpected.sorted(by: { $0.key < $1.key }) {
        Output.line("             \(name) answered \(code): \(grouped(count))")
      }
      if tally.otherApprovalCodes > 0 {
        Output.line("             \(name) with another approval code: \(tally.otherApprovalCodes)")
      }
    }
    if report.strays > 0 {
      Output.line("             answers to no request: \(grouped(report.strays))")
    }
  }

  private static func perSecond(_ rate: Double) -> String {
    "\(grouped(UInt64(rate.rounded()))) a second"
  }

  private static func padded(_ text: String, to count: Int) -> String {
    text + String(repeating: " ", count: max(0, count - text.count))
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
