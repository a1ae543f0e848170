import ArgumentParser
import Authorization
import JSON

/// An amount and its currency.
struct MoneyOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How much, for example 12.34.", valueName: "amount"))
  var amount: String

  @Option(help: ArgumentHelp("The currency, for example EUR.", valueName: "code"))
  var currency: Currency

  func validate() throws {
    do {
      _ = try AmountText.read(amount, currency)
    } catch {
      throw ValidationError("--amount: \(error).")
    }
  }

  /// The amount as the management side takes it.
  func json() throws(CommandFailure) -> JSONValue {
    do throws(AmountText.Refusal) {
      return .amount(try AmountText.read(amount, currency))
    } catch {
      throw .usage("--amount: \(error).", next: nil)
    }
  }
}

extension JSONValue {
  /// An amount as the management side takes it.
  static func amount(_ amount: Amount) -> JSONValue {
    ["amount": .integer(amount.minorUnits), "currency": .string(amount.currency.code)]
  }
}
