import Authorization
import Simulator

/// The BCD digits of one second, for DE 7 and DE 12.
struct ClockDigits: Sendable {
  /// `CCYYMMDDhhmmss` in the low 56 bits.
  private let packed: UInt64

  /// The digits of a second since 1970-01-01T00:00:00Z.
  init(epochSecond: Int64) {
    var packed: UInt64 = 0
    for digit in CalendarTime(Instant(microsecondsSinceEpoch: epochSecond * 1_000_000))
      .localText.utf8
    {
      packed = packed << 4 | UInt64(digit & 15)
    }
    self.packed = packed
  }

  /// DE 7, five bytes.
  @inline(__always)
  func writeTransmission(to target: UnsafeMutableRawPointer) {
    for index in 0..<5 {
      target.storeBytes(
        of: UInt8(truncatingIfNeeded: packed >> UInt64(32 - 8 * index)),
        toByteOffset: index,
        as: UInt8.self
      )
    }
  }

  /// DE 12, seven bytes.
  @inline(__always)
  func writeLocal(to target: UnsafeMutableRawPointer) {
    for index in 0..<7 {
      target.storeBytes(
        of: UInt8(truncatingIfNeeded: packed >> UInt64(48 - 8 * index)),
        toByteOffset: index,
        as: UInt8.self
      )
    }
  }
}
