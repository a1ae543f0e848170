/// Lets `--socket` and `--json` stand in front of the command as well as behind it.
enum GlobalArguments {
  /// The arguments with what stands before the command moved behind it: the parser knows the
  /// options of a command only there.
  static func moved(_ arguments: [String]) -> [String] {
    var front: [String] = []
    var rest = arguments[...]
    while let argument = rest.first {
      if argument == "--json" || argument.hasPrefix("--socket=") {
        front.append(argument)
        rest = rest.dropFirst()
      } else if argument == "--socket", rest.count > 1 {
        front.append(contentsOf: rest.prefix(2))
        rest = rest.dropFirst(2)
      } else {
        break
      }
    }
    // Without a command there is nothing to move behind.
    guard !front.isEmpty, let command = rest.first, !command.hasPrefix("-") else {
      return arguments
    }
    let end = rest.firstIndex(of: "--") ?? rest.endIndex
    return Array(rest[..<end]) + front + Array(rest[end...])
  }

  /// Whether the arguments ask for JSON, also when they are wrong otherwise.
  static func asksForJSON(_ arguments: [String]) -> Bool {
    arguments.prefix { $0 != "--" }.contains("--json")
  }
}
