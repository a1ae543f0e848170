/// Decimal digits packed two to a byte, as networks send them.
public enum PackedDigits {
  /// The number written by sixteen digits, the first in the highest half-byte.
  ///
  /// - Precondition: each half-byte is 0 to 9.
  @inlinable
  @inline(__always)
  public static func number(_ digits: UInt64) -> UInt64 {
    // Neighbouring lanes are joined: digits to 0...99, those to 0...9999, and so on.
    let pairs = digits &- 6 &* (digits >> 4 & 0x0F0F_0F0F_0F0F_0F0F)
    let fours = (pairs >> 8 & 0x00FF_00FF_00FF_00FF) &* 100 &+ (pairs & 0x00FF_00FF_00FF_00FF)
    let eights =
      (fours >> 16 & 0x0000_FFFF_0000_FFFF) &* 10_000 &+ (fours & 0x0000_FFFF_0000_FFFF)
    return (eights >> 32) &* 100_000_000 &+ (eights & 0xFFFF_FFFF)
  }
}
