import Authorization
import ISO8583
import JSON

/// What a `FakeIssuer` knows.
struct FakeWorld {
  struct Programme {
    var partner: String
    var bin: String
    var currency: String
    var isCredit: Bool
  }
  struct Sum {
    var currency: String
    var ledger: Int64 = 0
    var held: Int64 = 0
    var isBlocked = false
    var available: Int64 { ledger - held }
  }
  struct Card {
    var id: String
    var balance: String
    var pan: String
    var expiry: String
    var state: String
    var lock: LockCode?
    var authorizations: [JSONValue] = []
  }

  let fault: FakeIssuer.Fault
  var counter: Int64 = 0
  var ids: [String: String] = [:]
  var programmes: [String: Programme] = [:]
  var partnerSums: [String: Sum] = [:]
  var balances: [String: (sum: Sum, programme: String, customer: String)] = [:]
  var cards: [Card] = []
  var answered: [String: (content: [Element: FieldValue?], answer: Message)] = [:]

  init(fault: FakeIssuer.Fault) { self.fault = fault }

  mutating func id(_ prefix: String) -> String {
    counter += 1
    let digits = String(counter)
    return prefix + "_" + String(repeating: "0", count: 13 - digits.count) + digits
  }

  mutating func importLines(_ body: [UInt8]) -> [UInt8] {
    var results = ""
    for (index, bytes) in body.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard case .object(let members)? = try? JSONValue(parsing: Array(bytes)),
        let line = members.first
      else { continue }
      let object = line.value
      let text = { (name: String) in object[name]?.text ?? "" }
      let made: String
      switch line.name {
      case "partner":
        made = id("prt")
      case "program":
        made = id("prg")
        programmes[made] = Programme(
          partner: ids[text("partner")] ?? "",
          bin: object["binRange"]?["from"]?.text ?? "",
          currency: text("currency"),
          isCredit: text("funding") == "CREDIT"
        )
      case "partnerBalance":
        made = id("pbl")
        partnerSums["\(ids[text("partner")] ?? "")/\(text("kind"))"] = Sum(
          currency: text("currency"),
          ledger: object["reload"]?.integer ?? 0
        )
      case "customer": made = id("usr")
      case "balance":
        made = id("bal")
        balances[made] = (
          Sum(currency: text("currency"), ledger: object["reload"]?.integer ?? 0),
          ids[text("program")] ?? "", ids[text("customer")] ?? ""
        )
      default:
        made = id("crd")
        cards.append(
          Card(
            id: made,
            balance: ids[text("balance")] ?? "",
            pan: text("pan"),
            expiry: text("expiry"),
            state: text("state")
          )
        )
      }
      ids[text("ref")] = made
      results += "{\"line\":\(index + 1),\"id\":\"\(made)\",\"status\":\"created\"}\n"
    }
    return Array(results.utf8)
  }

  mutating func call(
    _ method: String,
    _ path: [String],
    query: String,
    body: JSONValue?
  ) -> (Int, JSONValue) {
    if path == ["admin", "proof"] { return (200, ["consistent": true, "differences": []]) }
    if path == ["admin", "clock", "advance"] {
      return (409, ["error": ["code": "CLOCK_NOT_VIRTUAL"]])
    }
    if path == ["secure", "authorizations"] {
      let card = cards.first { query.contains($0.id) }
      return (200, ["data": .array(card?.authorizations ?? []), "hasMore": false])
    }
    if path.count >= 4, path[1] == "partners" {
      let key = path[2] + (path[3] == "deposit-balance" ? "/DEPOSIT" : "/CREDIT")
      if path.last == "reload" {
        partnerSums[key]?.ledger += body?["amount"]?["amount"]?.integer ?? 0
      }
      return (200, partnerSums[key].map(show) ?? .null)
    }
    if let position = path.firstIndex(of: "balances"), path.count > position + 1 {
      return callBalance(path[position + 1], path.last ?? "", body)
    }
    if let position = path.firstIndex(of: "cards"), path.count > position + 1,
      let card = cards.firstIndex(where: { $0.id == path[position + 1] })
    {
      return callCard(card, method == "DELETE" ? "remove" : path.last ?? "", body)
    }
    return (404, ["error": ["code": "NOT_FOUND"]])
  }

  private mutating func callBalance(
    _ id: String,
    _ verb: String,
    _ body: JSONValue?
  ) -> (Int, JSONValue) {
    guard let balance = balances[id] else { return (404, .null) }
    let amount = body?["amount"]?["amount"]?.integer ?? 0
    switch verb {
    case "reload":
      if let programme = programmes[balance.programme], programme.isCredit {
        partnerSums[programme.partner + "/CREDIT"]?.ledger -= amount
      }
      balances[id]?.sum.ledger += amount
    case "block": balances[id]?.sum.isBlocked = true
    case "unblock": balances[id]?.sum.isBlocked = false
    default: break
    }
    return (200, balances[id].map { show($0.sum) } ?? .null)
  }

  private mutating func callCard(
    _ card: Int,
    _ verb: String,
    _ body: JSONValue?
  ) -> (Int, JSONValue) {
    switch verb {
    case "lock":
      cards[card].lock = LockCode(rawValue: UInt8(body?["code"]?.integer ?? 0))
      cards[card].state = "LOCKED"
    case "unlock":
      guard let lock = cards[card].lock else {
        return (409, ["error": ["code": "CARD_NOT_LOCKED"]])
      }
      guard !lock.isIrreversible || fault == .unlocksLost else {
        return (422, ["error": ["code": "LOCK_IRREVERSIBLE"]])
      }
      cards[card].lock = nil
      cards[card].state = "ACTIVE"
    case "activate": cards[card].state = "ACTIVE"
    case "remove": cards[card].state = "REMOVED"
    default: break
    }
    let lock: JSONValue =
      cards[card].lock.map {
        ["code": .integer(Int64($0.rawValue)), "irreversible": .boolean($0.isIrreversible)]
      } ?? .null
    return (
      200, ["id": .string(cards[card].id), "state": .string(cards[card].state), "lock": lock]
    )
  }

  private func show(_ sum: Sum) -> JSONValue {
    [
      "currency": .string(sum.currency), "ledger": .integer(sum.ledger),
      "held": .integer(sum.held), "available": .integer(sum.available),
    ]
  }

  mutating func answer(_ request: Message) throws -> Message? {
    guard let type = request.type.response else { return nil }
    let compared: [Element] = [.processingCode, .amountTransaction, .functionCode]
    let content = Dictionary(uniqueKeysWithValues: compared.map { ($0, request.fields[$0]) })
    let key =
      [Element.stan, .localTime, .terminal, .pan].map { request[text: $0] ?? "" }
      .joined(separator: "/") + String(request.type.classDigit)
    if let known = answered[key], fault != .answersRepeatAnew {
      if known.content == content { return known.answer }
      return reply(request, type, "9113")
    }
    let answer: Message
    switch request.type.messageClass {
    case .networkManagement: answer = reply(request, type, "8000")
    case .authorization, .financial: answer = decide(request, type)
    default: answer = reply(request, type, "9102")
    }
    answered[key] = (content, answer)
    return answer
  }

  private func reply(_ request: Message, _ type: MessageType, _ code: String) -> Message {
    var kept: Set<Element> = [2, 3, 4, 7, 11, 12, 32, 33, 37, 41, 42, 59]
    if type.messageClass == .networkManagement { kept.insert(24) }
    if fault == .dropsTerminal { kept.remove(41) }
    var answer = Message(type: type, fields: request.fields.filter { kept.contains($0.key) })
    answer.fields[.actionCode] = .text(code)
    if code == "0000" { answer.fields[.approvalCode] = .text("A1B2C3") }
    if code == "9100" { answer.fields[.messageError] = .text("00000100400000") }
    return answer
  }

  private mutating func decide(_ request: Message, _ type: MessageType) -> Message {
    let text = { (element: Element) -> String in
      if case .text(let text)? = request.fields[element] { text } else { "" }
    }
    let number = text(.pan)
    guard request.fields[.amountTransaction] != nil, request.fields[.posDataCode] != nil else {
      return reply(request, type, "9100")
    }
    guard PAN(text: number)?.hasValidCheckDigit == true,
      programmes.values.contains(where: { number.hasPrefix($0.bin) })
    else { return reply(request, type, "1011") }
    guard let card = cards.firstIndex(where: { $0.pan == number }) else {
      return reply(request, type, "1018")
    }
    let (code, reason) = verdict(card, text)
    let amount = Int64(text(.amountTransaction).dropFirst(4)) ?? 0
    if code == "0000", fault != .forgetsHold, let balance = balances[cards[card].balance],
      let programme = programmes[balance.programme]
    {
      balances[cards[card].balance]?.sum.held += amount
      if !programme.isCredit { partnerSums[programme.partner + "/DEPOSIT"]?.held += amount }
    }
    let recorded = fault == .wrongReason ? "SOMETHING" : reason
    cards[card].authorizations.append([
      "id": .string(id("ath")), "state": code == "0000" ? "AUTHORIZED" : "DECLINED",
      "actionCode": .string(code), "reason": .string(recorded),
    ])
    return reply(request, type, code)
  }

  private func verdict(_ position: Int, _ text: (Element) -> String) -> (String, String) {
    let card = cards[position]
    guard let balance = balances[card.balance], let programme = programmes[balance.programme] else {
      return ("9109", "BROKEN")
    }
    let sum = text(.amountTransaction)
    let amount = Int64(sum.dropFirst(4)) ?? 0
    if card.state == "REMOVED" { return ("1018", "CARD_REMOVED") }
    if card.state == "INACTIVE" { return ("1025", "CARD_NOT_ACTIVATED") }
    if let lock = card.lock { return lockVerdict(lock) }
    if card.expiry < "2611" { return ("1001", "CARD_EXPIRED") }
    if text(.expirationDate) != card.expiry { return ("1001", "CARD_EXPIRY_MISMATCH") }
    if balance.sum.isBlocked { return ("1004", "BALANCE_BLOCKED") }
    if !text(.processingCode).hasPrefix("00") { return ("1015", "NOT_SUPPORTED") }
    if UInt16(sum.prefix(3)) != Currency(code: balance.sum.currency)?.number {
      return ("1030", "CURRENCY_NOT_ACCEPTED")
    }
    if !programme.isCredit,
      (partnerSums[programme.partner + "/DEPOSIT"]?.available ?? 0) < amount
    {
      return ("1016", "INSUFFICIENT_DEPOSIT")
    }
    if balance.sum.available < amount { return ("1016", "INSUFFICIENT_USER_FUNDS") }
    return ("0000", "APPROVED")
  }

  private func lockVerdict(_ lock: LockCode) -> (String, String) {
    if fault == .wrongLockCode { return ("1000", "CARD_LOST") }
    return switch lock {
    case .lost: ("2008", "CARD_LOST")
    case .stolen: ("2009", "CARD_STOLEN")
    case .pendingQuery: ("1000", "CARD_LOCKED_PENDING_QUERY")
    case .consolidation: ("1016", "CARD_LOCKED_CONSOLIDATION")
    case .inactive: ("1018", "CARD_INACTIVE")
    case .pinTriesExceeded: ("1006", "CARD_LOCKED_PIN")
    case .suspectedFraud: ("1002", "CARD_LOCKED_FRAUD")
    case .replaced: ("1011", "CARD_REPLACED")
    }
  }
}
