import Foundation
import ISO8583

// codec-benchmark [--json] [--runs N] [--iterations N] [--instructions WORK=N]...
// codec-benchmark --only WORK --iterations N        does the work once, for an instruction counter

var arguments = Array(CommandLine.arguments.dropFirst())
var isJSON = false
var runs = 21
var iterations = 20_000
var only: Work?
var instructions: [Work: Double] = [:]

func usage() -> Never {
  let text =
    "usage: codec-benchmark [--json] [--runs N] [--iterations N] [--instructions WORK=N]... "
    + "| --only WORK --iterations N\n"
  FileHandle.standardError.write(Data(text.utf8))
  exit(2)
}

func count(_ text: String?) -> Int {
  guard let number = text.flatMap({ Int($0) }), (1...100_000_000).contains(number) else { usage() }
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
  case "--iterations": iterations = count(value)
  case "--only":
    guard let work = value.flatMap({ Work(rawValue: $0) }) else { usage() }
    only = work
  case "--instructions":
    let pair = (value ?? "").split(separator: "=")
    guard pair.count == 2, let work = Work(rawValue: String(pair[0])), let number = Double(pair[1])
    else { usage() }
    instructions[work] = number
  default: usage()
  }
  arguments.removeFirst()
}

if let only {
  let bench = try CodecBench()
  var builder = MessageBuilder()
  precondition(only.run(iterations, bench, &builder) != 0, "the work was not done")
  exit(0)
}

let figures = try Work.allCases.map {
  try Figure($0, runs: runs, iterations: iterations, instructions: instructions[$0])
}

func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

if isJSON {
  let rows = figures.map { figure in
    let counted = figure.instructions.map { String(format: "%.0f", $0) } ?? "null"
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
    let counted = figure.instructions.map { String(format: "%.0f", $0) } ?? "-"
    print(
      figure.work.rawValue + padded("", 8 - figure.work.rawValue.count)
        + padded(String(format: "%.1f", figure.nanoseconds), 11)
        + padded(String(format: "%.1f", figure.best), 11)
        + padded(String(format: "%.3f", figure.allocations), 13) + padded(counted, 14)
    )
  }
}
