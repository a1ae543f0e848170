import ArgumentParser

/// Exchange rates: what payments in other currencies are converted at.
struct ExchangeRateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fx-rate",
    abstract: "Exchange rates: what payments in other currencies are converted at.",
    discussion: """
      A network's own conversion counts before them. Without a rate a payment in another currency
      is declined with CURRENCY_NOT_ACCEPTED.

      EXAMPLES
        holdfast fx-rate list
        holdfast fx-rate set USD EUR 0.92 --mark-up 150 --hold-buffer 300
        holdfast fx-rate remove USD EUR
      """,
    subcommands: [
      ExchangeRateListCommand.self, ExchangeRateSetCommand.self, ExchangeRateRemoveCommand.self,
    ]
  )
}
