/// An amount of money that a message or a caller names: never negative, at most twelve digits.
///
/// The range is that of DE 4: `0...999_999_999_999` in the minor unit of its currency, so EUR 123.45
/// is 12,345. Sums that books keep can be larger or negative; they are `Money`.
public struct Amount: Hashable, Sendable {
  /// The number of minor units, `0...999_999_999_999`.
  public let minorUnits: Int64
  /// The currency, which also fixes what a minor unit is.
  public let currency: Currency

  /// The largest amount that twelve digits hold.
  public static let largestMinorUnits: Int64 = 999_999_999_999

  /// An amount, or `nil` when the number is negative or has more than twelve digits.
  @inlinable
  public init?(minorUnits: Int64, currency: Currency) {
    guard (0...Amount.largestMinorUnits).contains(minorUnits) else { return nil }
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// Nothing, in a currency.
  public static func zero(in currency: Currency) -> Amount {
    Amount(unchecked: 0, currency)
  }

  private init(unchecked minorUnits: Int64, _ currency: Currency) {
    self.minorUnits = minorUnits
    self.currency = currency
  }

  /// Whether the amount is zero.
  @inlinable
  public var isZero: Bool { minorUnits == 0 }

  /// The same amount as a signed sum.
  @inlinable
  public var money: Money { Money(minorUnits) }
}

extension Amount: CustomStringConvertible {
  /// The amount as people write it, for example `EUR 123.45`.
  public var description: String { "\(currency.code) \(money.text(in: currency))" }
}

/// A signed sum in minor units of a currency that the account around it fixes.
///
/// Arithmetic that overflows 64 bits traps: no portfolio of twelve-digit amounts comes near, so an
/// overflow means the books are broken and must not go on.
public struct Money: Hashable, Comparable, Sendable {
  /// Minor units; negative for a debit.
  public var minorUnits: Int64

  /// A sum of minor units.
  @inlinable
  public init(_ minorUnits: Int64) { self.minorUnits = minorUnits }

  /// Nothing.
  public static var zero: Money {
    @inlinable get { Money(0) }
  }

  /// Orders by value.
  @inlinable
  public static func < (left: Money, right: Money) -> Bool { left.minorUnits < right.minorUnits }

  /// The sum; traps on overflow.
  @inlinable
  public static func + (left: Money, right: Money) -> Money {
    Money(left.minorUnits + right.minorUnits)
  }

  /// The difference; traps on overflow.
  @inlinable
  public static func - (left: Money, right: Money) -> Money {
    Money(left.minorUnits - right.minorUnits)
  }

  /// Adds; traps on overflow.
  @inlinable
  public static func += (left: inout Money, right: Money) { left = left + right }

  /// Subtracts; traps on overflow.
  @inlinable
  public static func -= (left: inout Money, right: Money) { left = left - right }

  /// The opposite sum.
  @inlinable
  public static prefix func - (money: Money) -> Money { Money(-money.minorUnits) }

  /// The number with the decimals of `currency`, for example `-0.05`.
  public func text(in currency: Currency) -> String {
    let exponent = Int(currency.exponent)
    let sign = minorUnits < 0 ? "-" : ""
    var digits = String(minorUnits.magnitude)
    guard exponent > 0 else { return sign + digits }
    if digits.utf8.count <= exponent {
      digits = String(repeating: "0", count: exponent + 1 - digits.utf8.count) + digits
    }
    return sign + digits.dropLast(exponent) + "." + digits.suffix(exponent)
  }
}
