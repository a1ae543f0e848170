import Authorization

/// Reads an amount as people write it, exactly: by the decimals that its currency has.
enum AmountText {
  /// Why text is no amount; a sentence for the person who wrote it.
  struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    let description: String
  }

  /// The amount that the text states.
  ///
  /// - Parameters:
  ///   - text: Digits, and behind a point at most as many as the currency has decimals; no sign, no
  ///     separators: `12.34`, `12.3`, `12`.
  ///   - currency: What the text is in.
  /// - Returns: The amount, above zero.
  /// - Throws: `Refusal` for anything else, for zero, and above twelve digits of minor units;
  ///   nothing is ever rounded.
  static func read(_ text: String, _ currency: Currency) throws(Refusal) -> Amount {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let exponent = Int(currency.exponent)
    guard parts.count <= 2,
      parts.allSatisfy({ part in !part.isEmpty && part.utf8.allSatisfy(isDigit) })
    else {
      throw Refusal(
        description: "an amount is written with digits and a point, for example "
          + "\(example(currency)); no sign, no comma, no separators"
      )
    }
    let decimals = parts.count == 2 ? parts[1] : ""
    guard decimals.utf8.count <= exponent else {
      throw Refusal(
        description: exponent == 0
          ? "\(currency.code) has no decimals; write for example \(example(currency))"
          : "\(currency.code) has \(exponent) decimals; write for example \(example(currency))"
      )
    }
    let digits = parts[0] + decimals + String(repeating: "0", count: exponent - decimals.utf8.count)
    guard let minorUnits = Int64(digits),
      let amount = Amount(minorUnits: minorUnits, currency: currency)
    else {
      throw Refusal(
        description: "the amount is above the largest, "
          + "\(currency.code) \(Money(Amount.largestMinorUnits).text(in: currency))"
      )
    }
    guard !amount.isZero else { throw Refusal(description: "the amount must be above zero") }
    return amount
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func example(_ currency: Currency) -> String {
    Money(currency.exponent == 3 ? 12_345 : currency.exponent == 0 ? 1_234 : 1_234)
      .text(in: currency)
  }
}
