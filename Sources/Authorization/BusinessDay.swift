/// The day to which a network counts a payment: a date that changes when the network cuts over, not at
/// midnight.
public struct BusinessDay: Hashable, Comparable, Sendable {
  /// Days from 1970-01-01 to the date; 0 to the last day of 9999.
  public let daysSinceEpoch: Int64

  /// 9999-12-31, the last date that eight digits can state.
  private static let last = CivilDate.daysSinceEpoch(year: 9999, month: 12, day: 31)

  private init(clamping days: Int64) { daysSinceEpoch = min(max(0, days), Self.last) }

  /// The calendar's day, in UTC, of a moment; 1970-01-01 for moments before it.
  public init(of instant: Instant) {
    let utc = instant.utc
    self.init(
      clamping: CivilDate.daysSinceEpoch(year: utc.year, month: utc.month, day: utc.day)
    )
  }

  /// A day from the eight digits CCYYMMDD as a number, or `nil` when they are no date from 1970 on.
  public init?(digits: UInt64) {
    guard (19_700_101...99_991_231).contains(digits) else { return nil }
    let (year, month, day) = (
      Int64(digits / 10_000), Int64(digits / 100 % 100), Int64(digits % 100)
    )
    guard (1...12).contains(month), day >= 1, day <= CivilDate.days(inMonth: month, of: year)
    else { return nil }
    daysSinceEpoch = CivilDate.daysSinceEpoch(year: year, month: month, day: day)
  }

  /// The day a number of days later, within what can be stated.
  public func advanced(byDays days: Int64) -> BusinessDay {
    BusinessDay(clamping: daysSinceEpoch + days)
  }

  /// The eight digits CCYYMMDD as a number.
  public var digits: UInt64 {
    let date = CivilDate.date(daysSinceEpoch: daysSinceEpoch)
    return UInt64(date.year * 10_000 + date.month * 100 + date.day)
  }

  /// The date in ISO 8601, for example `2026-11-22`.
  public var text: String {
    let digits = String(digits)
    return "\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.suffix(2))"
  }

  /// Orders by time.
  public static func < (left: BusinessDay, right: BusinessDay) -> Bool {
    left.daysSinceEpoch < right.daysSinceEpoch
  }
}
