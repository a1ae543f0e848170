/// The price of one currency in another, with what the programme adds to it (row A-064).
public struct ExchangeRate: Hashable, Sendable {
  /// The currency of the transaction.
  public var from: Currency
  /// The currency of the balance.
  public var to: Currency
  /// Units of `to` for a million units of `from`; above 0.
  public var rateMillionths: UInt64
  /// What is added at authorization and at clearing, in hundredths of a percent.
  public var markUpBasisPoints: UInt16
  /// What a hold is larger than the converted amount, in hundredths of a percent, so that a rate
  /// that moves until the clearing is covered.
  public var holdBufferBasisPoints: UInt16

  /// The largest rate that is taken: with it the largest amount still fits the arithmetic.
  public static let largestMillionths: UInt64 = 1_000_000_000_000

  /// A rate; `nil` when it is zero or above `largestMillionths`, or both currencies are one.
  public init?(
    from: Currency,
    to: Currency,
    rateMillionths: UInt64,
    markUpBasisPoints: UInt16 = 0,
    holdBufferBasisPoints: UInt16 = 0
  ) {
    guard from != to, rateMillionths > 0, rateMillionths <= Self.largestMillionths else {
      return nil
    }
    self.from = from
    self.to = to
    self.rateMillionths = rateMillionths
    self.markUpBasisPoints = markUpBasisPoints
    self.holdBufferBasisPoints = holdBufferBasisPoints
  }

  /// An amount in the other currency, rounded half up to its minor unit.
  ///
  /// - Parameters:
  ///   - amount: in the currency `from`.
  ///   - addsMarkUp: whether the mark-up is added; not where money goes to the user.
  /// - Returns: the amount; `nil` when it has more than twelve digits.
  public func convert(_ amount: Amount, addsMarkUp: Bool = true) -> Amount? {
    precondition(amount.currency == from, "an amount is converted at the rate of another currency")
    // minor(to) = minor(from) · rate · (1 + mark-up) · 10^(decimals(to) − decimals(from)), all over
    // a million times ten thousand.
    let scaled = UInt128(amount.minorUnits) * UInt128(rateMillionths)
    var numerator = scaled * UInt128(10_000 + (addsMarkUp ? UInt32(markUpBasisPoints) : 0))
    var denominator: UInt128 = 10_000_000_000
    for _ in 0..<max(0, Int(to.exponent) - Int(from.exponent)) { numerator *= 10 }
    for _ in 0..<max(0, Int(from.exponent) - Int(to.exponent)) { denominator *= 10 }
    let rounded = (numerator + denominator / 2) / denominator
    guard rounded <= UInt128(Amount.largestMinorUnits) else { return nil }
    return Amount(minorUnits: Int64(rounded), currency: to)
  }

  /// What is held for a converted amount: the buffer is added, rounded up.
  public func held(for converted: Amount) -> Money {
    let extra = UInt128(converted.minorUnits) * UInt128(holdBufferBasisPoints)
    return converted.money + Money(Int64((extra + 9_999) / 10_000))
  }
}
