/// DE 12: the local date and time at the card acceptor, unchanged for the life of a payment.
public struct LocalTime: Hashable, Comparable, Sendable {
  /// The fourteen digits CCYYMMDDhhmmss as a number.
  public let digits: UInt64

  /// A time from its digits, or `nil` when they are not a date and a time of day.
  @inlinable
  public init?(digits: UInt64) {
    let second = digits % 100
    let minute = digits / 100 % 100
    let hour = digits / 10_000 % 100
    let day = Int64(digits / 1_000_000 % 100)
    let month = Int64(digits / 100_000_000 % 100)
    let year = Int64(digits / 10_000_000_000)
    guard year <= 9999, second < 60, minute < 60, hour < 24, (1...12).contains(month),
      day >= 1, day <= CivilDate.days(inMonth: month, of: year)
    else { return nil }
    self.digits = digits
  }

  /// A time from fourteen packed digits in the low 56 bits, or `nil` when they are not a date and a
  /// time of day.
  ///
  /// - Precondition: each half-byte is 0 to 9.
  @inlinable
  @inline(__always)
  public init?(packed: UInt64) {
    guard Self.isTime(packed: packed) else { return nil }
    digits = PackedDigits.number(packed)
  }

  /// Whether fourteen packed digits in the low 56 bits are a date and a time of day.
  ///
  /// - Precondition: each half-byte is 0 to 9.
  @inlinable
  @inline(__always)
  public static func isTime(packed: UInt64) -> Bool {
    let time = packed & 0xFF_FFFF
    let day = packed >> 24 & 0xFF
    let month = packed >> 32 & 0xFF
    // Packed digits are in order as numbers are.
    guard time & 0xFF < 0x60, time & 0xFF00 < 0x6000, time < 0x24_0000, month &- 1 < 0x12, day != 0
    else { return false }
    // No month has fewer days.
    return day <= 0x28 || isLateDay(packed: packed)
  }

  /// Whether a month has the day.
  @usableFromInline
  static func isLateDay(packed: UInt64) -> Bool {
    let date = PackedDigits.number(packed >> 24)
    let month = Int64(date / 100 % 100)
    return Int64(date % 100) <= CivilDate.days(inMonth: month, of: Int64(date / 10_000))
  }

  /// Orders by time on the local clock.
  @inlinable
  public static func < (left: LocalTime, right: LocalTime) -> Bool { left.digits < right.digits }
}
