import ArgumentParser
import Authorization
import JSON

/// Books a bank transfer to a partner's balance.
struct PartnerFundsReloadCommand<Funds: PartnerFunds>: DaemonCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "reload",
      abstract: "Book a bank transfer to the partner's \(Funds.name) balance.",
      discussion: """
        The bank reference names the transfer: it is booked once, whoever repeats it.

        EXAMPLES
          holdfast partner \(Funds.name) reload prt_0000000000001 --amount 10000 \\
            --currency EUR --bank-reference SEPA-2026-0001
        """
    )
  }

  @Argument(help: ArgumentHelp("The partner, prt_….", valueName: "partner-id"))
  var partner: PartnerID

  @OptionGroup var money: MoneyOptions

  @Option(help: ArgumentHelp("The bank's name of the transfer.", valueName: "text"))
  var bankReference: String

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let balance = try await session.change(
      "POST",
      "/admin/partners/\(partner.text)/\(Funds.path)/reload",
      ["amount": try money.json(), "bankReference": .string(bankReference)],
      key: idempotency
    )
    output.show(balance, PartnerBalanceView.block)
  }
}
