import ArgumentParser
import Authorization

/// Changes a balance's state.
struct BalanceStateCommand<Change: BalanceChange>: DaemonCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Change.name,
      abstract: Change.abstract,
      discussion: """
        EXAMPLES
          holdfast balance \(Change.name) bal_0000000000001
        """
    )
  }

  @Argument(help: ArgumentHelp("The balance, bal_….", valueName: "balance-id"))
  var id: BalanceID

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let balance = try await session.change(
      "POST",
      "/admin/balances/\(id.text)/\(Change.name)",
      key: idempotency
    )
    output.show(balance, BalanceView.block)
  }
}
