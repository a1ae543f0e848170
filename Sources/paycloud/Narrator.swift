import ISO8583
import JSON
import Simulator
import Synchronization

/// Tells a scenario while it plays: its sentences, and the messages they became.
final class Narrator: Sendable {
  private let isSilent: Bool
  private let keyword = Mutex<ScenarioStep.Keyword?>(nil)

  init(isSilent: Bool) { self.isSilent = isSilent }

  /// Begins another scenario.
  func begin() {
    keyword.withLock { $0 = nil }
  }

  /// Tells one event.
  func tell(_ event: ScenarioEvent) {
    guard !isSilent else { return }
    switch event {
    case .step(let step):
      let continues = keyword.withLock { last in
        defer { last = step.keyword }
        return last == step.keyword
      }
      let word = continues ? " and" : step.keyword.rawValue
      let space = String(repeating: " ", count: 6 - word.count)
      Output.line("  \(Output.dim(word))\(space)\(step.text)")
    case .exchange(let request, let answer, let microseconds):
      Output.line("          " + Output.dim(Narrator.summary(request, answer, microseconds)))
    case .call: break
    }
  }

  private static func summary(
    _ request: [UInt8],
    _ answer: [UInt8]?,
    _ microseconds: Int64
  ) -> String {
    guard let sent = try? Message(unpacking: request) else { return "an unreadable request" }
    let card = MaskedMessage(sent).json["2"]?.text.map { " card \($0)" } ?? ""
    guard let answer, let received = try? Message(unpacking: answer) else {
      return "\(sent.type)\(card) → no answer"
    }
    let code = MaskedMessage(received).json["39"]?.text ?? "no code"
    return "\(sent.type)\(card) → \(received.type) action code \(code), after \(microseconds) µs"
  }
}
