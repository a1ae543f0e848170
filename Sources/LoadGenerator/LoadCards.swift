import Authorization
import Simulator

/// The cards of a load run: a list, packed as the wire has them in 16 bytes each, or a range of
/// numbers that takes no memory at all.
public struct LoadCards: Sendable {
  /// One card.
  struct Packed: Hashable, Sendable {
    /// The first 16 digits of the number, BCD, left-justified, in big-endian order.
    var high: UInt64
    /// The other digits.
    var low: UInt16
    /// DE 14, BCD.
    var expiry: UInt16
    /// How many digits the number has.
    var digits: UInt8
  }

  private struct Run {
    let numbers: CardNumberRange
    let expiry: UInt16
  }

  private var listed: [Packed] = []
  private let run: Run?

  /// How many there are.
  public private(set) var count = 0

  /// No cards yet.
  public init() { run = nil }

  /// The first cards of a range of numbers, as `paycloud cards` writes them; worked out when used,
  /// so their count costs no memory.
  ///
  /// `nil` unless the range holds so many numbers and the expiry is `YYMM`.
  public init?(_ numbers: CardNumberRange, count: Int, expiry: String) {
    guard count > 0, count <= numbers.count, let packed = LoadCards.packed(expiry.utf8) else {
      return nil
    }
    run = Run(numbers: numbers, expiry: packed)
    self.count = count
  }

  /// Adds a card; `false` and nothing added unless the number has 13 to 19 digits and the expiry is
  /// `YYMM`.
  ///
  /// Traps on cards of a range.
  public mutating func append(pan: some Sequence<UInt8>, expiry: some Sequence<UInt8>) -> Bool {
    precondition(run == nil, "the cards of a range are all there")
    var packed = Packed(high: 0, low: 0, expiry: 0, digits: 0)
    for character in pan {
      let digit = character &- 0x30
      guard digit <= 9, packed.digits < 19 else { return false }
      packed.set(digit, at: packed.digits)
      packed.digits += 1
    }
    guard packed.digits >= 13, let expiry = LoadCards.packed(expiry) else { return false }
    packed.expiry = expiry
    listed.append(packed)
    count += 1
    return true
  }

  /// Adds a number.
  public mutating func append(_ pan: PAN, expiry: String) -> Bool {
    pan.withASCIIDigits { append(pan: $0, expiry: expiry.utf8) }
  }

  /// The card at a position.
  @inline(__always)
  subscript(position: Int) -> Packed {
    guard let run else { return listed[position] }
    precondition(position < count, "there is no such card")
    var rest = UInt64(run.numbers.from) * 1_000_000 + UInt64(position)
    var high: UInt64 = 0
    var sum: UInt64 = 0
    // From the digit beside the check digit to the left; every other one is doubled.
    for place in 0..<15 {
      let digit = rest % 10
      rest /= 10
      high |= digit << UInt64(4 * place + 4)
      sum += place & 1 == 0 ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit
    }
    high |= (10 - sum % 10) % 10
    return Packed(high: high, low: 0, expiry: run.expiry, digits: 16)
  }

  /// The numbers of digits that the cards' numbers have.
  func lengths() -> [Int] {
    if run != nil { return [16] }
    var seen: UInt32 = 0
    for card in listed { seen |= 1 << UInt32(card.digits) }
    return (13...19).filter { seen & 1 << UInt32($0) != 0 }
  }

  private static func packed(_ expiry: some Sequence<UInt8>) -> UInt16? {
    var packed: UInt16 = 0
    var digits = 0
    for character in expiry {
      let digit = character &- 0x30
      guard digit <= 9, digits < 4 else { return nil }
      packed = packed << 4 | UInt16(digit)
      digits += 1
    }
    guard digits == 4, packed & 0xFF != 0, packed & 0xFF <= 0x12 else { return nil }
    return packed
  }
}

extension LoadCards.Packed {
  /// The digit at a place counted from the left.
  private func digit(at place: UInt8) -> UInt8 {
    place < 16
      ? UInt8(truncatingIfNeeded: high >> UInt64(60 - 4 * place) & 15)
      : UInt8(truncatingIfNeeded: low >> UInt16(12 - 4 * (place - 16)) & 15)
  }

  /// Writes a digit at a place counted from the left.
  fileprivate mutating func set(_ digit: UInt8, at place: UInt8) {
    if place < 16 {
      let shift = UInt64(60 - 4 * place)
      high = high & ~(15 << shift) | UInt64(digit) << shift
    } else {
      let shift = UInt16(12 - 4 * (place - 16))
      low = low & ~(15 << shift) | UInt16(digit) << shift
    }
  }

  /// A number with a right check digit and the same first six digits that `paycloud cards` does not
  /// write: five hundred million numbers away from this one.
  var unissued: LoadCards.Packed {
    var other = self
    other.set((digit(at: 6) + 5) % 10, at: 6)
    other.set(0, at: digits - 1)
    var sum: UInt8 = 0
    for place in 0..<digits {
      let value = other.digit(at: place)
      let isDoubled = (digits - 1 - place) & 1 == 1
      sum += isDoubled ? (value > 4 ? value * 2 - 9 : value * 2) : value
    }
    other.set((10 - sum % 10) % 10, at: digits - 1)
    return other
  }

  /// The same card with an expiry that is long over.
  var expired: LoadCards.Packed {
    var other = self
    other.expiry = 0x2001
    return other
  }
}
