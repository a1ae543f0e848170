/// A primary account number: the digits on the card, in clear.
///
/// A value lives only between the wire (or an import line) and the vault: it cannot be printed,
/// stored or sent, and everything behind the vault works with its `PANToken`. Digits are kept packed
/// so that the value stays on the stack.
public struct PAN: Hashable, Sendable {
  /// The digits, two to a byte, the first digit in the high half; unused halves are 0.
  @usableFromInline let packed: (UInt64, UInt64)
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

  /// A number from its digits packed as on the wire, or `nil` unless there are 1 to 19 of them.
  ///
  /// - Parameters:
  ///   - high: The first sixteen digits, the first in the highest half-byte.
  ///   - low: The digits behind them, in the highest half-bytes.
  ///   - count: How many digits there are; half-bytes behind them are ignored.
  /// - Precondition: the half-bytes that count are 0 to 9.
  @inlinable
  @inline(__always)
  public init?(packed high: UInt64, _ low: UInt64, count: Int) {
    guard count > 0, count <= 19 else { return nil }
    // What counts is kept, so that equal numbers have equal words.
    if count <= 16 {
      packed = (high & ~0 &<< UInt64(truncatingIfNeeded: 64 &- 4 &* count), 0)
    } else {
      packed = (high, low & ~0 &<< UInt64(truncatingIfNeeded: 128 &- 4 &* count))
    }
    self.count = UInt8(truncatingIfNeeded: count)
    precondition(
      Self.areDecimal(packed.0) && Self.areDecimal(packed.1),
      "a card number has decimal digits"
    )
  }

  @inlinable
  @inline(__always)
  static func areDecimal(_ word: UInt64) -> Bool {
    // Above 9 means: the bit of weight 8 is set together with that of weight 4 or 2.
    (word << 1 | word << 2) & word & 0x8888_8888_8888_8888 == 0
  }

  /// Runs `body` with the digits as the sixteen bytes of one block, `F` in the half-bytes that no
  /// digit takes: for the vault, whose token is a code of it.
  ///
  /// Different numbers have different blocks.
  @inlinable
  @inline(__always)
  public func withBlock<Result>(_ body: (_ high: UInt64, _ low: UInt64) -> Result) -> Result {
    let taken = 4 &* UInt64(count)
    let isShort = count < 16
    return body(
      isShort ? packed.0 | ~0 &>> taken : packed.0,
      isShort ? ~0 : packed.1 | ~0 &>> (taken &- 64)
    )
  }

  /// The number that some of the first sixteen digits write.
  @inlinable
  @inline(__always)
  func number(first: Int, digits: Int) -> UInt64 {
    let half = (packed.0 << UInt64(4 * first)) >> UInt64(64 - 4 * digits)
    return PackedDigits.number(half)
  }

  /// The first `digits` digits as a number; all of them when there are fewer.
  @inlinable
  func leading(_ digits: Int) -> UInt64 { number(first: 0, digits: min(digits, Int(count))) }

  /// The last four digits as a number; all of them when there are fewer.
  @inlinable
  @inline(__always)
  var lastFour: UInt16 {
    let behind = 64 &- 4 &* UInt64(count)
    // Behind the sixteenth digit both words have some of them.
    let all = count <= 16 ? packed.0 &>> behind : packed.0 &<< (0 &- behind) | packed.1 &>> behind
    let digits = all & 0xFFFF
    let pairs = digits &- 6 &* (digits >> 4 & 0x0F0F)
    return UInt16(truncatingIfNeeded: (pairs >> 8) &* 100 &+ (pairs & 0xFF))
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
  @inlinable
  public var hasValidLength: Bool { (14...19).contains(count) }

  /// Whether the last digit is the Luhn check digit of the others (ISO/IEC 7812-1, annex B).
  @inlinable
  @inline(__always)
  public var hasValidCheckDigit: Bool {
    // All digits moved to the right: low halves count as they are, high halves are doubled.
    let behind = 64 &- 4 &* UInt64(count)
    if count <= 16 { return Self.sum(packed.0 &>> behind) % 10 == 0 }
    let last = packed.0 &<< (0 &- behind) | packed.1 &>> behind
    return (Self.sum(packed.0 &>> behind) + Self.sum(last)) % 10 == 0
  }

  /// The sum of the digits in the low halves of all bytes, and of the digits of the doubles of those
  /// in the high halves.
  @inlinable
  @inline(__always)
  static func sum(_ digits: UInt64) -> UInt64 {
    let lows: UInt64 = 0x0F0F_0F0F_0F0F_0F0F
    let ones: UInt64 = 0x0101_0101_0101_0101
    let doubled = digits >> 4 & lows
    // A byte above 4 carries into its top bit; its double is a digit more and ten less.
    let over = (doubled &+ 0x7B7B_7B7B_7B7B_7B7B) >> 7 & ones
    let sums = (digits & lows) &+ doubled &* 2 &- 9 &* over
    return (sums &* ones) >> 56
  }

  /// The first nine digits as a number, for finding the programme whose BIN range holds the card;
  /// `nil` when there are fewer.
  @inlinable
  @inline(__always)
  public var leadingNine: UInt32? {
    count >= 9 ? UInt32(truncatingIfNeeded: PackedDigits.number(packed.0 &>> 28)) : nil
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
