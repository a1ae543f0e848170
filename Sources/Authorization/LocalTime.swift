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

  /// Orders by time on the local clock.
  @inlinable
  public static func < (left: LocalTime, right: LocalTime) -> Bool { left.digits < right.digits }
}
