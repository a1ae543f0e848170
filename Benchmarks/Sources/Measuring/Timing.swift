import AllocationCounter

/// Time and allocations of a piece of work, for one message.
public struct Timing {
  /// Nanoseconds, the median over the runs.
  public let median: Double
  /// Nanoseconds of the fastest run.
  public let best: Double
  /// Allocations, the mean over all runs.
  public let allocations: Double

  /// Measures `runs` runs of `messages` messages each, after one run that is thrown away.
  public init(runs: Int, messages: Int, _ work: () throws -> Void) rethrows {
    try work()
    var times: [Double] = []
    times.reserveCapacity(runs)
    let clock = ContinuousClock()
    let before = allocation_count()
    for _ in 0..<runs {
      let start = clock.now
      try work()
      let (seconds, attoseconds) = (clock.now - start).components
      times.append((Double(seconds) * 1e9 + Double(attoseconds) * 1e-9) / Double(messages))
    }
    allocations = Double(allocation_count() - before) / Double(runs * messages)
    times.sort()
    median = times[times.count / 2]
    best = times[0]
  }
}
