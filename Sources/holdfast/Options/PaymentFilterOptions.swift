import ArgumentParser
import Authorization

/// Which payments a list shows.
struct PaymentFilterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only those of this card, crd_….", valueName: "card-id"))
  var card: CardID?

  @Option(help: ArgumentHelp("Only those of this balance, bal_….", valueName: "balance-id"))
  var balance: BalanceID?

  @Option(
    help: ArgumentHelp("Only those in this state, as partially-cleared.", valueName: "state")
  )
  var state: String?

  @Option(
    help: ArgumentHelp("Only those decided for this reason, as CARD_LOST.", valueName: "reason")
  )
  var reason: String?

  @Option(help: ArgumentHelp("Only those decided then or later (RFC 3339).", valueName: "time"))
  var from: String?

  @Option(help: ArgumentHelp("Only those decided before (RFC 3339).", valueName: "time"))
  var to: String?

  /// The members of a query that say so.
  var members: [(name: String, value: String?)] {
    [
      ("cardId", card?.text), ("balanceId", balance?.text), ("state", Self.names(state)),
      ("reason", reason?.uppercased()), ("from", from), ("to", to),
    ]
  }

  /// Names as the interface has them.
  static func names(_ text: String?) -> String? {
    text?.uppercased().replacing("-", with: "_")
  }
}
