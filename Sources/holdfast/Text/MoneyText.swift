import Authorization
import JSON

/// Writes sums as people read them: `EUR 12.34`.
enum MoneyText {
  /// A sum in minor units of the currency with that code; a code that this release does not know is
  /// shown with the bare minor units.
  static func of(_ minorUnits: Int64, _ code: String) -> String {
    guard let currency = Currency(code: code) else {
      return "\(PrintableText.of(code)) \(minorUnits) minor units"
    }
    return "\(currency.code) \(Money(minorUnits).text(in: currency))"
  }

  /// A member of an object that is a sum in the currency that its member `currency` names.
  static func of(member name: String, in object: JSONValue) -> String? {
    guard let sum = object[name]?.integer, let code = object["currency"]?.text else { return nil }
    return of(sum, code)
  }

  /// A `{"amount":…,"currency":…}` object.
  static func of(amount: JSONValue?) -> String? {
    amount.flatMap { of(member: "amount", in: $0) }
  }
}
