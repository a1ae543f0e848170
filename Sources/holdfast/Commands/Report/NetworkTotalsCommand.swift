import ArgumentParser

/// Shows what networks asked on a business day.
struct NetworkTotalsCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "network-totals",
    abstract: "Show what networks asked on a business day, by currency.",
    discussion: """
      A business day begins with the network's cut-over, before the first one at
      midnight, UTC. What comes after it counts on the new day; the totals of a day
      that has ended never change.

      EXAMPLES
        holdfast report network-totals
        holdfast --json report network-totals --date 2026-11-22
      """
  )

  @Option(
    help: ArgumentHelp("The day; the present one of each network unless given.", valueName: "date")
  )
  var date: String?

  @Option(
    help: ArgumentHelp("Only this network's, by the name of its listener.", valueName: "name")
  )
  var network: String?

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let query = QueryText.of([("date", date), ("network", network)])
    output.show(
      try await session.get("/admin/reports/network-totals" + query),
      NetworkTotalsView.text
    )
  }
}
