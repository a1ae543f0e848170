import ArgumentParser
import Authorization
import JSON

/// Opens a partner's balance.
struct PartnerFundsOpenCommand<Funds: PartnerFunds>: DaemonCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "open",
      abstract: "Open the partner's \(Funds.name) balance in a currency.",
      discussion: """
        EXAMPLES
          holdfast partner \(Funds.name) open prt_0000000000001 --currency EUR
        """
    )
  }

  @Argument(help: ArgumentHelp("The partner, prt_….", valueName: "partner-id"))
  var partner: PartnerID

  @Option(help: ArgumentHelp("The currency, for example EUR.", valueName: "code"))
  var currency: Currency

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let balance = try await session.change(
      "POST",
      "/admin/partners/\(partner.text)/\(Funds.path)",
      ["currency": .string(currency.code)],
      key: idempotency
    )
    output.show(balance, PartnerBalanceView.block)
  }
}
