import Authorization
import ISO8583
import JSON

/// The world of one scenario while it plays: what was made, what was said last.
struct ScenarioPlay {
  struct Sent {
    let message: Message
    let bytes: [UInt8]
    /// The card it was sent for, when the issuer knows that card.
    let card: Int?
  }

  struct Received {
    let message: Message
    let bytes: [UInt8]
  }

  /// A payment of the story as its acquirer knows it.
  struct StoryPayment {
    let name: String?
    let card: Int?
    var original: Message
    /// Whether the first message was sent.
    var hasLeft = true
    var knowledge = RequestComposer.Knowledge()
    /// What the issuer calls it, once that is known.
    var id: String?
  }

  struct Call {
    let what: String
    let status: Int
    let body: JSONValue?
  }

  var request: Sent?
  var answer: Received?
  var earlierAnswer: Received?
  var call: Call?
  var payments: [StoryPayment] = []

  let messages: any MessageTransport
  let observer: @Sendable (ScenarioEvent) -> Void
  var composer: RequestComposer
  var portfolio: Portfolio

  init(
    messages: any MessageTransport,
    management: any ManagementTransport,
    seed: UInt64,
    clock: @escaping @Sendable () -> Instant,
    observer: @escaping @Sendable (ScenarioEvent) -> Void
  ) {
    var generator = SeededGenerator(seed: seed)
    self.messages = messages
    self.observer = observer
    self.composer = RequestComposer(
      firstTrace: UInt64.random(in: 1...899_999_999_999, using: &generator),
      clock: clock
    )
    self.portfolio = Portfolio(
      management: management,
      generator: generator,
      observer: observer
    )
  }

  mutating func perform(
    _ action: ScenarioAction,
    callMayFail: Bool
  ) async throws(Mismatch) {
    switch action {
    case .partner(let funding, let amount, let term):
      try await portfolio.addPartner(funding, amount, term)
    case .user(let name, let amount, let order):
      try await portfolio.addUser(name: name, amount)
      if let order { try await portfolio.addCard(order) }
    case .card(let order):
      try await portfolio.addCard(order)
    case .send(let sending, let edits):
      try await send(sending, edits)
    case .delay(let order, let card, let name):
      try delay(order, card, name: name)
    case .lock(let card, let code):
      let path = try portfolio.path(of: portfolio.card(card)) + "/lock"
      try await manage(
        "POST",
        path,
        body: ["code": .integer(Int64(code.rawValue))],
        mayFail: callMayFail
      )
    case .unlock(let card):
      let path = try portfolio.path(of: portfolio.card(card)) + "/unlock"
      try await manage("POST", path, mayFail: callMayFail)
    case .activate(let card):
      let path = try portfolio.path(of: portfolio.card(card)) + "/activate"
      try await manage("POST", path, mayFail: callMayFail)
    case .remove(let card):
      let path = try portfolio.removalPath(of: portfolio.card(card))
      try await manage("DELETE", path, mayFail: callMayFail)
    case .block(let balance):
      let path = try portfolio.path(of: balance) + "/block"
      try await manage("POST", path, mayFail: callMayFail)
    case .unblock(let balance):
      let path = try portfolio.path(of: balance) + "/unblock"
      try await manage("POST", path, mayFail: callMayFail)
    case .topUp(let balance, let amount):
      let path = try portfolio.path(of: balance) + "/reload"
      try await manage(
        "POST",
        path,
        body: ["amount": JSONValue(amount), "reference": .string(portfolio.newName("top-up"))],
        movesMoney: true,
        mayFail: callMayFail
      )
    case .reload(let funding, let amount):
      let path = try portfolio.partnerBalancePath(funding) + "/reload"
      try await manage(
        "POST",
        path,
        body: ["amount": JSONValue(amount), "bankReference": .string(portfolio.newName("wire"))],
        movesMoney: true,
        mayFail: callMayFail
      )
    case .advanceClock(let seconds):
      try await advanceClock(seconds)
    case .release(let payment, let reason):
      let path = "/admin/authorizations/\(try await identifier(of: payment))/expire"
      try await manage("POST", path, body: ["reason": .string(reason)], mayFail: callMayFail)
    case .group(let name, let category, let change):
      try await portfolio.setGroup(name, category, change)
    case .rate(let rate):
      try await portfolio.setRate(rate)
    case .expectApproval, .expectPartialApproval, .expectAcceptance, .expectRefusal,
      .expectAnswer, .expectElement, .expectNoElement, .expectEcho, .expectSameAnswer,
      .expectShown, .expectSilence:
      try await checkAnswer(action)
    case .expectPayment, .expectSums, .expectEntries, .expectEntry, .expectFlag, .expectDuration:
      try await checkPayment(action)
    case .expectBalance, .expectPartnerBalance, .expectCard, .expectAuthorization,
      .expectCallSuccess, .expectCallFailure, .expectProof:
      try await checkBooks(action)
    }
  }

  /// Leaves the issuer's settings as the story found them.
  mutating func restore() async {
    await portfolio.restoreGroups()
  }
}

extension JSONValue {
  /// `{"amount": 1234, "currency": "EUR"}`.
  init(_ amount: Amount) {
    self = [
      "amount": .integer(amount.minorUnits), "currency": .string(amount.currency.code),
    ]
  }
}
