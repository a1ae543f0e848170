/// Values in words, for dumps; `nil` where a value is not what its element should hold.
enum MeaningText {
  /// A number of digits as its meaning.
  static func text(_ digits: [UInt8], _ meaning: Meaning) -> String? {
    let number = digits.count <= 19 ? digits.reduce(UInt64(0)) { $0 &* 10 &+ UInt64($1) } : 0
    switch meaning {
    case .amount: return amount(digits)
    case .monthToSecond: return date(digits, "MDhms")
    case .yearToSecond: return date(digits, "CMDhms")
    case .date: return date(digits, "CMD")
    case .yearMonth: return date(digits, "CM")
    case .shortYearMonth: return date(digits, "YM").map { "20\($0)" }
    case .monthDay: return date(digits, "MD")
    case .rate: return rate(digits)
    case .functionCode: return "\(plain(digits)), \(CodeWords.functionCode(number))"
    case .reasonCode: return "\(plain(digits)), \(CodeWords.reasonCode(number))"
    case .actionCode: return "\(plain(digits)), \(CodeWords.actionCode(number))"
    case .merchantCategory:
      return plain(digits) + (CodeWords.merchantCategory(number).map { ", \($0)" } ?? "")
    case .originalData: return originalData(digits)
    default: return nil
    }
  }

  /// Currency, sign-less value with its decimals.
  static func amount(_ digits: [UInt8]) -> String? {
    guard digits.count > 4 else { return nil }
    let number = UInt16(digits[0]) * 100 + UInt16(digits[1]) * 10 + UInt16(digits[2])
    let decimals = Int(digits[3])
    let value = decimal(digits[4...], decimals)
    guard digits[4...].contains(where: { $0 != 0 }) || number != 0 else { return "zero" }
    guard let currency = CurrencyNames.currency(number) else { return nil }
    guard Int(currency.exponent) == decimals else {
      return "\(currency.code) \(value), but \(currency.code) has \(currency.exponent) decimals"
    }
    return "\(currency.code) \(value)"
  }

  /// Whether an amount is surely none of a card number's digits: a currency with its own decimals
  /// and a value below ten thousand million units.
  static func isPlausibleAmount(_ digits: [UInt8]) -> Bool {
    guard digits.count > 6 else { return false }
    if digits.allSatisfy({ $0 == 0 }) { return true }
    let number = UInt16(digits[0]) * 100 + UInt16(digits[1]) * 10 + UInt16(digits[2])
    return CurrencyNames.currency(number)?.exponent == digits[3]
      && digits[4] == 0 && digits[5] == 0
  }

  /// The groups of additional amounts.
  static func additionalAmounts(_ text: String) -> [String] {
    groups(text, 21).map { group in
      let amount = digits(field(group, 4, 4)) + digits(field(group, 9, 12))
      let value = amount.count == 16 ? self.amount(amount) : nil
      let sign = field(group, 8, 1) == "D" ? "-" : ""
      return "account \(CodeWords.accountType(field(group, 0, 2))), "
        + "\(CodeWords.amountType(field(group, 2, 2))): \(sign)\(value ?? "unreadable")"
    }
  }

  /// The groups of fees.
  static func fees(_ text: String) -> [String] {
    groups(text, 36).map { group in
      let amount = digits(field(group, 3, 4)) + digits(field(group, 7, 8))
      let value = amount.count == 12 ? self.amount(amount) : nil
      let side = field(group, 2, 1) == "C" ? "credited" : "charged"
      return "\(CodeWords.feeType(field(group, 0, 2))): \(value ?? "unreadable") \(side)"
    }
  }

  /// The groups of the message error indicator.
  static func messageErrors(_ text: String) -> [String] {
    groups(text, 14).map { group in
      let severity = field(group, 0, 2) == "01" ? "warning" : "rejected"
      let code = field(group, 2, 4)
      return "\(severity): DE \(field(group, 6, 3)) \(CodeWords.messageError(code)) (\(code))"
    }
  }

  /// Whether characters are groups of the message error indicator as an issuer makes them: severity 0 or
  /// 1, a known error, an element, and no part of it, so that nothing is left that could be a number.
  static func isMessageErrors(_ text: some Collection<UInt8>) -> Bool {
    let digits = Array(text)
    guard !digits.isEmpty, digits.count % 14 == 0,
      digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { return false }
    return stride(from: 0, to: digits.count, by: 14).allSatisfy { start in
      let group = digits[start..<start + 14].map { Int($0) - 0x30 }
      return group[0] == 0 && group[1] <= 1 && group[2] == 0 && group[3] == 0
        && (1...11).contains(group[4] * 10 + group[5])
        && (1...128).contains(group[6] * 100 + group[7] * 10 + group[8])
        && group[9...].allSatisfy { $0 == 0 }
    }
  }

  private static func originalData(_ digits: [UInt8]) -> String? {
    guard digits.count >= 30, let time = date(Array(digits[16..<30]), "CMDhms") else { return nil }
    let acquirer = digits.count > 30 ? ", acquirer \(plain(digits[30...]))" : ""
    return "MTI \(plain(digits[0..<4])), STAN \(plain(digits[4..<16])), time \(time)\(acquirer)"
  }

  private static func rate(_ digits: [UInt8]) -> String? {
    guard digits.count == 8 else { return nil }
    return decimal(digits[1...], Int(digits[0]))
  }

  /// Dates and times by their parts: C four digits of the year, all others two; `nil` when there is
  /// no such date or time.
  private static func date(_ digits: [UInt8], _ form: String) -> String? {
    var position = 0
    var text = ""
    for part in form {
      let width = part == "C" ? 4 : 2
      guard position + width <= digits.count else { return nil }
      let value = digits[position..<position + width].reduce(0) { $0 * 10 + Int($1) }
      let isGood =
        switch part {
        case "C": (1900...2199).contains(value)
        case "M": (1...12).contains(value)
        case "D": (1...31).contains(value)
        case "h": value < 24
        case "m": value < 60
        case "s": value <= 60
        default: true
        }
      guard isGood else { return nil }
      if !text.isEmpty { text += part == "h" ? " " : "ms".contains(part) ? ":" : "-" }
      text += plain(digits[position..<position + width])
      position += width
    }
    return position == digits.count ? text : nil
  }

  private static func decimal(_ digits: ArraySlice<UInt8>, _ decimals: Int) -> String {
    var whole = Array(digits)
    while whole.count <= decimals { whole.insert(0, at: 0) }
    let point = whole.count - decimals
    let integer = whole[..<point].drop { $0 == 0 }
    let head = integer.isEmpty ? "0" : plain(integer)
    return decimals == 0 ? head : "\(head).\(plain(whole[point...]))"
  }

  static func plain(_ digits: some Sequence<UInt8>) -> String {
    String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self)
  }

  private static func digits(_ text: Substring) -> [UInt8] {
    text.utf8.compactMap { $0 &- 0x30 <= 9 ? $0 - 0x30 : nil }
  }

  private static func groups(_ text: String, _ size: Int) -> [Substring] {
    var groups: [Substring] = []
    var rest = Substring(text)
    while rest.count >= size {
      groups.append(rest.prefix(size))
      rest = rest.dropFirst(size)
    }
    return groups
  }

  private static func field(_ group: Substring, _ start: Int, _ count: Int) -> Substring {
    group.dropFirst(start).prefix(count)
  }
}
