import ArgumentParser
import Authorization
import JSON

/// Tops a balance up.
struct BalanceReloadCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: "Top a balance up.",
    discussion: """
      In a credit programme the partner's credit balance pays.

      EXAMPLES
        holdfast balance reload bal_0000000000001 --amount 50.00 --currency EUR \\
          --reference top-up-1
      """
  )

  @Argument(help: ArgumentHelp("The balance, bal_….", valueName: "balance-id"))
  var id: BalanceID

  @OptionGroup var money: MoneyOptions

  @Option(help: ArgumentHelp("Why, for the statement.", valueName: "text"))
  var reference: String

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let balance = try await session.change(
      "POST",
      "/admin/balances/\(id.text)/reload",
      ["amount": try money.json(), "reference": .string(reference)],
      key: idempotency
    )
    output.show(balance, BalanceView.block)
  }
}
