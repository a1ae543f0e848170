import ArgumentParser

/// Programmes: ranges of card numbers with a currency and a funding.
struct ProgramCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "program",
    abstract: "Programmes: ranges of card numbers with a currency and a funding.",
    discussion: """
      EXAMPLES
        holdfast program create --partner prt_0000000000001 --name 'Acme EUR' \\
          --bin-range 400000000-400000999 --currency EUR --funding deposit
        holdfast program list
      """,
    subcommands: [ProgramCreateCommand.self, ProgramListCommand.self, ProgramShowCommand.self]
  )
}
