/// How one scenario ended.
public struct ScenarioOutcome: Sendable {
  /// The step that did not hold.
  public struct Failure: Error, Sendable {
    /// The step.
    public let step: ScenarioStep
    /// What should have been, in words.
    public let expected: String
    /// What was, in words.
    public let found: String
    /// The last message sent, if any.
    public let request: [UInt8]?
    /// Its answer, if any.
    public let answer: [UInt8]?
  }

  /// The scenario.
  public let scenario: Scenario
  /// The first step that did not hold; `nil` when all did.
  public let failure: Failure?
  /// Why the scenario could not be played on this issuer; `nil` when it was.
  public let skipped: String?
  /// How long it took, in microseconds.
  public let microseconds: Int64

  /// Whether every step was played and held.
  public var passed: Bool { failure == nil && skipped == nil }
}
