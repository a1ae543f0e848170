import ArgumentParser

/// Transactions: payments from the first message to the last.
struct TransactionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transaction",
    abstract: "Transactions: payments from the first message to the last.",
    discussion: """
      A payment is one object whatever happens to it; its entries tell what happened.

      EXAMPLES
        holdfast transaction list --card crd_0000000000001 --state cleared,reversed
        holdfast transaction list --flag force-post,unmatched
        holdfast transaction show ath_0000000000001
      """,
    subcommands: [TransactionListCommand.self, TransactionShowCommand.self]
  )
}
