import Authorization
import ISO8583

/// What the placeholders of a phrase stood for.
struct Captures {
  /// The meaning of one placeholder.
  enum Value {
    case amount(Amount)
    case card(ScenarioAction.CardReference)
    case balance(ScenarioAction.BalanceReference)
    case merchant(MerchantProfile)
    case entry(EntryMode)
    case code(ActionCode)
    case type(MessageType)
    case element(Element, part: Int?)
    case sum(ScenarioAction.Sum)
    case payment(ScenarioAction.PaymentReference)
    case manner(ScenarioAction.Manner)
    case currency(Currency)
    case number(Int64)
    case text(String)
  }

  private var values: [String: Value] = [:]

  subscript(name: String) -> Value? {
    get { values[name] }
    set { values[name] = newValue }
  }

  /// The amount of the placeholder `money`, or of another name.
  ///
  /// Traps when the phrase has none: its pattern and its meaning stand side by side in the
  /// vocabulary.
  func amount(_ name: String = "money") -> Amount {
    guard let amount = optionalAmount(name) else { missing(name) }
    return amount
  }

  func optionalAmount(_ name: String) -> Amount? {
    if case .amount(let amount) = values[name] { amount } else { nil }
  }

  func card() -> ScenarioAction.CardReference {
    guard let card = optionalCard() else { missing("card") }
    return card
  }

  func optionalCard() -> ScenarioAction.CardReference? {
    if case .card(let card) = values["card"] { card } else { nil }
  }

  func balance() -> ScenarioAction.BalanceReference {
    guard case .balance(let balance) = values["balance"] else { missing("balance") }
    return balance
  }

  func merchant() -> MerchantProfile? {
    if case .merchant(let merchant) = values["place"] { merchant } else { nil }
  }

  func entry() -> EntryMode? {
    if case .entry(let entry) = values["entry"] { entry } else { nil }
  }

  func code() -> ActionCode {
    guard case .code(let code) = values["code"] else { missing("code") }
    return code
  }

  func type() -> MessageType {
    guard case .type(let type) = values["type"] else { missing("type") }
    return type
  }

  func element() -> (Element, part: Int?) {
    guard case .element(let element, let part) = values["element"] else { missing("element") }
    return (element, part)
  }

  func sum(_ name: String = "sum") -> ScenarioAction.Sum {
    guard let sum = optionalSum(name) else { missing(name) }
    return sum
  }

  func optionalSum(_ name: String) -> ScenarioAction.Sum? {
    if case .sum(let sum) = values[name] { sum } else { nil }
  }

  func payment() -> ScenarioAction.PaymentReference {
    guard case .payment(let payment) = values["payment"] else { missing("payment") }
    return payment
  }

  func manner() -> ScenarioAction.Manner? {
    if case .manner(let manner) = values["manner"] { manner } else { nil }
  }

  func optionalType() -> MessageType? {
    if case .type(let type) = values["type"] { type } else { nil }
  }

  func currency(_ name: String) -> Currency {
    guard case .currency(let currency) = values[name] else { missing(name) }
    return currency
  }

  /// A count, seconds, or hundredths of a percent.
  func number(_ name: String) -> Int64 {
    guard let number = optionalNumber(name) else { missing(name) }
    return number
  }

  func optionalNumber(_ name: String) -> Int64? {
    if case .number(let number) = values[name] { number } else { nil }
  }

  func text(_ name: String) -> String? {
    if case .text(let text) = values[name] { text } else { nil }
  }

  /// Whether an optional word of the pattern was there.
  func has(_ name: String) -> Bool { values[name] != nil }

  private func missing(_ name: String) -> Never {
    preconditionFailure("the phrase has no placeholder \(name)")
  }
}
