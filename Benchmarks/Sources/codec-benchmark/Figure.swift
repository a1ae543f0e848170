import ISO8583
import Measuring

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
    var sink: UInt64 = 0
    let timing = Timing(runs: runs, messages: iterations) {
      sink &+= work.run(iterations, bench, &builder)
    }
    precondition(sink != 0, "the work was not done")
    self.work = work
    nanoseconds = timing.median
    best = timing.best
    allocations = timing.allocations
    self.instructions = instructions
  }
}
