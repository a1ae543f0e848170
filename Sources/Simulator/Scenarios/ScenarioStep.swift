/// One line of a scenario.
public struct ScenarioStep: Hashable, Sendable {
  /// What a step is for.
  public enum Keyword: String, Hashable, Sendable {
    /// How the world is before the story.
    case given = "Given"
    /// What happens.
    case when = "When"
    /// What must be true afterwards.
    case then = "Then"
  }

  /// The line, counted from 1.
  public let line: Int
  /// The keyword; for `and` and `but` that of the step before.
  public let keyword: Keyword
  /// The sentence without its keyword, as it was written.
  public let text: String
  /// What the sentence means.
  public let action: ScenarioAction

  /// A step.
  public init(line: Int, keyword: Keyword, text: String, action: ScenarioAction) {
    self.line = line
    self.keyword = keyword
    self.text = text
    self.action = action
  }
}
