import ArgumentParser
import Authorization
import JSON

/// Opens a balance.
struct BalanceCreateCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Open a balance for a customer.",
    discussion: """
      EXAMPLES
        holdfast balance create --customer usr_0000000000001 \\
          --program prg_0000000000001 --currency EUR
      """
  )

  @Option(help: ArgumentHelp("The customer, usr_….", valueName: "customer-id"))
  var customer: UserID

  @Option(help: ArgumentHelp("The programme, prg_….", valueName: "program-id"))
  var program: ProgramID

  @Option(help: ArgumentHelp("The currency, for example EUR.", valueName: "code"))
  var currency: Currency

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let balance = try await session.change(
      "POST",
      "/secure/customers/\(customer.text)/balances",
      ["programId": .string(program.text), "currency": .string(currency.code)],
      key: idempotency
    )
    output.show(balance, BalanceView.block)
  }
}
