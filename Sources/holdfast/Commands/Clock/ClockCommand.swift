import ArgumentParser

/// The daemon's clock.
struct ClockCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clock",
    abstract: "The daemon's clock, which tests can set forward.",
    discussion: """
      Only a daemon that was started with --virtual-clock lets its clock be set.

      EXAMPLES
        holdfast clock show
        holdfast clock advance 7d
      """,
    subcommands: [ClockShowCommand.self, ClockAdvanceCommand.self]
  )
}
