import JSON

/// What became of the lines of an import.
struct ImportTally: Hashable, Sendable {
  private(set) var created: Int64 = 0
  private(set) var unchanged: Int64 = 0
  private(set) var refused: Int64 = 0

  /// Lines that were answered.
  var lines: Int64 { created + unchanged + refused }

  /// Counts a result line.
  ///
  /// - Returns: The line for people when it was refused.
  /// - Throws: `CommandFailure.badAnswer` for anything but a result.
  mutating func add(_ result: JSONValue) throws(CommandFailure) -> String? {
    switch result["status"]?.text {
    case "created":
      created += 1
      return nil
    case "unchanged":
      unchanged += 1
      return nil
    default: break
    }
    guard let error = result["error"] else {
      throw .badAnswer("A result line of the import is neither created, unchanged nor an error.")
    }
    refused += 1
    return Self.sentence(result, error)
  }

  /// The counts for people.
  func text(seconds: Double) -> String {
    var block = TextBlock()
    block.add("Created", CountText.of(created))
    block.add("Unchanged", CountText.of(unchanged))
    block.add("Refused", CountText.of(refused))
    let rate = seconds > 0.001 ? " (\(CountText.of(Int64(Double(lines) / seconds))) a second)" : ""
    block.add("Lines", CountText.of(lines) + rate)
    return block.text
  }

  /// The counts for programs.
  func json(seconds: Double) -> JSONValue {
    [
      "lines": .integer(lines), "created": .integer(created), "unchanged": .integer(unchanged),
      "refused": .integer(refused), "seconds": .number((seconds * 1_000).rounded() / 1_000),
    ]
  }

  private static func sentence(_ result: JSONValue, _ error: JSONValue) -> String {
    let line = result["line"]?.integer.map { "line \($0)" } ?? "line ?"
    let reference = result["ref"]?.text.map { " (\($0))" } ?? ""
    let code = error["code"]?.text ?? "REFUSED"
    let field = error["field"]?.text.map { " [\($0)]" } ?? ""
    let message = error["message"]?.text ?? ""
    return CardNumberMask.masked(
      PrintableText.of("\(line)\(reference): \(code)\(field): \(message)")
    )
  }
}
