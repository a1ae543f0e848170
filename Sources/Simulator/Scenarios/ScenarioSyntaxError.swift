/// Why a scenario file cannot be understood.
public struct ScenarioSyntaxError: Error, Hashable, Sendable {
  /// The file as it was given.
  public let file: String
  /// The line, counted from 1.
  public let line: Int
  /// What was found and what is known, in a sentence.
  public let explanation: String

  /// An error at a line.
  public init(file: String, line: Int, explanation: String) {
    self.file = file
    self.line = line
    self.explanation = explanation
  }
}

extension ScenarioSyntaxError: CustomStringConvertible {
  /// File, line and explanation.
  public var description: String { "\(file): line \(line): \(explanation)" }
}
