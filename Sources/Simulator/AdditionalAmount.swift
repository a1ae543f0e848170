import Authorization

/// One group of DE 54: what an amount is made of, or what an account has (dialect, section 3.5).
public struct AdditionalAmount: Hashable, Sendable {
  /// The kinds of amounts that this simulator writes or reads, by their two digits.
  public enum Kind: String, Sendable {
    /// What is booked on the account.
    case ledger = "01"
    /// What can be spent.
    case available = "02"
    /// The part of a purchase that is paid out.
    case cashBack = "40"
    /// What the terminal's owner charges, as part of the amount.
    case surcharge = "42"
    /// The sum of an authorization and its increments.
    case runningTotal = "43"
  }

  /// What the amount is.
  public let kind: Kind
  /// The currency.
  public let currency: Currency
  /// The sum; negative for a debit.
  public let sum: Money

  /// A group.
  public init(_ kind: Kind, _ amount: Amount, isDebit: Bool = false) {
    self.kind = kind
    currency = amount.currency
    sum = isDebit ? -amount.money : amount.money
  }

  /// Reads the 21 characters of one group; `nil` when they are none of the kinds known here.
  public init?(_ text: some StringProtocol) {
    let characters = Array(text.utf8)
    func part(_ range: Range<Int>) -> String {
      String(decoding: characters[range], as: UTF8.self)
    }
    guard characters.count == 21, let kind = Kind(rawValue: part(2..<4)),
      let number = UInt16(part(4..<7)), let currency = Currency(number: number),
      part(7..<8) == String(currency.exponent), ["C", "D"].contains(part(8..<9)),
      let units = Int64(part(9..<21)), units >= 0
    else { return nil }
    self.kind = kind
    self.currency = currency
    sum = part(8..<9) == "D" ? Money(-units) : Money(units)
  }

  /// Every group of a DE 54 that is known here.
  public static func all(in text: String) -> [AdditionalAmount] {
    let characters = Array(text.utf8)
    return stride(from: 0, to: characters.count, by: 21).compactMap { start in
      AdditionalAmount(
        String(decoding: characters[start..<min(start + 21, characters.count)], as: UTF8.self)
      )
    }
  }

  /// The 21 characters: account type 00, kind, currency, decimals, sign and twelve digits.
  public var text: String {
    "00" + kind.rawValue + leftPadded(String(currency.number), to: 3)
      + String(currency.exponent) + (sum < .zero ? "D" : "C")
      + leftPadded(String(sum.minorUnits.magnitude), to: 12)
  }
}
