import ArgumentParser
import Authorization

/// Shows a partner's balance.
struct PartnerFundsShowCommand<Funds: PartnerFunds>: DaemonCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "show",
      abstract: "Show the partner's \(Funds.name) balance in a currency.",
      discussion: """
        EXAMPLES
          holdfast partner \(Funds.name) show prt_0000000000001 --currency EUR
        """
    )
  }

  @Argument(help: ArgumentHelp("The partner, prt_….", valueName: "partner-id"))
  var partner: PartnerID

  @Option(help: ArgumentHelp("The currency, for example EUR.", valueName: "code"))
  var currency: Currency

  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let query = QueryText.of([("currency", currency.code)])
    let path = "/admin/partners/\(partner.text)/\(Funds.path)\(query)"
    output.show(try await session.get(path), PartnerBalanceView.block)
  }
}
