import AllocationCounter

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
    try replay.run(step, messages)
    var times: [Double] = []
    times.reserveCapacity(runs)
    let clock = ContinuousClock()
    let before = allocation_count()
    for _ in 0..<runs {
      let start = clock.now
      try replay.run(step, messages)
      let (seconds, attoseconds) = (clock.now - start).components
      times.append((Double(seconds) * 1e9 + Double(attoseconds) * 1e-9) / Double(messages))
    }
    allocations = Double(allocation_count() - before) / Double(runs * messages)
    times.sort()
    self.step = step
    nanoseconds = times[times.count / 2]
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
