import Authorization

extension Instant {
  /// The moment in RFC 3339, UTC with milliseconds, for example `2030-12-31T23:59:59.000Z`.
  var rfc3339: String {
    let utc = utc
    var milliseconds = microsecondsSinceEpoch % 1_000_000 / 1000
    if milliseconds < 0 { milliseconds += 1000 }
    var text: [UInt8] = []
    text.reserveCapacity(24)
    func append(_ number: Int64, digits: Int) {
      let digitsText = String(number).utf8
      text.append(
        contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, digits - digitsText.count))
      )
      text.append(contentsOf: digitsText)
    }
    append(utc.year, digits: 4)
    text.append(UInt8(ascii: "-"))
    append(utc.month, digits: 2)
    text.append(UInt8(ascii: "-"))
    append(utc.day, digits: 2)
    text.append(UInt8(ascii: "T"))
    append(utc.hour, digits: 2)
    text.append(UInt8(ascii: ":"))
    append(utc.minute, digits: 2)
    text.append(UInt8(ascii: ":"))
    append(utc.second, digits: 2)
    text.append(UInt8(ascii: "."))
    append(milliseconds, digits: 3)
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// A moment from RFC 3339 text with any offset, or `nil`.
  ///
  /// Digits behind the microseconds are
  /// dropped; a leap second is the first second of the next minute.
  init?(rfc3339 text: String) {
    var rest = Array(text.utf8)[...]
    func number(_ digits: Int) -> Int64? {
      guard rest.count >= digits else { return nil }
      var value: Int64 = 0
      for byte in rest.prefix(digits) {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      rest.removeFirst(digits)
      return value
    }
    func skip(_ allowed: Character...) -> UInt8? {
      guard let byte = rest.first, allowed.contains(Character(Unicode.Scalar(byte))) else {
        return nil
      }
      rest.removeFirst()
      return byte
    }
    guard rest.count <= 40, let year = number(4), skip("-") != nil, let month = number(2),
      skip("-") != nil, let day = number(2), skip("T", "t", " ") != nil, let hour = number(2),
      skip(":") != nil, let minute = number(2), skip(":") != nil, let second = number(2),
      (1...12).contains(month), day >= 1, day <= CivilDate.days(inMonth: month, of: year),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    var microseconds: Int64 = 0
    if skip(".") != nil {
      var scale: Int64 = 100_000
      var count = 0
      while let digit = rest.first, (0x30...0x39).contains(digit) {
        microseconds += Int64(digit - 0x30) * scale
        scale /= 10
        count += 1
        rest.removeFirst()
      }
      guard count > 0 else { return nil }
    }
    var offset: Int64 = 0
    if skip("Z", "z") == nil {
      guard let sign = skip("+", "-"), let hours = number(2), skip(":") != nil,
        let minutes = number(2), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -60 : 60)
    }
    guard rest.isEmpty else { return nil }
    let days = CivilDate.daysSinceEpoch(year: year, month: month, day: day)
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    self.init(microsecondsSinceEpoch: seconds * 1_000_000 + microseconds)
  }
}
