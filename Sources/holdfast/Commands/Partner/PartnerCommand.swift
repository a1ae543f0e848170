import ArgumentParser

/// Partners: who runs card programmes.
struct PartnerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partner",
    abstract: "Partners: who runs card programmes.",
    discussion: """
      EXAMPLES
        holdfast partner create --name Acme
        holdfast partner list
        holdfast partner deposit open prt_0000000000001 --currency EUR
      """,
    subcommands: [
      PartnerCreateCommand.self, PartnerListCommand.self, PartnerShowCommand.self,
      PartnerFundsCommand<DepositFunds>.self, PartnerFundsCommand<CreditFunds>.self,
    ]
  )
}
