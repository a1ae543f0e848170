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

  /// The first instant at which the card is no longer valid: the month after, at midnight UTC.
  @inlinable
  public var end: Instant {
    let month = Int64(yearMonth % 100)
    let year = 2000 + Int64(yearMonth / 100)
    let days =
      month == 12
      ? CivilDate.daysSinceEpoch(year: year + 1, month: 1, day: 1)
      : CivilDate.daysSinceEpoch(year: year, month: month + 1, day: 1)
    return Instant(microsecondsSinceEpoch: days * 86_400_000_000)
  }

  /// The expiry as answers on the management socket write it, for example `2030-12`.
  public var text: String {
    let month = yearMonth % 100
    return "20\(yearMonth / 1000)\(yearMonth / 100 % 10)-\(month < 10 ? "0" : "")\(month)"
  }
}
