import Authorization
import Testing

@testable import Ledger

/// Makes random work for one world and holds every answer against the model's.
struct ModelDriver {
  let world: TestWorld
  private(set) var model: ReferenceModel
  private var random: SeededRandom
  private var sent: [(serial: UInt64, request: AuthorizationRequest, message: Message)] = []
  private var nextSerial: UInt64
  private var identities: [(RequestIdentity, ManagementCommand, String)] = []
  private var nextKey: UInt64
  private(set) var messages = 0
  private(set) var commands = 0

  /// What the model is told of a message.
  private struct Message {
    var content: UInt64
    var card: Int?
    var isInRange: Bool
    var amount: Int
    var isDebit: Bool
    var isOtherCurrency: Bool
    var isOtherMonth: Bool
    var isOffered: Bool
  }

  init(_ world: TestWorld, funds: Int, backing: Int, random: SeededRandom) {
    self.world = world
    self.random = random
    nextSerial = UInt64(world.leadingNine) << 24
    nextKey = UInt64(world.leadingNine) << 24
    model = ReferenceModel(isDeposit: world.funding == .deposit)
    model.bank = -backing
    model.partner.ledger = backing
    for user in world.balances.indices {
      let funds = TestWorld.isEmpty(user) ? 0 : funds
      model.balances.append(ReferenceModel.Balance(ledger: funds))
      if model.isDeposit { model.bank -= funds } else { model.partner.ledger -= funds }
    }
    let each = world.cards.count / world.balances.count
    model.cards = world.cards.indices.map {
      ReferenceModel.Card(
        balance: $0 / each,
        status: TestWorld.isInactive($0) ? "INACTIVE" : "ACTIVE",
        isExpired: TestWorld.isExpired($0)
      )
    }
  }

  // MARK: Messages

  /// New messages, repeats and conflicting repeats, in a random order.
  mutating func burst(_ count: Int) throws -> [AuthorizationRequest] {
    var requests: [AuthorizationRequest] = []
    requests.reserveCapacity(count)
    pending = []
    for _ in 0..<count {
      if !sent.isEmpty, random.chance(10) {
        // Mostly young ones, which are not posted yet, and some from long ago.
        let from = random.chance(70) ? max(0, sent.count - 200) : 0
        var (serial, request, message) = sent[
          Int.random(in: from..<sent.count, using: &random)
        ]
        if random.chance(20) {
          message.content &+= 1
          request.content = ContentDigest(message.content)
        }
        requests.append(request)
        pending.append((serial, message))
        continue
      }
      let (serial, request, message) = try fresh()
      requests.append(request)
      pending.append((serial, message))
      if sent.count < 20_000 { sent.append((serial, request, message)) }
    }
    messages += count
    return requests
  }

  private var pending: [(serial: UInt64, message: Message)] = []

  private mutating func fresh() throws -> (UInt64, AuthorizationRequest, Message) {
    nextSerial += 1
    let isUnknown = random.chance(2)
    let isInRange = random.chance(50)
    let number = Int.random(in: 0..<world.cards.count, using: &random)
    let minorUnits =
      random.chance(1) ? 0 : Int.random(in: 1...(random.chance(3) ? 40_000 : 300), using: &random)
    let isOtherCurrency = random.chance(1)
    let isOtherMonth = random.chance(1)
    let isDebit = random.chance(30)
    let yen = try #require(Currency(code: "JPY"))
    let currency = isOtherCurrency ? yen : world.currency
    let amount = try #require(
      Amount(minorUnits: Int64(minorUnits), currency: currency)
    )
    let card =
      isUnknown
      ? try TestCard(900_000, leadingNine: isInRange ? world.leadingNine : 999_999_999)
      : world.cards[number]
    let content = UInt64.random(in: 0...UInt64.max / 2, using: &random)
    var request = try card.request(
      nextSerial,
      amount,
      kind: isDebit ? .debit : .hold,
      content: content,
      expiry: isOtherMonth ? 2907 : random.chance(50) ? 3012 : nil
    )
    request.isOffered = !random.chance(1)
    return (
      nextSerial, request,
      Message(
        content: content,
        card: isUnknown ? nil : number,
        isInRange: isInRange,
        amount: minorUnits,
        isDebit: isDebit,
        isOtherCurrency: isOtherCurrency,
        isOtherMonth: isOtherMonth,
        isOffered: request.isOffered
      )
    )
  }

  /// Lets the model decide the last burst and compares.
  mutating func compare(_ outcomes: [AuthorizationOutcome]) throws {
    #expect(outcomes.count == pending.count)
    for (outcome, (serial, message)) in zip(outcomes, pending) {
      let expected = model.authorize(
        key: serial,
        content: message.content,
        card: message.card,
        isInRange: message.isInRange,
        amount: message.amount,
        isDebit: message.isDebit,
        isOtherCurrency: message.isOtherCurrency,
        isOtherMonth: message.isOtherMonth,
        isOffered: message.isOffered
      )
      let actual = ReferenceModel.Answer(
        code: outcome.actionCode.text,
        reason: outcome.reason?.name ?? "",
        origin: "\(outcome.origin)"
      )
      guard actual == expected else {
        throw Difference(what: "message \(serial): \(actual) instead of \(expected), \(message)")
      }
    }
  }

  struct Difference: Error { var what: String }

  // MARK: Commands

  /// A command, its identity, and the refusal that the model expects, "" for none.
  mutating func command() throws -> (ManagementCommand, RequestIdentity?, String) {
    commands += 1
    if !identities.isEmpty, random.chance(10) {
      var (identity, command, expected) = random.pick(identities)
      if random.chance(30) {
        identity.content &+= 1
        expected = "IDEMPOTENCY_CONFLICT"
      }
      return (command, identity, expected)
    }
    let (command, expected) = try freshCommand()
    guard random.chance(50) else { return (command, nil, expected) }
    nextKey += 1
    let identity = RequestIdentity(
      key: RequestKey(high: UInt64(world.leadingNine), low: nextKey),
      content: random.next() >> 1
    )
    identities.append((identity, command, expected))
    return (command, identity, expected)
  }

  private mutating func freshCommand() throws -> (ManagementCommand, String) {
    let card = Int.random(in: 0..<world.cards.count, using: &random)
    let balance = Int.random(in: 0..<world.balances.count, using: &random)
    let amount = random.chance(3) ? 0 : Int.random(in: 1...30_000, using: &random)
    let address = world.balanceAddress(balance)
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<20:
      // Locks for ever only now and then, or no card would be left to pay with.
      let codes = random.chance(6) ? [1, 2, 5, 8] : [3, 4, 6, 7]
      let code = random.pick(codes)
      let lock = try #require(LockCode(rawValue: UInt8(code)))
      return (.lockCard(world.cardAddress(card), lock, .inside), model.lock(card, code))
    case 20..<50:
      let locked = model.cards.indices.filter { [3, 4, 6, 7].contains(model.cards[$0].lock) }
      let card = locked.isEmpty || random.chance(20) ? card : random.pick(locked)
      return (.unlockCard(world.cardAddress(card)), model.unlock(card))
    case 50..<53:
      return (.activateCard(world.cardAddress(card)), model.activate(card))
    case 53:
      guard random.chance(30) else {
        return (.activateCard(world.cardAddress(card)), model.activate(card))
      }
      return (.removeCard(world.cardAddress(card)), model.remove(card))
    case 54..<78:
      return (
        .reloadBalance(address, try world.amount(Int64(amount)), reference: "top-up"),
        model.topUp(balance, amount)
      )
    case 78..<88:
      let reference = "bank-\(Int.random(in: 0..<4_000, using: &random))"
      let amount = model.isDeposit ? amount : amount * 2
      return (
        .reloadPartnerBalance(
          world.partner,
          world.backingKind,
          try world.amount(Int64(amount)),
          bankReference: reference
        ), model.reload(amount, reference)
      )
    case 88..<93:
      return (.setBalanceState(address, .blocked), model.setState(balance, "BLOCKED"))
    case 93..<99:
      let blocked = model.balances.indices.filter { model.balances[$0].state == "BLOCKED" }
      let balance = blocked.isEmpty ? balance : random.pick(blocked)
      return (
        .setBalanceState(world.balanceAddress(balance), .active), model.setState(balance, "ACTIVE")
      )
    default:
      let empty = model.balances.indices.filter {
        model.balances[$0].ledger == 0 && model.balances[$0].state != "CLOSED"
      }
      let balance = empty.isEmpty || random.chance(50) ? balance : random.pick(empty)
      return (
        .setBalanceState(world.balanceAddress(balance), .closed),
        model.setState(balance, "CLOSED")
      )
    }
  }

  // MARK: State

  /// Every balance, card and sum must be the model's.
  func compareState(_ fixture: LedgerFixture) async throws {
    #expect(model.sum == 0)
    #expect(!model.hasNegative)
    for (index, expected) in model.balances.enumerated() {
      let record = try await fixture.balance(world.balances[index])
      #expect(record.ledger.minorUnits == Int64(expected.ledger))
      #expect(record.held.minorUnits == Int64(expected.held))
      #expect(record.state.name == expected.state)
    }
    for (index, expected) in model.cards.enumerated() {
      let record = try await fixture.card(world.cardIDs[index])
      #expect(Int(record.lock?.rawValue ?? 0) == expected.lock)
      let names: [CardStatus: String] = [
        .active: "ACTIVE", .inactive: "INACTIVE", .removed: "REMOVED",
      ]
      #expect(names[record.status] == expected.status)
    }
    let partner = try await fixture.partnerBalance(
      world.partner,
      world.backingKind,
      world.currency
    )
    #expect(partner.ledger.minorUnits == Int64(model.partner.ledger))
    #expect(partner.held.minorUnits == Int64(model.partner.held))
    let totals = try await fixture.ledger.read { (view) throws(LedgerError) in try view.totals() }
    func total(_ kind: AccountKind) -> Int64 {
      totals.first { $0.kind == kind && $0.currency == world.currency }?.ledger.minorUnits ?? 0
    }
    #expect(total(.bank) == Int64(model.bank))
    #expect(total(.settlement) == Int64(model.settlement))
    #expect(total(.user) == Int64(model.balances.reduce(0) { $0 + $1.ledger }))
    #expect(total(world.backingKind.account) == Int64(model.partner.ledger))
  }
}
