import ArgumentParser
import Authorization
import JSON

/// Sets an exchange rate.
struct ExchangeRateSetCommand: DaemonCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Set the rate between two currencies.",
    discussion: """
      EXAMPLES
        holdfast fx-rate set USD EUR 0.92
        holdfast fx-rate set USD EUR 0.92 --mark-up 150 --hold-buffer 300
      """
  )

  @Argument(help: "The currency of the payment.")
  var from: Currency

  @Argument(help: "The currency of the balance.")
  var to: Currency

  @Argument(help: "How much of the second is one of the first; up to six decimals.")
  var rate: String

  @Option(
    help: ArgumentHelp(
      "Added to the amount, in hundredths of a percent, 0 to 10000.",
      valueName: "basis-points"
    )
  )
  var markUp = 0

  @Option(
    help: ArgumentHelp(
      "Held beyond the amount, in hundredths of a percent, 0 to 10000.",
      valueName: "basis-points"
    )
  )
  var holdBuffer = 0

  @OptionGroup var idempotency: IdempotencyOptions
  @OptionGroup var globals: GlobalOptions

  func validate() throws {
    guard from != to else { throw ValidationError("The two currencies must differ.") }
    guard (0...10_000).contains(markUp), (0...10_000).contains(holdBuffer) else {
      throw ValidationError("--mark-up and --hold-buffer: 0 to 10000; 150 is 1.5 %.")
    }
  }

  func perform(_ session: Session, _ output: Output) async throws(CommandFailure) {
    let stored = try await session.change(
      "PUT",
      "/admin/fx-rates",
      [
        "from": .string(from.code), "to": .string(to.code), "rate": .string(rate),
        "markUpBasisPoints": .number(markUp), "holdBufferBasisPoints": .number(holdBuffer),
      ],
      key: idempotency
    )
    output.show(stored, ExchangeRateView.block)
  }
}
