import ArgumentParser

/// Shows the sums over all users and partners.
struct SummaryCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Show what all users and partners have, by currency.",
    discussion: """
      EXAMPLES
        holdfast summary
        holdfast --json summary
      """
  )

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    output.show(try await session.get("/admin/summary"), SummaryView.text)
  }
}
