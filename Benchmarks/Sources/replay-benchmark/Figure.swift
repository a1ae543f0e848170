import Measuring

/// What was measured of one step, for one message; what only prepares the step is taken off.
struct Figure {
  let step: Step
  /// Median over the runs.
  var nanoseconds: Double
  var allocations: Double
  /// Instructions, counted by valgrind outside this process.
  var instructions: Double?

  /// Measures `runs` runs of `messages` messages, after one run that is thrown away.
  init(
    measuring step: Step,
    _ replay: Replay,
    runs: Int,
    messages: Int,
    instructions: Double?
  ) throws {
    let timing = try Timing(runs: runs, messages: messages) { try replay.run(step, messages) }
    self.step = step
    nanoseconds = timing.median
    allocations = timing.allocations
    self.instructions = instructions
  }

  /// The step alone, without what prepares it.
  func without(_ preparation: Figure) -> Figure {
    var figure = self
    figure.nanoseconds -= preparation.nanoseconds
    figure.allocations -= preparation.allocations
    if let whole = instructions, let part = preparation.instructions {
      figure.instructions = whole - part
    }
    return figure
  }
}
