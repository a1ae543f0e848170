import ArgumentParser

/// A partner's deposit or credit balance.
struct PartnerFundsCommand<Funds: PartnerFunds>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Funds.name,
      abstract: "The partner's \(Funds.name) balance: \(Funds.purpose).",
      discussion: """
        EXAMPLES
          holdfast partner \(Funds.name) open prt_0000000000001 --currency EUR
          holdfast partner \(Funds.name) reload prt_0000000000001 --amount 10000 \\
            --currency EUR --bank-reference SEPA-2026-0001
          holdfast partner \(Funds.name) show prt_0000000000001 --currency EUR
        """,
      subcommands: [
        PartnerFundsOpenCommand<Funds>.self, PartnerFundsReloadCommand<Funds>.self,
        PartnerFundsShowCommand<Funds>.self,
      ]
    )
  }
}
