import ArgumentParser
import Authorization
import JSON

/// Lists authorizations.
struct AuthorizationListCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List authorizations, the newest first.",
    discussion: """
      EXAMPLES
        holdfast authorization list --card crd_0000000000001
        holdfast authorization list --state declined --reason INSUFFICIENT_USER_FUNDS
        holdfast authorization list --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z
      """
  )

  @Option(help: ArgumentHelp("Only those of this card, crd_….", valueName: "card-id"))
  var card: CardID?

  @Option(help: ArgumentHelp("Only those of this balance, bal_….", valueName: "balance-id"))
  var balance: BalanceID?

  @Option(
    help: ArgumentHelp("Only those in this state, for example declined.", valueName: "state")
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

  @OptionGroup var list: ListOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    try await Listing(session: session, output: output, options: list).show(
      AuthorizationView.self,
      at: "/admin/authorizations",
      [
        "cardId": card?.text, "balanceId": balance?.text, "state": state?.uppercased(),
        "reason": reason?.uppercased(), "from": from, "to": to,
      ]
    )
  }
}
