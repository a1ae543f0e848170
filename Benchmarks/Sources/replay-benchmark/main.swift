import Foundation
import Measuring

// replay-benchmark [--json] [--runs N] [--messages N] [--instructions STEP=N]...
// replay-benchmark --only STEP --iterations N       does the step, for an instruction counter

let options = Options<Step>(
  usage: "replay-benchmark [--json] [--runs N] [--messages N] [--instructions STEP=N]... "
    + "| --only STEP --iterations N",
  runs: 5,
  numbers: ["--messages": 200_000, "--iterations": 1000]
)
let runs = options.runs
let messages = options["--messages"]

if let only = options.only {
  // Few messages, so that the counter is not kept with making them; tables have their size and
  // buffers their capacity before the messages that count.
  let replay = try Replay(messages: 2000)
  try replay.run(only, 1000)
  try replay.run(only, options["--iterations"])
  exit(0)
}

let replay = try Replay(messages: messages)
var measured: [Step: Figure] = [:]
for step in Step.allCases {
  measured[step] = try Figure(
    measuring: step,
    replay,
    runs: runs,
    messages: messages,
    instructions: options.instructions[step]
  )
}
let figures = Step.allCases.compactMap { step -> Figure? in
  guard let figure = measured[step] else { return nil }
  return step.preparation.flatMap { measured[$0] }.map { figure.without($0) } ?? figure
}

if options.isJSON {
  let rows = figures.map { figure in
    let counted = text(figure.instructions, orElse: "null")
    return String(
      format: #"{"step":"%@","nanoseconds":%.1f,"allocations":%.3f,"instructions":%@}"#,
      figure.step.rawValue,
      figure.nanoseconds,
      figure.allocations,
      counted
    )
  }
  print(#"{"messages":\#(messages),"figures":[\#(rows.joined(separator: ","))]}"#)
} else {
  print(
    "\(messages) chip purchases, all different, \(Replay.cards) cards; per message, \(runs) runs"
  )
  print("step      median ns  allocations  instructions")
  for figure in figures {
    let counted = text(figure.instructions, orElse: "-")
    print(
      figure.step.rawValue + padded("", 8 - figure.step.rawValue.count)
        + padded(String(format: "%.1f", figure.nanoseconds), 11)
        + padded(String(format: "%.3f", figure.allocations), 13) + padded(counted, 14)
    )
  }
  print("whole: the real pipeline from a link's bytes to the bytes of the answer, decided over a")
  print("table in memory, its effect encoded; without network, disk and hash chain (see sealed)")
}
