import Authorization

/// Amounts as people type them.
public enum AmountText {
  /// An amount written with exactly the decimals of its currency, for example `10.00` for EUR or
  /// `1500` for JPY; `nil` for anything else.
  public static func amount(_ text: some StringProtocol, _ currency: Currency) -> Amount? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let exponent = Int(currency.exponent)
    guard parts.count == (exponent == 0 ? 1 : 2), let whole = parts.first,
      (1...12).contains(whole.utf8.count),
      exponent == 0 || parts[1].utf8.count == exponent,
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let units = Int64(parts.joined())
    else { return nil }
    return Amount(minorUnits: units, currency: currency)
  }
}
