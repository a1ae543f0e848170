import ISO8583
import JSON
import Simulator

/// How played scenarios are shown.
enum ScenarioReport {
  /// One line for a scenario, and what went wrong below it.
  static func printLine(_ outcome: ScenarioOutcome) {
    var mark = outcome.passed ? Output.green("pass") : Output.red("FAIL")
    if outcome.skipped != nil { mark = Output.dim("skip") }
    let name = outcome.scenario.title
    let space = String(repeating: " ", count: max(1, 64 - name.count))
    Output.line("\(mark)  \(name)\(space)\(outcome.microseconds / 1_000) ms")
    if let skipped = outcome.skipped { Output.line("      \(skipped)") }
    guard let failure = outcome.failure else { return }
    let file = outcome.scenario.file
    Output.line("      \(file), line \(failure.step.line): \(failure.step.text)")
    Output.line("      expected  \(failure.expected)")
    Output.line("      found     \(failure.found)")
    show("sent", failure.request)
    show("answered", failure.answer)
  }

  /// How many passed.
  static func printSummary(_ outcomes: [ScenarioOutcome], seed: UInt64) {
    let passed = outcomes.count { $0.passed }
    let skipped = outcomes.count { $0.skipped != nil }
    let failed = outcomes.count - passed - skipped
    let milliseconds = outcomes.reduce(0) { $0 + $1.microseconds } / 1_000
    let skips = skipped == 0 ? "" : ", \(skipped) skipped"
    Output.line()
    Output.line(
      "\(passed) passed, \(failed) failed\(skips) in \(milliseconds) ms (seed \(seed))"
    )
  }

  /// Everything as one document.
  static func json(_ outcomes: [ScenarioOutcome], seed: UInt64) -> JSONValue {
    let passed = outcomes.count { $0.passed }
    let skipped = outcomes.count { $0.skipped != nil }
    return [
      "passed": .number(passed),
      "failed": .number(outcomes.count - passed - skipped),
      "skipped": .number(skipped),
      "seed": .string(String(seed)),
      "scenarios": .array(
        outcomes.map { outcome in
          [
            "file": .string(outcome.scenario.file),
            "line": .number(outcome.scenario.line),
            "title": .string(outcome.scenario.title),
            "passed": .boolean(outcome.passed),
            "skipped": outcome.skipped.map { .string($0) } ?? .null,
            "microseconds": .integer(outcome.microseconds),
            "failure": outcome.failure.map(json) ?? .null,
          ]
        }
      ),
    ]
  }

  private static func json(_ failure: ScenarioOutcome.Failure) -> JSONValue {
    let message = { (bytes: [UInt8]?) -> JSONValue in
      guard let bytes, let message = try? Message(unpacking: bytes) else { return .null }
      return MaskedMessage(message).json
    }
    return [
      "line": .number(failure.step.line),
      "step": .string(failure.step.text),
      "expected": .string(failure.expected),
      "found": .string(failure.found),
      "request": message(failure.request),
      "answer": message(failure.answer),
    ]
  }

  private static func show(_ what: String, _ bytes: [UInt8]?) {
    guard let bytes else { return }
    Output.line("      \(what):")
    for line in MessageDump(bytes).text.split(separator: "\n", omittingEmptySubsequences: false) {
      Output.line("        \(line)")
    }
  }
}
