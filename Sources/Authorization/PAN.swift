/// A primary account number: the digits on the card, in clear.
///
/// A value lives only between the wire (or an import line) and the vault: it cannot be printed,
/// stored or sent, and everything behind the vault works with its `PANToken`. Digits are kept packed
/// so that the value stays on the stack.
public struct PAN: Hashable, Sendable {
  /// The digits, two to a byte, the first digit in the high half; unused halves are 0.
  private let packed: (UInt64, UInt64)
  /// How many digits there are, `1...19`.
  public let count: UInt8

  /// A number from decimal digits (0...9 each), or `nil` unless there are 1 to 19 of them.
  ///
  /// Length and check digit are a rule of the decision (`hasValidLength`, `hasValidCheckDigit`), not
  /// of the type: a refused number must still be answered and found again.
  public init?(digits: some Sequence<UInt8>) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var count: UInt8 = 0
    for digit in digits {
      guard digit <= 9, count < 19 else { return nil }
      if count < 16 {
        high |= UInt64(digit) << UInt64(60 - 4 * count)
      } else {
        low |= UInt64(digit) << UInt64(60 - 4 * (count - 16))
      }
      count += 1
    }
    guard count > 0 else { return nil }
    self.packed = (high, low)
    self.count = count
  }

  /// A number from its text, or `nil` unless it is 1 to 19 ASCII digits.
  public init?(text: some StringProtocol) {
    self.init(digits: text.utf8.lazy.map { $0 &- UInt8(ascii: "0") })
  }

  /// The digit at a position, counted from 0 on the left.
  public func digit(at position: Int) -> UInt8 {
    precondition(position < Int(count), "a PAN has no digit at this position")
    let half = position < 16 ? packed.0 : packed.1
    return UInt8(half >> UInt64(60 - 4 * (position & 15)) & 15)
  }

  /// Whether the number has 14 to 19 digits (row S-014).
  public var hasValidLength: Bool { (14...19).contains(count) }

  /// Whether the last digit is the Luhn check digit of the others (ISO/IEC 7812-1, annex B).
  public var hasValidCheckDigit: Bool {
    var sum: UInt = 0
    for position in 0..<Int(count) {
      let digit = UInt(digit(at: position))
      let doubled = (Int(count) - 1 - position) & 1 == 1
      sum += doubled ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
    }
    return sum % 10 == 0
  }

  /// The first nine digits as a number, for finding the programme whose BIN range holds the card;
  /// `nil` when there are fewer.
  public var leadingNine: UInt32? {
    guard count >= 9 else { return nil }
    return (0..<9).reduce(0) { $0 * 10 + UInt32(digit(at: $1)) }
  }

  /// What may be shown: the first six and the last four digits, stars between them.
  ///
  /// A number too short to keep six of its digits hidden that way shows its last four only.
  public var masked: MaskedPAN {
    MaskedPAN(
      text: String(
        decoding: (0..<Int(count)).map { position in
          let shown = position >= Int(count) - 4 || (position < 6 && count >= 14)
          return shown ? UInt8(ascii: "0") + digit(at: position) : UInt8(ascii: "*")
        },
        as: UTF8.self
      )
    )
  }

  /// Equal when count and digits are.
  public static func == (left: PAN, right: PAN) -> Bool {
    left.packed == right.packed && left.count == right.count
  }

  /// Hashes count and digits.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(packed.0)
    hasher.combine(packed.1)
    hasher.combine(count)
  }

  /// Runs `body` with the digits as ASCII text of `count` bytes and wipes them afterwards: the one
  /// way out, for the vault and for a simulator that plays a terminal.
  public func withASCIIDigits<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeTemporaryAllocation(byteCount: 19, alignment: 1) { buffer in
      for position in 0..<Int(count) { buffer[position] = UInt8(ascii: "0") + digit(at: position) }
      defer { for position in 0..<19 { buffer[position] = 0 } }
      return body(UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)]))
    }
  }
}

extension PAN: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The masked form.
  public var description: String { masked.text }
  /// The masked form.
  public var debugDescription: String { masked.text }
  /// The masked form only: a mirror would otherwise show the packed digits.
  public var customMirror: Mirror { Mirror(self, children: ["masked": masked.text]) }
}

/// A card number as it may be shown: `400000******0002`.
public struct MaskedPAN: Hashable, Sendable, CustomStringConvertible {
  /// Digits and stars, as long as the number.
  public let text: String

  /// A masked number from stored text.
  public init(text: String) { self.text = text }

  /// The masked text.
  public var description: String { text }
}

/// What stands for a card number everywhere behind the vault: 128 bits of its keyed hash.
///
/// Equal numbers give equal tokens under one vault key; without the key a token tells nothing.
public struct PANToken: Hashable, Sendable {
  /// The first eight bytes of the hash, big-endian.
  public let high: UInt64
  /// The next eight bytes of the hash, big-endian.
  public let low: UInt64

  /// A token from its halves.
  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}
