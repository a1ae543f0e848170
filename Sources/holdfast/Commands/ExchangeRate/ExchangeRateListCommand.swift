import ArgumentParser

/// Lists exchange rates.
struct ExchangeRateListCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List exchange rates.",
    discussion: """
      EXAMPLES
        holdfast fx-rate list
      """
  )

  @OptionGroup var list: ListOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    try await Listing(session: session, output: output, options: list).show(
      ExchangeRateView.self,
      at: "/admin/fx-rates"
    )
  }
}
