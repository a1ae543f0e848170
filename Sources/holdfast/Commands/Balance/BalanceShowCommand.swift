import ArgumentParser
import Authorization

/// Shows one balance.
struct BalanceShowCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one balance.",
    discussion: """
      EXAMPLES
        holdfast balance show bal_0000000000001
      """
  )

  @Argument(help: ArgumentHelp("The balance, bal_….", valueName: "balance-id"))
  var id: BalanceID

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    output.show(try await session.get("/admin/balances/\(id.text)"), BalanceView.block)
  }
}
