/// Calendar arithmetic in UTC, on the proleptic Gregorian calendar.
public enum CivilDate {
  /// Days from 1970-01-01 to a date; the month may be 13 to mean January of the next year.
  @inlinable
  public static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    // The year is counted from March, so that the leap day is its last.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date that lies a number of days after 1970-01-01.
  @inlinable
  public static func date(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = daysSinceEpoch + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// The number of days of a month, `1...12`.
  @inlinable
  public static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }
}

extension Instant {
  /// The wall clock's reading in UTC, to the second.
  @inlinable
  public var utc: (year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64)
  {
    var seconds = microsecondsSinceEpoch / 1_000_000
    if microsecondsSinceEpoch < seconds * 1_000_000 { seconds -= 1 }
    var days = seconds / 86_400
    if seconds < days * 86_400 { days -= 1 }
    let date = CivilDate.date(daysSinceEpoch: days)
    let rest = seconds - days * 86_400
    return (date.year, date.month, date.day, rest / 3600, rest / 60 % 60, rest % 60)
  }
}
