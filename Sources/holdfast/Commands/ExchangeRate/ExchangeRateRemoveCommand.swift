import ArgumentParser
import Authorization
import JSON

/// Takes an exchange rate away.
struct ExchangeRateRemoveCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Take the rate between two currencies away.",
    discussion: """
      EXAMPLES
        holdfast fx-rate remove USD EUR
      """
  )

  @Argument(help: "The currency of the payment.")
  var from: Currency

  @Argument(help: "The currency of the balance.")
  var to: Currency

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    _ = try await session.change(
      "DELETE",
      "/admin/fx-rates/\(from.code)/\(to.code)",
      key: idempotency
    )
    let removed: JSONValue = [
      "from": .string(from.code), "to": .string(to.code), "removed": true,
    ]
    output.show(removed) { _ in "Removed.\n" }
  }
}
