/// The rules of holds, debits, locks and top-ups in plain dictionaries and integers: written from
/// the requirements, with nothing of the ledger in it.
///
/// One model stands for one partner with one programme.
struct ReferenceModel {
  struct Balance {
    var ledger = 0
    var held = 0
    var state = "ACTIVE"
  }

  struct Card {
    var balance: Int
    var status = "ACTIVE"
    var lock = 0
    var isExpired = false
  }

  /// What a message is answered with.
  struct Answer: Equatable {
    var code: String
    var reason: String
    var origin: String
  }

  let isDeposit: Bool
  /// The deposit or the credit balance.
  var partner = Balance()
  var balances: [Balance] = []
  var cards: [Card] = []
  var settlement = 0
  var bank = 0
  var messages: [UInt64: (content: UInt64, answer: Answer)] = [:]
  var bankReferences: Set<String> = []
  var approved = 0
  var declined: [String: Int] = [:]

  // MARK: Authorizations

  /// Decides a message.
  ///
  /// `card` is `nil` for a number that nobody has.
  mutating func authorize(
    key: UInt64,
    content: UInt64,
    card: Int?,
    isInRange: Bool = true,
    amount: Int,
    isDebit: Bool,
    isOtherCurrency: Bool,
    isOtherMonth: Bool,
    isOffered: Bool = true
  ) -> Answer {
    if let known = messages[key] {
      guard known.content == content else {
        return Answer(code: "9113", reason: "", origin: "conflicting")
      }
      var answer = known.answer
      answer.origin = "repeated"
      return answer
    }
    let (code, reason) = verdict(
      card: card,
      isInRange: isInRange,
      amount: amount,
      isOtherCurrency: isOtherCurrency,
      isOtherMonth: isOtherMonth,
      isOffered: isOffered
    )
    if code == "0000", let card {
      take(amount, from: cards[card].balance, isDebit: isDebit)
      approved += 1
    } else {
      declined[reason, default: 0] += 1
    }
    let answer = Answer(code: code, reason: reason, origin: "decided")
    messages[key] = (content, answer)
    return answer
  }

  private mutating func take(_ amount: Int, from balance: Int, isDebit: Bool) {
    if isDebit {
      balances[balance].ledger -= amount
      settlement += amount
      if isDeposit {
        partner.ledger -= amount
        bank += amount
      }
    } else {
      balances[balance].held += amount
      if isDeposit { partner.held += amount }
    }
  }

  private func verdict(
    card number: Int?,
    isInRange: Bool,
    amount: Int,
    isOtherCurrency: Bool,
    isOtherMonth: Bool,
    isOffered: Bool
  ) -> (String, String) {
    guard isOffered else { return ("1015", "FUNCTION_NOT_SUPPORTED") }
    guard let number else {
      return isInRange ? ("1018", "CARD_UNKNOWN") : ("1011", "PAN_INVALID")
    }
    let card = cards[number]
    if card.status == "REMOVED" { return ("1018", "CARD_REMOVED") }
    if card.status == "INACTIVE" { return ("1025", "CARD_NOT_ACTIVATED") }
    switch card.lock {
    case 1: return ("2008", "CARD_LOST")
    case 2: return ("2009", "CARD_STOLEN")
    case 3: return ("1000", "CARD_LOCKED_PENDING_QUERY")
    case 4: return ("1016", "CARD_LOCKED_CONSOLIDATION")
    case 5: return ("1018", "CARD_INACTIVE")
    case 6: return ("1006", "CARD_LOCKED_PIN")
    case 7: return ("1002", "CARD_LOCKED_FRAUD")
    case 8: return ("1011", "CARD_REPLACED")
    default: break
    }
    if card.isExpired { return ("1001", "CARD_EXPIRED") }
    if isOtherMonth { return ("1001", "CARD_EXPIRY_MISMATCH") }
    let balance = balances[card.balance]
    if balance.state == "CLOSED" { return ("1035", "BALANCE_CLOSED") }
    if balance.state == "BLOCKED" { return ("1004", "BALANCE_BLOCKED") }
    if isOtherCurrency { return ("1030", "CURRENCY_NOT_ACCEPTED") }
    if amount == 0 { return ("1010", "AMOUNT_INVALID") }
    if isDeposit, partner.ledger - partner.held < amount {
      return ("1016", "INSUFFICIENT_DEPOSIT")
    }
    if balance.ledger - balance.held < amount { return ("1016", "INSUFFICIENT_USER_FUNDS") }
    return ("0000", "")
  }

  // MARK: Management; each answers with the code of its refusal, "" when it was done.

  mutating func lock(_ card: Int, _ code: Int) -> String {
    if cards[card].status == "REMOVED" { return "CARD_REMOVED" }
    let current = cards[card].lock
    if current == code { return "" }
    if [1, 2, 5, 8].contains(current) { return "LOCK_WEAKER" }
    cards[card].lock = code
    return ""
  }

  mutating func unlock(_ card: Int) -> String {
    if cards[card].status == "REMOVED" { return "CARD_REMOVED" }
    if cards[card].lock == 0 { return "CARD_NOT_LOCKED" }
    if [1, 2, 5, 8].contains(cards[card].lock) { return "LOCK_IRREVERSIBLE" }
    cards[card].lock = 0
    return ""
  }

  mutating func activate(_ card: Int) -> String {
    if cards[card].status == "REMOVED" { return "CARD_REMOVED" }
    if cards[card].lock == 5 { return "CARD_INACTIVE" }
    if cards[card].status == "ACTIVE" { return "CARD_ALREADY_ACTIVE" }
    cards[card].status = "ACTIVE"
    return ""
  }

  mutating func remove(_ card: Int) -> String {
    if cards[card].status == "REMOVED" { return "CARD_REMOVED" }
    cards[card].status = "REMOVED"
    return ""
  }

  mutating func topUp(_ balance: Int, _ amount: Int) -> String {
    if amount == 0 { return "AMOUNT_INVALID" }
    if balances[balance].state == "CLOSED" { return "BALANCE_CLOSED" }
    if isDeposit {
      bank -= amount
    } else {
      if partner.ledger < amount { return "INSUFFICIENT_PARTNER_FUNDS" }
      partner.ledger -= amount
    }
    balances[balance].ledger += amount
    return ""
  }

  mutating func reload(_ amount: Int, _ reference: String) -> String {
    if amount == 0 { return "AMOUNT_INVALID" }
    if !bankReferences.insert(reference).inserted { return "BANK_REFERENCE_USED" }
    bank -= amount
    partner.ledger += amount
    return ""
  }

  mutating func setState(_ balance: Int, _ state: String) -> String {
    if balances[balance].state == "CLOSED" { return "BALANCE_CLOSED" }
    if state == "CLOSED", balances[balance].ledger != 0 || balances[balance].held != 0 {
      return "BALANCE_NOT_EMPTY"
    }
    balances[balance].state = state
    return ""
  }

  // MARK: Invariants

  var sum: Int { balances.reduce(0) { $0 + $1.ledger } + partner.ledger + settlement + bank }

  var hasNegative: Bool {
    ([partner] + balances).contains { $0.ledger < 0 || $0.held < 0 || $0.ledger < $0.held }
  }
}
