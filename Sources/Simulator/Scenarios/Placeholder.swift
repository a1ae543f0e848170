import Authorization
import ISO8583

/// What may stand where a phrase leaves a gap.
enum Placeholder: String {
  case money
  case card
  case balance
  case place
  case entry
  case code
  case type
  case element
  case value
  case reason
  case name
  case expiry
  case lock
  case state
  case sum
  case payment
  case manner
  case cause
  case blocking
  case count
  case duration
  case rate
  case percent
  case currency
  case group
  case quote
  case mcc

  /// Every way to read the words from `start` on: the meaning and how many words it takes.
  func readings(_ words: [String], from start: Int) -> [(value: Captures.Value, count: Int)] {
    guard start < words.count else { return [] }
    let word = words[start]
    switch self {
    case .money:
      guard start + 1 < words.count,
        let currency = Currency(code: words[start + 1]),
        let amount = AmountText.amount(word, currency)
      else { return [] }
      return [(.amount(amount), 2)]
    case .card:
      return Placeholder.cards.compactMap { phrase, card in
        Placeholder.matches(phrase, words, start) ? (.card(card), phrase.count) : nil
      } + Placeholder.possessive(words, start, "card").map { (.card(.of($0)), 2) }
    case .balance:
      let latest: [(value: Captures.Value, count: Int)] =
        Placeholder.matches(["the", "balance"], words, start) ? [(.balance(.latest), 2)] : []
      return latest
        + Placeholder.possessive(words, start, "balance").map { (.balance(.of($0)), 2) }
    case .place:
      return Placeholder.places.compactMap { phrase, place in
        Placeholder.matches(phrase, words, start) ? (.merchant(place), phrase.count) : nil
      }
    case .entry:
      return Placeholder.entries.compactMap { phrase, entry in
        Placeholder.matches(phrase, words, start) ? (.entry(entry), phrase.count) : nil
      }
    case .code:
      guard word.utf8.count == 4, let number = UInt16(word), number <= 9999, word.first != "+"
      else { return [] }
      return [(.code(ActionCode(number)), 1)]
    case .type:
      return MessageType(text: word).map { [(.type($0), 1)] } ?? []
    case .element:
      guard word == "DE", start + 1 < words.count,
        let (element, part) = Placeholder.element(words[start + 1])
      else { return [] }
      return [(.element(element, part: part), 2)]
    case .value:
      return [(.text(words[start...].joined(separator: " ")), words.count - start)]
    case .reason, .state:
      let isName = word.utf8.allSatisfy {
        (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
      }
      return isName && word.utf8.count >= 3 && Int(word) == nil ? [(.text(word), 1)] : []
    case .name:
      return word.first?.isUppercase == true ? [(.text(word), 1)] : []
    case .expiry:
      let parts = word.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && UInt8($0) != nil }),
        let month = UInt8(parts[0]), (1...12).contains(month)
      else { return [] }
      return [(.text(String(parts[1] + parts[0])), 1)]
    case .lock:
      // Words up to a number in brackets: `pending query (3)`.
      guard
        let end = words[start...].firstIndex(where: { $0.hasPrefix("(") && $0.hasSuffix(")") })
      else { return [] }
      return [(.text(words[start...end].joined(separator: " ")), end - start + 1)]
    case .sum:
      let isNegative = word.hasPrefix("-")
      guard start + 1 < words.count, let currency = Currency(code: words[start + 1]),
        let amount = AmountText.amount(isNegative ? word.dropFirst() : word[...], currency)
      else { return [] }
      let money = isNegative ? -amount.money : amount.money
      return [(.sum(.init(money: money, currency: currency)), 2)]
    case .payment: return Placeholder.payments(words, start)
    case .manner:
      return Placeholder.manners.compactMap { phrase, manner in
        Placeholder.matches(phrase, words, start) ? (.manner(manner), phrase.count) : nil
      }
    case .cause: return Placeholder.texts(Placeholder.causes, words, start)
    case .blocking: return Placeholder.texts(Placeholder.blockings, words, start)
    case .count:
      guard word.utf8.count <= 3, let number = Int64(word), number >= 0, word.first != "+"
      else { return [] }
      return [(.number(number), 1)]
    case .duration:
      guard start + 1 < words.count, word.utf8.count <= 4, let number = Int64(word), number >= 0,
        let seconds = Placeholder.units[words[start + 1]]
      else { return [] }
      return [(.number(number * seconds), 2)]
    case .rate:
      let parts = word.split(separator: ".", omittingEmptySubsequences: false)
      guard (1...2).contains(parts.count), word.utf8.count <= 14,
        parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
      else { return [] }
      return [(.text(word), 1)]
    case .percent:
      guard start + 1 < words.count, words[start + 1] == "percent",
        let euro = Currency(code: "EUR"),
        let hundredths = AmountText.amount(word, euro)
          ?? AmountText.amount(word.contains(".") ? word + "0" : word + ".00", euro)
      else { return [] }
      return [(.number(hundredths.minorUnits), 2)]
    case .currency: return Currency(code: word).map { [(.currency($0), 1)] } ?? []
    case .group:
      let isName = word.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
      return isName ? [(.text(word), 1)] : []
    case .mcc:
      let isCode = word.utf8.count == 4 && word.utf8.allSatisfy { (0x30...0x39).contains($0) }
      return isCode ? [(.text(word), 1)] : []
    case .quote:
      guard word.hasPrefix("\""),
        let end = words[start...].firstIndex(where: { $0.hasSuffix("\"") && $0 != "\"" })
      else { return [] }
      let text = words[start...end].joined(separator: " ").dropFirst().dropLast()
      return [(.text(String(text)), end - start + 1)]
    }
  }

  /// How the gap is shown to a person.
  var hint: String {
    switch self {
    case .money: "10.00 EUR"
    case .card: "the card"
    case .balance: "the balance"
    case .place: "a shop"
    case .entry: "chip"
    case .code: "CODE"
    case .type: "TYPE"
    case .element: "DE 38"
    case .value: "VALUE"
    case .reason: "REASON"
    case .name: "Anna"
    case .expiry: "12/30"
    case .lock: "lost (1)"
    case .state: "STATE"
    case .sum: "10.00 EUR"
    case .payment: "the payment"
    case .manner: "an advice"
    case .cause: "no answer came in time"
    case .blocking: "as stolen"
    case .count: "2"
    case .duration: "7 days"
    case .rate: "0.92"
    case .percent: "1.5 percent"
    case .currency: "GBP"
    case .group: "fuel"
    case .quote: "\"a reason\""
    case .mcc: "5992"
    }
  }

  static func element(_ text: String) -> (Element, part: Int?)? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let number = Int(parts[0]), let element = Element(number: number) else { return nil }
    switch parts.count {
    case 1: return (element, nil)
    case 2:
      guard let part = Int(parts[1]), (0...127).contains(part) else { return nil }
      return (element, part)
    default: return nil
    }
  }

  private static func matches(_ phrase: [String], _ words: [String], _ start: Int) -> Bool {
    start + phrase.count <= words.count
      && words[start..<start + phrase.count].elementsEqual(phrase)
  }

  /// `Anna's card` gives Anna.
  private static func possessive(_ words: [String], _ start: Int, _ noun: String) -> [String] {
    guard start + 1 < words.count, words[start + 1] == noun, words[start].hasSuffix("'s"),
      words[start].first?.isUppercase == true
    else { return [] }
    return [String(words[start].dropLast(2))]
  }

  /// `the payment`, or `payment A` for the one called so; other words make a story easier to read.
  private static func payments(
    _ words: [String],
    _ start: Int
  ) -> [(value: Captures.Value, count: Int)] {
    guard start + 1 < words.count else { return [] }
    if words[start].lowercased() == "the", paymentWords.contains(words[start + 1]) {
      return [(.payment(.latest), 2)]
    }
    if paymentWords.contains(words[start]), words[start + 1].first?.isUppercase == true {
      return [(.payment(.of(words[start + 1])), 2)]
    }
    return []
  }

  private static func texts(
    _ table: [([String], String)],
    _ words: [String],
    _ start: Int
  ) -> [(value: Captures.Value, count: Int)] {
    table.compactMap { phrase, text in
      matches(phrase, words, start) ? (.text(text), phrase.count) : nil
    }
  }

  private static let paymentWords: Set<String> = ["payment", "refund", "withdrawal", "hold"]

  private static let units: [String: Int64] = [
    "second": 1, "seconds": 1, "minute": 60, "minutes": 60, "hour": 3_600, "hours": 3_600,
    "day": 86_400, "days": 86_400,
  ]

  private static let manners: [([String], ScenarioAction.Manner)] = [
    (["an", "advice"], .advice),
    (["a", "request"], .request),
    (["a", "notification"], .notification),
    (["another", "message"], .advice),
  ]

  /// DE 25 of a reversal.
  private static let causes: [([String], String)] = [
    (["no", "answer", "came", "in", "time"], "4021"),
    (["the", "customer", "cancelled"], "4000"),
    (["the", "answer", "came", "too", "late"], "4006"),
    (["the", "device", "failed"], "4007"),
    (["no", "cash", "came", "out"], "4017"),
    (["the", "authorization", "expired"], "4351"),
  ]

  /// DE 25 of a file action.
  private static let blockings: [([String], String)] = [
    (["as", "lost"], "3000"),
    (["as", "stolen"], "3001"),
    (["as", "not", "delivered"], "3002"),
    (["as", "counterfeit"], "3003"),
    (["for", "another", "reason"], "3004"),
  ]

  private static let cards: [([String], ScenarioAction.CardReference)] = [
    (["the", "card"], .latest),
    (["an", "unknown", "card"], .unknown),
    (["a", "card", "with", "a", "wrong", "check", "digit"], .wrongCheckDigit),
    (["a", "card", "of", "another", "issuer"], .foreign),
  ]

  private static let places: [([String], MerchantProfile)] = [
    (["a", "shop"], .shop),
    (["a", "restaurant"], .restaurant),
    (["a", "petrol", "station"], .petrolStation),
    (["a", "web", "shop"], .webShop),
    (["a", "cash", "machine"], .cashMachine),
    (["a", "hotel"], .hotel),
    (["an", "airline"], .airline),
  ]

  private static let entries: [([String], EntryMode)] = [
    (["chip"], .chip),
    (["contactless"], .contactless),
    (["magnetic", "stripe"], .stripe),
    (["key", "entry"], .keyed),
    (["web", "form"], .ecom),
    (["mail", "order"], .moto),
    (["card", "on", "file"], .recurring),
    (["chip", "and", "PIN"], .atm),
  ]
}
