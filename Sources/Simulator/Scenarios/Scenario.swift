/// One story: how the world is, what happens, and what must then be true.
public struct Scenario: Hashable, Sendable {
  /// The name of the file that holds it, as it was given.
  public let file: String
  /// The line of its title, counted from 1.
  public let line: Int
  /// The title, without the leading `#`.
  public let title: String
  /// The prose between title and first step; may be empty.
  public let story: String
  /// The steps in order.
  public let steps: [ScenarioStep]

  /// A story.
  public init(file: String, line: Int, title: String, story: String, steps: [ScenarioStep]) {
    self.file = file
    self.line = line
    self.title = title
    self.story = story
    self.steps = steps
  }
}
