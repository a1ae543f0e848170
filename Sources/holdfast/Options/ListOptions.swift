import ArgumentParser

/// Which part of a list is shown.
struct ListOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How many at most, 1 to 200.", valueName: "count"))
  var limit = 50

  @Option(help: ArgumentHelp("Go on behind this cursor of an earlier list.", valueName: "cursor"))
  var after: String?

  @Flag(help: "Show everything, however long; with --json one object a line.")
  var all = false

  func validate() throws {
    guard (1...200).contains(limit) else {
      throw ValidationError("--limit: 1 to 200; use --all to see everything.")
    }
  }
}
