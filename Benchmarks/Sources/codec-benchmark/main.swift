import Foundation
import ISO8583
import Measuring

// codec-benchmark [--json] [--runs N] [--iterations N] [--instructions WORK=N]...
// codec-benchmark --only WORK --iterations N        does the work once, for an instruction counter

let options = Options<Work>(
  usage: "codec-benchmark [--json] [--runs N] [--iterations N] [--instructions WORK=N]... "
    + "| --only WORK --iterations N",
  runs: 21,
  numbers: ["--iterations": 20_000]
)
let runs = options.runs
let iterations = options["--iterations"]

if let only = options.only {
  let bench = try CodecBench()
  var builder = MessageBuilder()
  precondition(only.run(iterations, bench, &builder) != 0, "the work was not done")
  exit(0)
}

let figures = try Work.allCases.map {
  try Figure($0, runs: runs, iterations: iterations, instructions: options.instructions[$0])
}

if options.isJSON {
  let rows = figures.map { figure in
    let counted = text(figure.instructions, orElse: "null")
    return String(
      format: #"{"work":"%@","nanoseconds":%.1f,"best":%.1f,"allocations":%.3f,"instructions":%@}"#,
      figure.work.rawValue,
      figure.nanoseconds,
      figure.best,
      figure.allocations,
      counted
    )
  }
  print(#"{"message":"chip purchase, 347 bytes","figures":[\#(rows.joined(separator: ","))]}"#)
} else {
  print("chip purchase, 347 bytes, 20 elements; per message, \(runs) runs of \(iterations)")
  print("work      median ns    best ns  allocations  instructions")
  for figure in figures {
    let counted = text(figure.instructions, orElse: "-")
    print(
      figure.work.rawValue + padded("", 8 - figure.work.rawValue.count)
        + padded(String(format: "%.1f", figure.nanoseconds), 11)
        + padded(String(format: "%.1f", figure.best), 11)
        + padded(String(format: "%.3f", figure.allocations), 13) + padded(counted, 14)
    )
  }
}
