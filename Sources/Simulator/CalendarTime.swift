import Authorization

/// A moment as terminals write it: the fields of the proleptic Gregorian calendar in UTC.
public struct CalendarTime: Hashable, Sendable {
  /// Year, for example 2026.
  public let year: Int
  /// Month, `1...12`.
  public let month: Int
  /// Day of the month, `1...31`.
  public let day: Int
  /// Hour, `0...23`.
  public let hour: Int
  /// Minute, `0...59`.
  public let minute: Int
  /// Second, `0...59`.
  public let second: Int

  /// The calendar fields of an instant; traps before the year 1 and after 9999.
  public init(_ instant: Instant) {
    let seconds = Int(instant.microsecondsSinceEpoch.flooredQuotient(by: 1_000_000))
    let days = Int(Int64(seconds).flooredQuotient(by: 86_400))
    let rest = seconds - days * 86_400
    // Days are counted from 0000-03-01 in eras of 400 years, so that the leap day comes last.
    let shifted = days + 719_468
    let era = Int(Int64(shifted).flooredQuotient(by: 146_097))
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    precondition((1...9999).contains(year), "a terminal's clock shows four digits of the year")
    hour = rest / 3_600
    minute = rest / 60 % 60
    second = rest % 60
  }

  /// The instant of a text such as `2026-11-22T11:30:15.250Z`; `nil` for any other.
  public static func instant(rfc3339 text: String) -> Instant? {
    let characters = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= characters.count,
        characters[range].allSatisfy({ (0x30...0x39).contains($0) })
      else { return nil }
      return Int64(String(decoding: characters[range], as: UTF8.self))
    }
    guard characters.last == UInt8(ascii: "Z"), let year = number(0..<4),
      let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month)
    else { return nil }
    // Years begin in March, so that the leap day is the last one.
    let shifted = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let era = shifted.flooredQuotient(by: 400)
    let yearOfEra = shifted - era * 400
    let days =
      era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    return Instant(
      microsecondsSinceEpoch: (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000
    )
  }

  /// DE 7: `MMDDhhmmss`.
  public var transmissionText: String {
    twoDigits(month) + twoDigits(day) + twoDigits(hour) + twoDigits(minute) + twoDigits(second)
  }

  /// DE 12: `CCYYMMDDhhmmss`.
  public var localText: String {
    twoDigits(year / 100) + twoDigits(year % 100) + transmissionText
  }

  /// Chip tag 9A: `YYMMDD`.
  public var chipDateText: String {
    twoDigits(year % 100) + twoDigits(month) + twoDigits(day)
  }
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

extension Int64 {
  fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
