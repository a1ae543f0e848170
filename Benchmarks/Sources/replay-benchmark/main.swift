import Foundation

// replay-benchmark [--json] [--runs N] [--messages N] [--instructions STEP=N]...
// replay-benchmark --only STEP --iterations N       does the step, for an instruction counter

var arguments = Array(CommandLine.arguments.dropFirst())
var isJSON = false
var runs = 5
var messages = 200_000
var iterations = 1000
var only: Step?
var instructions: [Step: Double] = [:]

func usage() -> Never {
  let text =
    "usage: replay-benchmark [--json] [--runs N] [--messages N] [--instructions STEP=N]... "
    + "| --only STEP --iterations N\n"
  FileHandle.standardError.write(Data(text.utf8))
  exit(2)
}

func count(_ text: String?) -> Int {
  guard let number = text.flatMap({ Int($0) }), (1...10_000_000).contains(number) else { usage() }
  return number
}

while let argument = arguments.first {
  arguments.removeFirst()
  let value = arguments.first
  switch argument {
  case "--json":
    isJSON = true
    continue
  case "--runs": runs = count(value)
  case "--messages": messages = count(value)
  case "--iterations": iterations = count(value)
  case "--only":
    guard let step = value.flatMap({ Step(rawValue: $0) }) else { usage() }
    only = step
  case "--instructions":
    let pair = (value ?? "").split(separator: "=")
    guard pair.count == 2, let step = Step(rawValue: String(pair[0])), let number = Double(pair[1])
    else { usage() }
    instructions[step] = number
  default: usage()
  }
  arguments.removeFirst()
}

if let only {
  // Few messages, so that the counter is not kept with making them; tables have their size and
  // buffers their capacity before the messages that count.
  let replay = try Replay(messages: 2000)
  try replay.run(only, 1000)
  try replay.run(only, iterations)
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
    instructions: instructions[step]
  )
}
let figures = Step.allCases.compactMap { step -> Figure? in
  guard let figure = measured[step] else { return nil }
  return step.preparation.flatMap { measured[$0] }.map { figure.without($0) } ?? figure
}

func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

if isJSON {
  let rows = figures.map { figure in
    let counted = figure.instructions.map { String(format: "%.0f", $0) } ?? "null"
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
    let counted = figure.instructions.map { String(format: "%.0f", $0) } ?? "-"
    print(
      figure.step.rawValue + padded("", 8 - figure.step.rawValue.count)
        + padded(String(format: "%.1f", figure.nanoseconds), 11)
        + padded(String(format: "%.3f", figure.allocations), 13) + padded(counted, 14)
    )
  }
  print("whole: the real pipeline from a link's bytes to the bytes of the answer, decided over a")
  print("table in memory, its effect encoded; without network, disk and hash chain (see sealed)")
}
