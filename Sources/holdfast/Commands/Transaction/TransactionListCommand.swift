import ArgumentParser
import Authorization
import JSON

/// Lists transactions.
struct TransactionListCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List transactions, the newest first.",
    discussion: """
      STATES  authorized, partially-cleared, cleared, reversed, expired, declined
      TYPES   authorization, financial, verification, advice, clearing, reversal
      FLAGS   forced, stip, force-post, over-cleared, partially-approved, credit, unmatched,
              verification, inquiry, converted, single-message, presented, estimated

      Several with commas between them: any of them will do.

      EXAMPLES
        holdfast transaction list --customer usr_0000000000001
        holdfast transaction list --state cleared,reversed --from 2026-11-01T00:00:00Z
        holdfast transaction list --flag unmatched,force-post
        holdfast transaction list --currency EUR --min-amount 100 --max-amount 250.50
      """
  )

  @OptionGroup var filter: PaymentFilterOptions

  @Option(help: ArgumentHelp("Only those of this customer, usr_….", valueName: "customer-id"))
  var customer: UserID?

  @Option(help: ArgumentHelp("Only those that began with such a message.", valueName: "types"))
  var type: String?

  @Option(help: ArgumentHelp("Only those with one of these flags.", valueName: "flags"))
  var flag: String?

  @Option(help: ArgumentHelp("Only those in this currency.", valueName: "code"))
  var currency: Currency?

  @Option(help: ArgumentHelp("Only those of at least this; needs --currency.", valueName: "amount"))
  var minAmount: String?

  @Option(help: ArgumentHelp("Only those of at most this; needs --currency.", valueName: "amount"))
  var maxAmount: String?

  @OptionGroup var list: ListOptions
  @OptionGroup var globals: GlobalOptions

  func validate() throws {
    _ = try minorUnits(minAmount, "--min-amount")
    _ = try minorUnits(maxAmount, "--max-amount")
  }

  private func minorUnits(_ text: String?, _ option: String) throws -> String? {
    guard let text else { return nil }
    guard let currency else {
      throw ValidationError("\(option): say in which --currency.")
    }
    do {
      return String(try AmountText.read(text, currency).minorUnits)
    } catch {
      throw ValidationError("\(option): \(error).")
    }
  }

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    try await Listing(session: session, output: output, options: list).show(
      AuthorizationView.self,
      at: "/admin/transactions",
      [
        "customerId": customer?.text, "type": PaymentFilterOptions.names(type),
        "flag": PaymentFilterOptions.names(flag), "currency": currency?.code,
        "minAmount": try? minorUnits(minAmount, "--min-amount"),
        "maxAmount": try? minorUnits(maxAmount, "--max-amount"),
      ],
      payments: filter
    )
  }
}
