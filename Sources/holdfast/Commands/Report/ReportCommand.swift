import ArgumentParser

/// Reports for reconciliation.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Reports for reconciliation.",
    discussion: """
      EXAMPLES
        holdfast report network-totals
        holdfast report network-totals --date 2026-11-22 --network default
      """,
    subcommands: [NetworkTotalsCommand.self]
  )
}
