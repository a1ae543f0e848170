/// What a runner reports while a scenario plays, for narration.
public enum ScenarioEvent: Sendable {
  /// A step begins.
  case step(ScenarioStep)
  /// A message went out and its answer, if any, came back.
  case exchange(request: [UInt8], answer: [UInt8]?, microseconds: Int64)
  /// A management call was answered.
  case call(method: String, path: String, status: Int)
}
