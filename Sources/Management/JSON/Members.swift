import Authorization
import JSON
import Ledger

/// The members of a JSON object, read strictly: nothing unknown, nothing of a wrong type.
struct Members {
  private let members: [JSONValue.Member]
  private let path: String

  /// The members of a value.
  /// - Parameters:
  ///   - value: what must be an object.
  ///   - path: what stands before a member's name in errors, for example `amount.`.
  ///   - allowed: the names that there may be; any other is refused.
  /// - Throws: `Problem` when the value is no object or has an unknown member.
  init(_ value: JSONValue, at path: String = "", allowed: [String]) throws(Problem) {
    guard case .object(let members) = value else {
      let whole = path.isEmpty ? nil : String(path.dropLast())
      throw Problem.invalidMember(whole, "it must be an object")
    }
    self.members = members
    self.path = path
    for member in members where !allowed.contains(member.name) {
      throw Problem.unknownMember(path + Redaction.name(member.name))
    }
  }

  /// The value of a member; `nil` when it is missing or null.
  func value(_ name: String) -> JSONValue? {
    guard let member = members.first(where: { $0.name == name }), member.value != .null else {
      return nil
    }
    return member.value
  }

  /// The error for a member.
  func invalid(_ name: String, _ reason: String) -> Problem {
    .invalidMember(path + name, reason)
  }

  private func required<Value>(_ value: Value?, _ name: String) throws(Problem) -> Value {
    guard let value else { throw invalid(name, "it is required") }
    return value
  }

  /// A text of 1 to 200 bytes without control characters; `nil` when missing.
  func optionalText(_ name: String) throws(Problem) -> String? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value else { throw invalid(name, "it must be a string") }
    guard (1...LedgerLimits.textBytes).contains(text.utf8.count) else {
      throw invalid(name, "it must have 1 to \(LedgerLimits.textBytes) bytes")
    }
    guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw invalid(name, "it must have no control characters") }
    return text
  }

  /// A text of 1 to 200 bytes without control characters.
  func text(_ name: String) throws(Problem) -> String {
    try required(try optionalText(name), name)
  }

  /// A whole number in a range; `nil` when missing.
  func optionalInteger(
    _ name: String,
    in range: ClosedRange<Int64>
  ) throws(Problem) -> Int64? {
    guard let value = value(name) else { return nil }
    guard case .integer(let number) = value else {
      throw invalid(name, "it must be a whole number")
    }
    guard range.contains(number) else {
      throw invalid(name, "it must be \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A truth value; `nil` when missing.
  func optionalBoolean(_ name: String) throws(Problem) -> Bool? {
    guard let value = value(name) else { return nil }
    guard case .boolean(let truth) = value else { throw invalid(name, "it must be true or false") }
    return truth
  }

  /// Texts of 1 to 200 bytes, at least one.
  func texts(_ name: String, atMost limit: Int) throws(Problem) -> [String] {
    guard case .array(let elements)? = value(name), (1...limit).contains(elements.count) else {
      throw invalid(name, "it must be an array of 1 to \(limit) strings")
    }
    var texts: [String] = []
    for element in elements {
      guard case .string(let text) = element, (1...LedgerLimits.textBytes).contains(text.utf8.count)
      else { throw invalid(name, "it must be an array of 1 to \(limit) strings") }
      texts.append(text)
    }
    return texts
  }

  /// A currency code.
  func currency(_ name: String) throws(Problem) -> Currency {
    guard let currency = Currency(code: try text(name)) else {
      throw invalid(name, "it must be the ISO 4217 code of a currency, such as EUR")
    }
    return currency
  }

  /// An amount of money with its currency.
  func amount(_ name: String) throws(Problem) -> Amount {
    let object = try required(value(name), name)
    let members = try Members(object, at: path + name + ".", allowed: ["amount", "currency"])
    let minorUnits = try members.required(
      try members.optionalInteger("amount", in: 0...Amount.largestMinorUnits),
      "amount"
    )
    let currency = try members.currency("currency")
    guard let amount = Amount(minorUnits: minorUnits, currency: currency) else {
      throw invalid("amount", "it must be 0 to \(Amount.largestMinorUnits)")
    }
    return amount
  }

  /// An identifier.
  func identifier<Kind>(_ name: String) throws(Problem) -> Identifier<Kind> {
    guard let identifier = Identifier<Kind>(text: try text(name)) else {
      throw invalid(name, "it must be an identifier that begins with \(Kind.prefix)_")
    }
    return identifier
  }

  /// One of some names; `nil` when missing.
  func optionalChoice<Value>(
    _ name: String,
    _ choices: [(name: String, value: Value)]
  ) throws(Problem) -> Value? {
    guard let text = try optionalText(name) else { return nil }
    guard let choice = choices.first(where: { $0.name == text }) else {
      throw invalid(name, "it must be \(choices.map(\.name).joined(separator: " or "))")
    }
    return choice.value
  }

  /// One of some names.
  func choice<Value>(
    _ name: String,
    _ choices: [(name: String, value: Value)]
  ) throws(Problem) -> Value {
    try required(try optionalChoice(name, choices), name)
  }

  /// A range of nine-digit card number prefixes.
  func binRange(_ name: String) throws(Problem) -> BINRange {
    let object = try required(value(name), name)
    let members = try Members(object, at: path + name + ".", allowed: ["from", "to"])
    let from = try members.nineDigits("from")
    let to = try members.nineDigits("to")
    guard let range = BINRange(from: from, to: to) else {
      throw members.invalid("to", "it must not be below from")
    }
    return range
  }

  private func nineDigits(_ name: String) throws(Problem) -> UInt32 {
    let text = try text(name)
    guard text.utf8.count == 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = UInt32(text)
    else { throw invalid(name, "it must be nine digits") }
    return number
  }
}
