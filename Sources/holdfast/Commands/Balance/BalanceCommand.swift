import ArgumentParser

/// Balances: customers' money.
struct BalanceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "balance",
    abstract: "Balances: customers' money.",
    discussion: """
      EXAMPLES
        holdfast balance create --customer usr_0000000000001 \\
          --program prg_0000000000001 --currency EUR
        holdfast balance reload bal_0000000000001 --amount 50.00 --currency EUR \\
          --reference top-up-1
        holdfast balance show bal_0000000000001
      """,
    subcommands: [
      BalanceCreateCommand.self, BalanceListCommand.self, BalanceShowCommand.self,
      BalanceReloadCommand.self, BalanceStateCommand<BlockChange>.self,
      BalanceStateCommand<UnblockChange>.self, BalanceStateCommand<CloseChange>.self,
    ]
  )
}
