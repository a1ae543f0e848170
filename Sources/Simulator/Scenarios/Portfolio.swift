import Authorization
import JSON

/// What one scenario made on the management side, and how to make and find it.
struct Portfolio {
  private struct Programme {
    let partner: String
    let reference: String
    let currency: Currency
    let funding: ScenarioAction.Funding
    let numbers: CardNumberRange
    var cardsMade = 0
    var strangersMade = 0
  }

  private struct User {
    let name: String?
    let customer: String
    let balance: String
    let balanceReference: String
  }

  private struct Card {
    let id: String
    let user: Int
    let data: SimulatedCard
  }

  private let management: any ManagementTransport
  private let observer: @Sendable (ScenarioEvent) -> Void
  private let prefix: String
  private var generator: SeededGenerator
  private var counter = 0
  private var programme: Programme?
  /// Groups of merchants that were changed, with what they were; `nil` for what was not there.
  var changedGroups: [(name: String, before: JSONValue?)] = []
  private var users: [User] = []
  private var cards: [Card] = []

  init(
    management: any ManagementTransport,
    generator: SeededGenerator,
    observer: @escaping @Sendable (ScenarioEvent) -> Void
  ) {
    self.management = management
    self.observer = observer
    self.generator = generator
    self.prefix = String(self.generator.next(), radix: 36)
  }

  /// A name that no other run uses.
  mutating func newName(_ kind: String) -> String {
    counter += 1
    return "\(prefix)-\(kind)-\(counter)"
  }

  /// Nothing, in the currency of the programme.
  var zero: Amount {
    let currency = programme?.currency ?? Currency(code: "EUR")
    guard let currency, let amount = Amount(minorUnits: 0, currency: currency) else {
      preconditionFailure("EUR is a currency")
    }
    return amount
  }

  // MARK: Making

  mutating func addPartner(
    _ funding: ScenarioAction.Funding,
    _ amount: Amount,
    _ term: ScenarioAction.ProgrammeTerm?
  ) async throws(Mismatch) {
    let partner = newName("partner")
    let reference = newName("programme")
    let currency = JSONValue.string(amount.currency.code)
    var trouble: Mismatch?
    // Another run may have left a programme on a BIN: a few others are tried.
    for _ in 0..<5 {
      let bin = UInt32.random(in: 410_000_000...499_999_999, using: &generator)
      guard let numbers = CardNumberRange(from: bin, through: bin) else {
        preconditionFailure("nine digits are a BIN range")
      }
      let range = JSONValue.string(String(bin))
      var program: [JSONValue.Member] = [
        .init("ref", .string(reference)), .init("partner", .string(partner)),
        .init("name", .string("Programme \(reference)")),
        .init("binRange", ["from": range, "to": range]), .init("currency", currency),
        .init("funding", .string(funding.rawValue)),
      ]
      if let term { program.append(term.member) }
      let lines: [JSONValue] = [
        ["partner": ["ref": .string(partner), "name": .string("Partner \(partner)")]],
        ["program": .object(program)],
        [
          "partnerBalance": [
            "partner": .string(partner), "kind": .string(funding.rawValue), "currency": currency,
            "reload": .integer(amount.minorUnits),
          ]
        ],
      ]
      do {
        let ids = try await importLines(lines)
        programme = Programme(
          partner: ids[0],
          reference: reference,
          currency: amount.currency,
          funding: funding,
          numbers: numbers
        )
        partnerReference = partner
        return
      } catch {
        trouble = error
      }
    }
    if let trouble { throw trouble }
  }

  private var partnerReference = ""

  mutating func addUser(name: String?, _ amount: Amount) async throws(Mismatch) {
    let programme = try currentProgramme()
    let reference = newName("user")
    let balance = newName("balance")
    var members: [JSONValue.Member] = [
      .init("ref", .string(balance)), .init("customer", .string(reference)),
      .init("program", .string(programme.reference)),
      .init("currency", .string(amount.currency.code)),
    ]
    // In a credit programme a top-up charges the partner's credit, which is a call of its own.
    let reloadsLater = programme.funding == .credit && !amount.isZero
    if !reloadsLater, !amount.isZero {
      members.append(.init("reload", .integer(amount.minorUnits)))
    }
    let ids = try await importLines([
      [
        "customer": [
          "ref": .string(reference), "partner": .string(partnerReference),
          "externalId": .string(reference), "kyc": "STRONG",
        ]
      ],
      ["balance": .object(members)],
    ])
    users.append(
      User(name: name, customer: ids[0], balance: ids[1], balanceReference: balance)
    )
    if reloadsLater {
      let answer = try await call(
        "POST",
        path(of: .latest) + "/reload",
        body: ["amount": JSONValue(amount), "reference": .string(newName("top-up"))],
        movesMoney: true
      )
      guard (200..<300).contains(answer.status) else {
        throw Mismatch(
          "a top-up of the user's balance",
          found: "status \(answer.status) \(answer.body?["error"]?["code"]?.text ?? "")"
        )
      }
    }
  }

  mutating func addCard(_ order: ScenarioAction.CardOrder) async throws(Mismatch) {
    guard var programme, let user = users.last else {
      throw Mismatch("a user before a card", found: "none")
    }
    guard
      let data = SimulatedCard(
        pan: programme.numbers.number(at: programme.cardsMade),
        expiry: order.expiry
      )
    else { throw Mismatch("an expiry of a year and a month", found: order.expiry) }
    programme.cardsMade += 1
    self.programme = programme
    let ids = try await importLines([
      [
        "card": [
          "ref": .string(newName("card")), "balance": .string(user.balanceReference),
          "pan": .string(data.panText), "expiry": .string(data.expiry), "type": "VIRTUAL",
          "state": order.isActive ? "ACTIVE" : "INACTIVE",
        ]
      ]
    ])
    cards.append(Card(id: ids[0], user: users.count - 1, data: data))
  }

  // MARK: Finding

  /// The position of a card that the issuer knows.
  func card(_ reference: ScenarioAction.CardReference) throws(Mismatch) -> Int {
    switch reference {
    case .latest:
      guard !cards.isEmpty else { throw Mismatch("a card", found: "none was made yet") }
      return cards.count - 1
    case .of(let name):
      guard let card = cards.lastIndex(where: { users[$0.user].name == name }) else {
        throw Mismatch("a card of \(name)", found: "none was made")
      }
      return card
    case .unknown, .wrongCheckDigit, .foreign:
      throw Mismatch("a card that was made", found: "a number that no card has")
    }
  }

  /// What a terminal reads from a card, and its position when the issuer knows it.
  mutating func terminalCard(
    _ reference: ScenarioAction.CardReference
  ) throws(Mismatch) -> (card: SimulatedCard, position: Int?) {
    let pan: PAN
    switch reference {
    case .latest, .of:
      let position = try card(reference)
      return (cards[position].data, position)
    case .unknown:
      pan = try nextStranger { $0.number(at: $1) }
    case .wrongCheckDigit:
      pan = try nextStranger { $0.numberWithWrongCheckDigit(at: $1) }
    case .foreign:
      guard let range = CardNumberRange(from: 520_000_000, through: 520_000_000) else {
        preconditionFailure("nine digits are a BIN range")
      }
      pan = range.number(at: Int.random(in: 0..<range.count, using: &generator))
    }
    guard let data = SimulatedCard(pan: pan, expiry: "3012") else {
      preconditionFailure("3012 is a year and a month")
    }
    return (data, nil)
  }

  /// A number from the upper end of the programme's range, where no card is made.
  private mutating func nextStranger(
    _ make: (CardNumberRange, Int) -> PAN
  ) throws(Mismatch) -> PAN {
    guard var programme else { throw Mismatch("a partner", found: "none was made yet") }
    programme.strangersMade += 1
    self.programme = programme
    return make(programme.numbers, programme.numbers.count - programme.strangersMade)
  }

  func path(of card: Int) -> String {
    "/secure/customers/\(users[cards[card].user].customer)/cards/\(cards[card].id)"
  }

  func removalPath(of card: Int) -> String {
    "/secure/lifecycle/customers/\(users[cards[card].user].customer)/cards/\(cards[card].id)"
  }

  func path(of balance: ScenarioAction.BalanceReference) throws(Mismatch) -> String {
    let user: User?
    switch balance {
    case .latest: user = users.last
    case .of(let name): user = users.last { $0.name == name }
    }
    guard let user else { throw Mismatch("a user with a balance", found: "none was made") }
    return "/secure/customers/\(user.customer)/balances/\(user.balance)"
  }

  func partnerBalancePath(_ funding: ScenarioAction.Funding) throws(Mismatch) -> String {
    let name = funding == .deposit ? "deposit-balance" : "credit-balance"
    return "/admin/partners/\(try currentProgramme().partner)/\(name)"
  }

  private func currentProgramme() throws(Mismatch) -> Programme {
    guard let programme else { throw Mismatch("a partner", found: "none was made yet") }
    return programme
  }

  /// The card's newest authorization.
  mutating func latestAuthorization(of card: Int) async throws(Mismatch) -> JSONValue {
    guard let newest = try await authorization(of: card, { _ in true }) else {
      throw Mismatch("an authorization of the card", found: "none is recorded")
    }
    return newest
  }

  /// The newest of the card's authorizations that fits; `nil` when none does.
  mutating func authorization(
    of card: Int,
    _ fits: (JSONValue) -> Bool
  ) async throws(Mismatch) -> JSONValue? {
    var newest: JSONValue?
    var path = "/secure/authorizations?cardId=\(cards[card].id)&limit=200"
    for _ in 0..<50 {
      let page = try await read(path)
      for item in page["data"]?.elements ?? [] where fits(item) {
        // Identifiers grow with time and have one length, so their text sorts by age.
        if item["id"]?.text ?? "" > newest?["id"]?.text ?? "" { newest = item }
      }
      guard page["hasMore"]?.boolean == true, let next = page["next"]?.text else { break }
      path = "/secure/authorizations?cardId=\(cards[card].id)&limit=200&after=\(next)"
    }
    return newest
  }

  // MARK: Calling

  /// Reads an object; anything but success does not hold.
  mutating func read(_ path: String) async throws(Mismatch) -> JSONValue {
    let answer = try await call("GET", path)
    guard answer.status == 200, let body = answer.body else {
      let code = answer.body?["error"]?["code"]?.text ?? ""
      throw Mismatch("GET \(path) to answer", found: "status \(answer.status) \(code)")
    }
    return body
  }

  mutating func call(
    _ method: String,
    _ path: String,
    body: JSONValue? = nil,
    movesMoney: Bool = false
  ) async throws(Mismatch) -> (status: Int, body: JSONValue?) {
    var headers: [(name: String, value: String)] = []
    if let partner = programme?.partner { headers.append(("x-partner", partner)) }
    if body != nil { headers.append(("content-type", "application/json")) }
    if movesMoney { headers.append(("x-idempotency-key", newName("key"))) }
    let answer = try await exchange(method, path, headers: headers, body: body?.bytes ?? [])
    return (answer.status, try? JSONValue(parsing: answer.body))
  }

  /// Imports lines and returns the id of each.
  private func importLines(_ lines: [JSONValue]) async throws(Mismatch) -> [String] {
    let body = lines.flatMap { $0.bytes + [UInt8(ascii: "\n")] }
    let answer = try await exchange(
      "POST",
      "/admin/import",
      headers: [("content-type", "application/x-ndjson")],
      body: body
    )
    guard answer.status == 200 else {
      let code = (try? JSONValue(parsing: answer.body))?["error"]?["code"]?.text
      throw Mismatch(
        "the import to be accepted",
        found: "status \(answer.status) \(code ?? "")"
      )
    }
    let results = answer.body.split(separator: UInt8(ascii: "\n"))
      .compactMap { try? JSONValue(parsing: Array($0)) }
    var ids: [String] = []
    for line in 1...lines.count {
      let result = results.first { $0["line"]?.integer == Int64(line) }
      guard let id = result?["id"]?.text else {
        let error = result?["error"]
        throw Mismatch(
          "line \(line) of the import to be applied",
          found: error?["code"]?.text.map {
            $0 + ": " + (error?["message"]?.text ?? "")
          } ?? "no result"
        )
      }
      ids.append(id)
    }
    return ids
  }

  private func exchange(
    _ method: String,
    _ path: String,
    headers: [(name: String, value: String)],
    body: [UInt8]
  ) async throws(Mismatch) -> (status: Int, body: [UInt8]) {
    do {
      let answer = try await management.call(method, path, headers: headers, body: body)
      observer(.call(method: method, path: path, status: answer.status))
      return answer
    } catch {
      throw Mismatch("an answer to \(method) \(path)", found: "\(error)")
    }
  }
}

extension ScenarioAction.ProgrammeTerm {
  /// The member of a programme that says it.
  fileprivate var member: JSONValue.Member {
    switch self {
    case .cashBackLimit(let amount): .init("cashBackLimit", JSONValue(amount))
    case .noSurcharges: .init("surcharge", "REFUSED")
    case .noPartialApprovals: .init("partialApproval", false)
    }
  }
}
