import ArgumentParser
import Authorization
import JSON

/// Lists cards.
struct CardListCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the cards of a customer or on a balance, the oldest first.",
    discussion: """
      EXAMPLES
        holdfast card list --customer usr_0000000000001
        holdfast card list --balance bal_0000000000001
      """
  )

  @Option(help: ArgumentHelp("The customer, usr_….", valueName: "customer-id"))
  var customer: UserID?

  @Option(help: ArgumentHelp("The balance, bal_….", valueName: "balance-id"))
  var balance: BalanceID?

  @OptionGroup var list: ListOptions
  @OptionGroup var globals: GlobalOptions

  func validate() throws {
    guard (customer == nil) != (balance == nil) else {
      throw ValidationError("Name either --customer or --balance.")
    }
  }

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    if let customer {
      try await Listing(session: session, output: output, options: list)
        .show(CardView.self, at: "/secure/customers/\(customer.text)/cards")
    } else if let balance {
      let object = try await session.get("/admin/balances/\(balance.text)")
      let cards = object["cards"]?.elements ?? []
      output.show(["data": .array(cards), "hasMore": .boolean(false)]) { _ in
        cards.isEmpty ? "Nothing.\n" : CardView.table(cards)
      }
    }
  }
}
