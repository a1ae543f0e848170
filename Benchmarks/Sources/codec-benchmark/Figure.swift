import AllocationCounter
import ISO8583

/// What was measured of one kind of work, for one message.
struct Figure {
  let work: Work
  /// Median over the runs.
  let nanoseconds: Double
  /// Fastest run.
  let best: Double
  let allocations: Double
  /// Instructions, counted by valgrind outside this process.
  let instructions: Double?

  /// Measures `runs` runs of `iterations` messages each, after one run that is thrown away.
  init(_ work: Work, runs: Int, iterations: Int, instructions: Double?) throws {
    let bench = try CodecBench()
    var builder = MessageBuilder()
    var sink = work.run(iterations, bench, &builder)
    var times: [Double] = []
    times.reserveCapacity(runs)
    let clock = ContinuousClock()
    let before = allocation_count()
    for _ in 0..<runs {
      let start = clock.now
      sink &+= work.run(iterations, bench, &builder)
      let (seconds, attoseconds) = (clock.now - start).components
      times.append((Double(seconds) * 1e9 + Double(attoseconds) * 1e-9) / Double(iterations))
    }
    allocations = Double(allocation_count() - before) / Double(runs * iterations)
    precondition(sink != 0, "the work was not done")
    times.sort()
    self.work = work
    nanoseconds = times[times.count / 2]
    best = times[0]
    self.instructions = instructions
  }
}
