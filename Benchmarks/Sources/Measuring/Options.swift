import Foundation

/// What a benchmark of several kinds of work is told on its command line.
///
/// ```
/// [--json] [--runs N] [--NUMBER N]... [--instructions WORK=N]...
/// --only WORK [--NUMBER N]...
/// ```
public struct Options<Work: RawRepresentable & Hashable> where Work.RawValue == String {
  /// Whether figures are printed as JSON.
  public private(set) var isJSON = false
  /// How often each work is measured.
  public private(set) var runs: Int
  /// The one work to do, for an instruction counter; `nil` to measure all.
  public private(set) var only: Work?
  /// Instructions that were counted outside, by work.
  public private(set) var instructions: [Work: Double] = [:]
  private var numbers: [String: Int]
  private let usage: String

  /// Reads the command line of this process; ends it with a message when it does not understand.
  /// - Parameters:
  ///   - usage: what is printed then.
  ///   - runs: how often each work is measured unless said.
  ///   - numbers: further options with a number, such as `--iterations`, and their values unless said.
  public init(usage: String, runs: Int, numbers: [String: Int]) {
    self.usage = usage
    self.runs = runs
    self.numbers = numbers
    var arguments = CommandLine.arguments.dropFirst()
    while let argument = arguments.popFirst() {
      if argument == "--json" { isJSON = true } else { take(argument, arguments.popFirst() ?? "") }
    }
  }

  /// The value of an option with a number.
  public subscript(name: String) -> Int {
    guard let number = numbers[name] else { preconditionFailure("\(name) is no option") }
    return number
  }

  private mutating func take(_ argument: String, _ value: String) {
    switch argument {
    case "--runs": runs = count(value)
    case "--only":
      guard let work = Work(rawValue: value) else { refuse() }
      only = work
    case "--instructions":
      let pair = value.split(separator: "=")
      guard pair.count == 2, let work = Work(rawValue: String(pair[0])),
        let number = Double(pair[1])
      else { refuse() }
      instructions[work] = number
    default:
      guard numbers[argument] != nil else { refuse() }
      numbers[argument] = count(value)
    }
  }

  private func count(_ text: String) -> Int {
    guard let number = Int(text), (1...100_000_000).contains(number) else { refuse() }
    return number
  }

  private func refuse() -> Never {
    FileHandle.standardError.write(Data("usage: \(usage)\n".utf8))
    exit(2)
  }
}
