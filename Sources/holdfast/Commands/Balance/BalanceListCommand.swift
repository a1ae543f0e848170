import ArgumentParser
import Authorization

/// Lists a customer's balances.
struct BalanceListCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List a customer's balances, the oldest first.",
    discussion: """
      EXAMPLES
        holdfast balance list --customer usr_0000000000001
      """
  )

  @Option(help: ArgumentHelp("The customer, usr_….", valueName: "customer-id"))
  var customer: UserID

  @OptionGroup var list: ListOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    try await Listing(session: session, output: output, options: list)
      .show(BalanceView.self, at: "/secure/customers/\(customer.text)/balances")
  }
}
