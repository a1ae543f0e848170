import Authorization

/// The cards of a load run, packed as the wire has them: 32 bytes each at most, so a million of them
/// stay small.
public struct LoadCards: Sendable {
  /// One card.
  struct Packed: Sendable {
    /// The first 16 digits of the number, BCD, left-justified, in big-endian order.
    var high: UInt64
    /// The other digits.
    var low: UInt16
    /// DE 14, BCD.
    var expiry: UInt16
    /// How many digits the number has.
    var digits: UInt8
  }

  private(set) var cards: [Packed] = []

  /// No cards yet.
  public init() {}

  /// How many there are.
  public var count: Int { cards.count }

  /// Adds a card; `false` and nothing added unless the number has 13 to 19 digits and the expiry is
  /// `YYMM`.
  public mutating func append(pan: some Sequence<UInt8>, expiry: some Sequence<UInt8>) -> Bool {
    var packed = Packed(high: 0, low: 0, expiry: 0, digits: 0)
    for character in pan {
      let digit = character &- 0x30
      guard digit <= 9, packed.digits < 19 else { return false }
      if packed.digits < 16 {
        packed.high |= UInt64(digit) << UInt64(60 - 4 * packed.digits)
      } else {
        packed.low |= UInt16(digit) << UInt16(12 - 4 * (packed.digits - 16))
      }
      packed.digits += 1
    }
    var expiryDigits = 0
    for character in expiry {
      let digit = character &- 0x30
      guard digit <= 9, expiryDigits < 4 else { return false }
      packed.expiry = packed.expiry << 4 | UInt16(digit)
      expiryDigits += 1
    }
    guard packed.digits >= 13, expiryDigits == 4, packed.expiry & 0xFF != 0,
      packed.expiry & 0xFF <= 0x12
    else { return false }
    cards.append(packed)
    return true
  }

  /// Adds a number.
  public mutating func append(_ pan: PAN, expiry: String) -> Bool {
    pan.withASCIIDigits { append(pan: $0, expiry: expiry.utf8) }
  }
}
