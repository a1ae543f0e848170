/// The month to whose end a card is valid, as DE 14 writes it: YYMM, years 2000 to 2099.
public struct CardExpiry: Hashable, Sendable {
  /// Year and month as a number, `1...9912` with a month of `1...12`; December 2030 is 3012.
  public let yearMonth: UInt16

  /// An expiry from YYMM as a number, or `nil` when the month is not 1 to 12.
  @inlinable
  public init?(yearMonth: UInt16) {
    guard yearMonth <= 9912, (1...12).contains(yearMonth % 100) else { return nil }
    self.yearMonth = yearMonth
  }

  /// An expiry from four packed digits YYMM in the low sixteen bits, or `nil` when the month is not 1
  /// to 12.
  ///
  /// - Precondition: each half-byte is 0 to 9.
  @inlinable
  @inline(__always)
  public init?(packed: UInt64) {
    // Packed digits are in order as numbers are.
    let month = packed & 0xFF
    guard month &- 1 < 0x12 else { return nil }
    let year = packed >> 8 & 0xFF
    yearMonth = UInt16(
      truncatingIfNeeded: (year &- 6 &* (year >> 4)) &* 100 &+ month &- 6 &* (month >> 4)
    )
  }

  /// The first instant at which the card is no longer valid: the month after, at midnight UTC.
  @inlinable
  public var end: Instant {
    let (year, month) = (Int64(yearMonth / 100), Int64(yearMonth % 100))
    // Every fourth year from 2000 to 2099 is a leap year. From March on, five months have 153 days.
    let marchYear = month < 2 ? year - 1 : year
    let months = month < 2 ? month + 10 : month - 2
    let days = marchYear * 365 + (marchYear + 4) / 4 + (153 * months + 2) / 5
    return Instant(microsecondsSinceEpoch: (days + 11_016) * 86_400_000_000)
  }

  /// The expiry as answers on the management socket write it, for example `2030-12`.
  public var text: String {
    let month = yearMonth % 100
    return "20\(yearMonth / 1000)\(yearMonth / 100 % 10)-\(month < 10 ? "0" : "")\(month)"
  }
}
