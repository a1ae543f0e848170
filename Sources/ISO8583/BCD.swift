/// Packed decimal digits, two to a byte, first digit in the high half.
@usableFromInline
enum BCD {
  /// Whether each of the sixteen half-bytes is 0 to 9.
  @inlinable @inline(__always)
  static func isDecimal(_ word: UInt64) -> Bool {
    areDecimal(word, topBits: 0x8888_8888_8888_8888)
  }

  /// Whether those half-bytes are 0 to 9 of which `topBits` has the bit of weight 8.
  @inlinable @inline(__always)
  static func areDecimal(_ word: UInt64, topBits: UInt64) -> Bool {
    // Above 9 means: the bit of weight 8 is set together with that of weight 4 or 2.
    (word << 1 | word << 2) & word & topBits == 0
  }

  /// The number written by sixteen digits, the first in the highest half-byte.
  @inlinable @inline(__always)
  static func value(_ word: UInt64) -> UInt64 {
    // Neighbouring lanes are joined: digits to 0...99, those to 0...9999, and so on.
    let pairs = word &- 6 &* (word >> 4 & 0x0F0F_0F0F_0F0F_0F0F)
    let fours = (pairs >> 8 & 0x00FF_00FF_00FF_00FF) &* 100 &+ (pairs & 0x00FF_00FF_00FF_00FF)
    let eights =
      (fours >> 16 & 0x0000_FFFF_0000_FFFF) &* 10_000 &+ (fours & 0x0000_FFFF_0000_FFFF)
    return (eights >> 32) &* 100_000_000 &+ (eights & 0xFFFF_FFFF)
  }

  /// The sixteen digits of a number below 10^16, the first in the highest half-byte.
  @inline(__always)
  static func word(_ value: UInt64) -> UInt64 {
    let high = eight(UInt32(truncatingIfNeeded: value / 100_000_000))
    return UInt64(high) << 32 | UInt64(eight(UInt32(truncatingIfNeeded: value % 100_000_000)))
  }

  /// The eight digits of a number below 10^8.
  @inline(__always)
  private static func eight(_ value: UInt32) -> UInt32 {
    four(value / 10_000) << 16 | four(value % 10_000)
  }

  /// The four digits of a number below 10^4.
  @inline(__always)
  private static func four(_ value: UInt32) -> UInt32 {
    two(value / 100) << 8 | two(value % 100)
  }

  /// The two digits of a number below 100.
  @inline(__always)
  private static func two(_ value: UInt32) -> UInt32 { value &+ 6 &* (value / 10) }

  /// The number written by one byte, or `nil` when it does not hold two digits.
  @inline(__always)
  static func pair(_ byte: UInt8) -> Int? {
    let high = byte >> 4
    let low = byte & 15
    guard high <= 9, low <= 9 else { return nil }
    return Int(high) &* 10 &+ Int(low)
  }
}
