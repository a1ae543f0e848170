import Authorization
import Testing

@testable import Ledger

/// Single rules of a payment's life, each on the ledger and on the model.
struct PaymentLifeTests {
  private let time: UInt64 = 20_260_615_120_000

  /// Plays one sequence in a programme of each kind.
  private func play(_ steps: [PaymentStep]) async throws {
    let fixture = try LedgerFixture()
    let stage = try await PaymentStage(fixture, [.credit, .deposit], usersEach: 1, funds: 100_000)
    // The second one's messages are others of the same content.
    let others = steps.map { step -> PaymentStep in
      guard case .message(var message) = step else { return step }
      message.serial += 100
      message.content += 100
      message.original?.serial += 100
      message.approvalOf = message.approvalOf.map { $0 + 100 }
      return .message(message)
    }
    try await stage.play([steps, others])
    try await fixture.expectConsistent()
  }

  private func message(
    _ serial: UInt64,
    _ kind: AuthorizationRequest.Kind,
    _ ask: PaymentMessage.Ask,
    _ function: UInt16,
    _ amount: Int64,
    of original: PaymentMessage? = nil,
    _ change: (inout PaymentMessage) -> Void = { _ in }
  ) -> PaymentMessage {
    var message = PaymentMessage(serial, kind, ask, function, amount, time: time + serial)
    message.original = original?.naming
    change(&message)
    return message
  }

  @Test func `a clearing of what was refused in another currency is undone in that of the balance`()
    async throws
  {
    let first = message(1, .hold, .purchase, 100, 500) { $0.currency = "JPY" }
    let clearing = message(2, .clearing, .clearing, 201, 400, of: first)
    let reversal = message(3, .reversalAdvice, .reversal, 400, 400, of: clearing)
    try await play([.message(first), .message(clearing), .message(reversal)])
  }

  @Test func `a void of what was refused in another currency is booked in that of the balance`()
    async throws
  {
    let first = message(1, .hold, .purchase, 100, 500) { $0.currency = "JPY" }
    let clearing = message(2, .clearing, .clearing, 201, 400, of: first)
    let void = message(3, .clearing, .void, 200, 400, of: first)
    try await play([.message(first), .message(clearing), .message(void)])
  }

  @Test func `a void gives back what is held and what is booked`() async throws {
    let first = message(1, .hold, .purchase, 100, 1_000) { $0.category = 5964 }
    let clearing = message(2, .clearing, .clearing, 202, 400, of: first)
    let void = message(3, .hold, .void, 100, 1_000, of: first)
    try await play([.message(first), .message(clearing), .message(void)])
  }

  @Test func `a reversal of a refused debit leaves the clearing that came later`() async throws {
    let first = message(1, .debit, .purchase, 200, 200_000)
    let clearing = message(2, .clearing, .clearing, 201, 400, of: first)
    let reversal = message(3, .reversalAdvice, .reversal, 400, 200_000, of: first)
    try await play([.message(first), .message(clearing), .message(reversal)])
  }

  @Test func `a refund that was credited at once is not credited again by its presentment`()
    async throws
  {
    let first = message(1, .debit, .credit, 200, 500)
    let clearing = message(2, .clearing, .creditClearing, 201, 500, of: first)
    try await play([.message(first), .message(clearing)])
  }

  @Test func `a refund that names the debit it refunds does not replace it`() async throws {
    let first = message(1, .debit, .purchase, 200, 500)
    let refund = message(2, .clearing, .creditClearing, 200, 300, of: first)
    try await play([.message(first), .message(refund)])
  }

  @Test func `a refund that names an open payment leaves its hold`() async throws {
    let first = message(1, .hold, .purchase, 100, 500)
    let refund = message(2, .clearing, .creditClearing, 200, 300, of: first)
    let clearing = message(3, .clearing, .clearing, 201, 500, of: first)
    try await play([.message(first), .message(refund), .message(clearing)])
  }

  @Test func `of two clearings a reversal undoes one, less what was undone of it before`()
    async throws
  {
    let first = message(1, .hold, .purchase, 100, 1_000) { $0.category = 5964 }
    let one = message(2, .clearing, .clearing, 202, 300, of: first)
    let two = message(3, .clearing, .clearing, 202, 400, of: first)
    let part = message(4, .reversalAdvice, .partialReversal, 401, 100, of: one) { $0.other = 300 }
    let all = message(5, .reversalAdvice, .reversal, 400, 300, of: one)
    let again = message(6, .reversalAdvice, .reversal, 400, 300, of: one)
    try await play([first, one, two, part, all, again].map { .message($0) })
  }

  @Test func `the clearing after a presented debit outlives the reversal of the debit`()
    async throws
  {
    let first = message(1, .debit, .purchase, 200, 500)
    let presentment = message(2, .clearing, .clearing, 201, 600, of: first)
    let clearing = message(3, .clearing, .clearing, 202, 70, of: first)
    let reversal = message(4, .reversalAdvice, .reversal, 400, 500, of: first)
    try await play([first, presentment, clearing, reversal].map { .message($0) })
  }

  @Test func `the reversal of a presentment undoes the debit`() async throws {
    let first = message(1, .debit, .purchase, 200, 500)
    let presentment = message(2, .clearing, .clearing, 201, 500, of: first)
    let reversal = message(3, .reversalAdvice, .reversal, 400, 500, of: presentment)
    let other = message(4, .reversalAdvice, .reversal, 400, 500, of: first)
    let late = message(5, .clearing, .clearing, 201, 500, of: first)
    try await play([first, presentment, reversal, other, late].map { .message($0) })
  }

  @Test func `a second presentment of a reversed debit is booked beside the first`() async throws {
    let first = message(1, .debit, .purchase, 200, 500)
    let reversal = message(2, .reversalAdvice, .reversal, 400, 500, of: first)
    let one = message(3, .clearing, .clearing, 201, 500, of: first)
    let two = message(4, .clearing, .clearing, 202, 30, of: first)
    try await play([first, reversal, one, two].map { .message($0) })
  }

  @Test func `a partial reversal that does not fit is remembered with its answer`() async throws {
    let first = message(1, .hold, .purchase, 100, 500)
    let part = message(2, .reversalAdvice, .partialReversal, 401, 100, of: first) {
      $0.other = 700
    }
    let more = message(3, .hold, .increment, 187, 200, of: first)
    try await play([first, part, more, part].map { .message($0) })
  }

  @Test func `an increment that was declined elsewhere raises nothing`() async throws {
    let first = message(1, .hold, .purchase, 100, 500)
    let more = message(2, .advice, .increment, 187, 200, of: first) { $0.advised = 1016 }
    try await play([first, more].map { .message($0) })
  }

  @Test func `the reversal of a stand-in advice ends the hold of its request`() async throws {
    let first = message(1, .hold, .purchase, 100, 500) { $0.reference = "REF1" }
    let advice = message(2, .advice, .purchase, 100, 500) {
      $0.reference = "REF1"
      $0.time = first.time
      $0.reason = 1002
    }
    let reversal = message(3, .reversalAdvice, .reversal, 400, 500, of: advice) {
      $0.reference = "REF1"
    }
    try await play([first, advice, reversal].map { .message($0) })
  }

  @Test func `a refused try does not hide the accepted one behind their trace identifier`()
    async throws
  {
    let first = message(1, .hold, .purchase, 100, 200_000) { $0.life = 7 }
    let second = message(2, .hold, .purchase, 100, 500) { $0.life = 7 }
    let clearing = message(3, .clearing, .clearing, 201, 500) { $0.life = 7 }
    try await play([first, second, clearing].map { .message($0) })
  }

  @Test func `a partial reversal in dollars fits although an increment was refused before`()
    async throws
  {
    let first = message(1, .hold, .purchase, 100, 10_000) { $0.currency = "USD" }
    let more = message(2, .hold, .increment, 187, 9_000_000, of: first) { $0.currency = "USD" }
    let part = message(3, .reversalAdvice, .partialReversal, 401, 4_000, of: first) {
      $0.currency = "USD"
      $0.other = 10_000
    }
    try await play([first, more, part].map { .message($0) })
  }

  @Test func `a smaller total is taken from a user who has less than nothing`() async throws {
    let first = message(1, .hold, .purchase, 100, 90_000)
    let forced = message(2, .clearing, .clearing, 200, 50_000)
    let less = message(3, .hold, .replacement, 102, 40_000, of: first)
    try await play([first, forced, less].map { .message($0) })
  }

  @Test func `a replacement with nothing ends the payment`() async throws {
    let first = message(1, .hold, .purchase, 100, 90_000)
    let none = message(2, .advice, .replacement, 102, 0, of: first)
    try await play([first, none].map { .message($0) })
  }

  // MARK: What no model is needed for

  @Test func `a hold from before there was a deposit ends without one`() async throws {
    let fixture = try LedgerFixture()
    let euro = try #require(Currency(code: "EUR"))
    let ids = try await fixture.importLines([
      .partner(reference: "p", name: "p"),
      .program(
        reference: "p",
        partner: "p",
        ProgramDraft(
          partner: PartnerID(1),
          name: "p",
          binRange: try #require(BINRange(from: 400_000_000, to: 400_000_099)),
          currency: euro,
          funding: .deposit
        )
      ),
      .customer(reference: "u", partner: "p", CustomerProfile(externalID: "u"), .strong),
      .balance(reference: "b", customer: "u", program: "p", euro, reload: nil),
      .card(reference: "c", balance: "b", try TestCard(0).material()),
    ])
    let partner = try #require(PartnerID(text: ids[0]))
    let balance = try #require(BalanceID(text: ids[3]))
    let card = try TestCard(0)
    let advice = message(1, .advice, .purchase, 100, 500)
    let clearing = message(2, .clearing, .clearing, 201, 500, of: advice)
    try await fixture.submit(try advice.request(card, approval: nil))
    #expect(try await fixture.balance(balance).held == Money(500))
    try await fixture.accept(.openPartnerBalance(partner, .deposit, euro))
    try await fixture.submit(try clearing.request(card, approval: nil))
    #expect(try await fixture.balance(balance).held == .zero)
    #expect(try await fixture.balance(balance).ledger == Money(-500))
    let deposit = try await fixture.partnerBalance(partner, .deposit, euro)
    #expect(deposit.held == .zero)
    try await fixture.expectConsistent()
  }

  @Test func `a clearing of what was asked before the card was issued is booked on its balance`()
    async throws
  {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .credit, backing: 1_000, funds: 1_000)
    let card = try TestCard(77)
    let first = message(1, .hold, .purchase, 100, 500)
    let clearing = message(2, .clearing, .clearing, 201, 500, of: first)
    let answer = try await fixture.submit(try first.request(card, approval: nil))
    #expect(answer.reason == .cardUnknown)
    try await fixture.importLines([
      .card(reference: "late", balance: "EUR-400000000-b0", try card.material())
    ])
    try await fixture.submit(try clearing.request(card, approval: nil))
    #expect(try await fixture.balance(world.balances[0]).ledger == Money(500))
    try await fixture.expectConsistent()
  }

  // MARK: Nothing at all

  @Test func `an advice that holds nothing begins a payment that has ended`() async throws {
    for (ask, function) in [(PaymentMessage.Ask.replacement, UInt16(102)), (.increment, 187)] {
      let nothing = message(1, .advice, ask, function, 0) { $0.reference = "R1" }
      let more = message(2, .advice, .increment, 187, 0) { $0.reference = "R1" }
      let raise = message(3, .hold, .increment, 187, 500) { $0.reference = "R1" }
      let told = message(4, .advice, .increment, 187, 500) { $0.reference = "R1" }
      var reversal = message(5, .reversalAdvice, .reversal, 400, 500)
      reversal.time = nothing.time
      reversal.policy.secondReversal = .previouslyReversed
      var clearing = message(6, .clearing, .clearing, 201, 300, of: nothing)
      clearing.reference = "R1"
      try await play([nothing, more, raise, told, reversal, clearing].map { .message($0) })

      let fixture = try LedgerFixture()
      let world = try await TestWorld(fixture, .deposit, backing: 10_000, funds: 10_000)
      let first = try await fixture.submit(nothing.request(world.cards[0], approval: nil))
      #expect(first.actionCode == .adviceAccepted)
      let id = try #require(first.authorization)
      let record = try await fixture.ledger.read { (view) throws(LedgerError) in
        try view.authorization(id)
      }
      #expect(record?.standing == PaymentStanding(state: .reversed))
      #expect(record?.expires == nil)
      let second = try await fixture.submit(reversal.request(world.cards[0], approval: nil))
      #expect(second.actionCode == .previouslyReversed)
      #expect(second.authorization == id)
      try await fixture.expectConsistent()
    }
  }

  @Test func `a hold that a total of nothing ended has no end to wait for`() async throws {
    let first = message(1, .hold, .purchase, 100, 500) { $0.reference = "R1" }
    let nothing = message(2, .advice, .replacement, 102, 0, of: first) { $0.reference = "R1" }
    let reversal = message(3, .reversalAdvice, .reversal, 400, 500, of: first) {
      $0.policy.secondReversal = .previouslyReversed
    }
    try await play([first, nothing, reversal].map { .message($0) })

    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 10_000, funds: 10_000)
    _ = try await fixture.submit(first.request(world.cards[0], approval: nil))
    let outcome = try await fixture.submit(nothing.request(world.cards[0], approval: nil))
    let id = try #require(outcome.authorization)
    let record = try await fixture.ledger.read { (view) throws(LedgerError) in
      try view.authorization(id)
    }
    #expect(record?.standing == PaymentStanding(state: .reversed))
    #expect(record?.expires == nil)
    try await fixture.expectConsistent()
  }

  @Test func `an increment of nothing leaves the hold as it is`() async throws {
    let first = message(1, .hold, .purchase, 100, 500)
    let asked = message(2, .hold, .increment, 187, 0, of: first)
    let told = message(3, .advice, .increment, 187, 0, of: first)
    let reversal = message(4, .reversalAdvice, .reversal, 400, 0, of: told)
    try await play([first, asked, told, reversal].map { .message($0) })
  }

  @Test func `a clearing of nothing ends the hold where the merchant keeps none`() async throws {
    for category: UInt16 in [5411, 4511] {
      let first = message(1, .hold, .purchase, 100, 500) { $0.category = category }
      let clearing = message(2, .clearing, .clearing, 202, 0, of: first) { $0.category = category }
      let undone = message(3, .reversalAdvice, .reversal, 400, 0, of: clearing)
      let reversal = message(4, .reversalAdvice, .reversal, 400, 500, of: first)
      try await play([first, clearing, undone, reversal].map { .message($0) })
    }
    let unknown = message(1, .clearing, .clearing, 200, 0)
    let void = message(2, .clearing, .void, 200, 0, of: unknown)
    try await play([unknown, void].map { .message($0) })
  }

  @Test func `a debit that is presented as nothing has nothing left to undo`() async throws {
    let first = message(1, .debit, .purchase, 200, 500)
    let presentment = message(2, .clearing, .clearing, 202, 0, of: first)
    let reversal = message(3, .reversalAdvice, .reversal, 400, 500, of: first)
    let part = message(4, .reversalAdvice, .partialReversal, 401, 100, of: first) {
      $0.other = 500
    }
    try await play([first, presentment, reversal, part].map { .message($0) })
  }

  @Test func `a partial reversal to the same amount changes nothing and one to nothing ends it`()
    async throws
  {
    let first = message(1, .hold, .purchase, 100, 500)
    let same = message(2, .reversalAdvice, .partialReversal, 401, 500, of: first) { $0.other = 500 }
    let nothing = message(3, .reversalAdvice, .partialReversal, 401, 0, of: first) {
      $0.other = 500
    }
    let again = message(4, .reversalAdvice, .reversal, 400, 500, of: first) {
      $0.policy.secondReversal = .previouslyReversed
    }
    try await play([first, same, nothing, again].map { .message($0) })
  }

  // MARK: Cash and charges

  /// A message at a machine, where one authorization may come to 60.00 EUR.
  private func withdrawal(
    _ serial: UInt64,
    _ kind: AuthorizationRequest.Kind,
    _ ask: PaymentMessage.Ask,
    _ function: UInt16,
    _ amount: Int64,
    of original: PaymentMessage? = nil
  ) -> PaymentMessage {
    message(serial, kind, ask, function, amount, of: original) { $0.category = 6011 }
  }

  @Test func `a payment comes to no more than its merchants may ask for`() async throws {
    let most = withdrawal(1, .hold, .purchase, 100, 6_000)
    let over = withdrawal(2, .hold, .purchase, 100, 6_001)
    let booked = withdrawal(3, .debit, .purchase, 200, 6_001)
    let part = withdrawal(4, .hold, .purchase, 181, 6_001)
    try await play([most, over, booked, part].map { .message($0) })

    let first = withdrawal(1, .hold, .purchase, 100, 4_000)
    let tooMuch = withdrawal(2, .hold, .increment, 187, 2_001, of: first)
    let enough = withdrawal(3, .hold, .increment, 187, 2_000, of: first)
    let tooLarge = withdrawal(4, .hold, .replacement, 102, 6_001, of: first)
    let smaller = withdrawal(5, .hold, .replacement, 102, 5_000, of: first)
    try await play([first, tooMuch, enough, tooLarge, smaller].map { .message($0) })
  }

  @Test func `what is told of a payment has no limit`() async throws {
    let first = withdrawal(1, .hold, .purchase, 100, 4_000)
    let told = withdrawal(2, .advice, .increment, 187, 5_000, of: first)
    let clearing = withdrawal(3, .clearing, .clearing, 201, 9_500, of: first)
    let another = withdrawal(4, .advice, .purchase, 100, 7_000)
    let credit = withdrawal(5, .hold, .credit, 100, 7_000)
    try await play([first, told, clearing, another, credit].map { .message($0) })
  }

  @Test func `the limit is what is billed in the currency of the balance`() async throws {
    func dollars(_ serial: UInt64, _ amount: Int64, billed: Int64? = nil) -> PaymentMessage {
      var message = withdrawal(serial, .hold, .purchase, 100, amount)
      (message.currency, message.billing) = ("USD", billed)
      return message
    }
    // 64.25 USD are 60.00 EUR at 0.92 and 1.5 percent; the buffer of the hold does not count.
    let most = dollars(1, 6_425)
    let over = dollars(2, 6_426)
    let billed = dollars(3, 9_000, billed: 6_000)
    let overBilled = dollars(4, 5_000, billed: 6_001)
    var charged = withdrawal(5, .hold, .purchase, 100, 5_900)
    charged.surcharge = 101
    try await play([most, over, billed, overBilled, charged].map { .message($0) })
  }

  @Test(arguments: [
    // Machine, balance and limit in euro: refused above the limit only.
    (UInt16(6011), "EUR", Int64(6_000), ActionCode.approved),
    (6011, "EUR", 6_001, .exceedsAmountLimit), (6010, "EUR", 6_001, .exceedsAmountLimit),
    (6012, "EUR", 6_001, .approved),
    // A balance in another currency than the limit has none.
    (6011, "USD", 6_001, .approved),
  ])
  func `a limit holds where category and currency are its own`(
    category: UInt16,
    currency: String,
    amount: Int64,
    code: ActionCode
  ) async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(
      fixture,
      .deposit,
      currency: currency,
      backing: 100_000,
      funds: 100_000
    )
    let euro = try #require(Currency(code: "EUR"))
    let group = MerchantGroup(
      name: "cash",
      categories: [6010...6011],
      mostAmount: Amount(minorUnits: 6_000, currency: euro)
    )
    try await fixture.accept(.setMerchantGroup(group))
    func ask(_ serial: UInt64) async throws -> AuthorizationOutcome {
      var request = try world.cards[0].request(serial, try world.amount(amount))
      request.trace.merchantCategory = category
      return try await fixture.submit(request)
    }
    let outcome = try await ask(1)
    #expect(outcome.actionCode == code)
    let id = try #require(outcome.authorization)
    let record = try await fixture.ledger.read { (view) throws(LedgerError) in
      try view.authorization(id)
    }
    let isRefused = code != .approved
    #expect(record?.failedChecks.contains(.velocityAmount) == isRefused)
    #expect(record?.reason == (isRefused ? .velocityAmount : nil))
    // Taken away it holds no more, and after a restart it is what it was.
    try fixture.restart()
    #expect(try await ask(2).actionCode == code)
    try await fixture.accept(.removeMerchantGroup(name: "cash"))
    #expect(try await ask(3).actionCode == .approved)
    try await fixture.expectConsistent()
  }

  @Test func `cash in another currency is held against the limit as it is billed`() async throws {
    func purchase(_ serial: UInt64, cash: Int64) -> PaymentMessage {
      message(serial, .hold, .purchase, 100, 10_000) {
        ($0.currency, $0.billing, $0.cashBack) = ("JPY", 8_000, cash)
      }
    }
    // A programme of these tests gives 20.00 EUR with a purchase: 2500 of these yen.
    try await play([.message(purchase(1, cash: 2_500)), .message(purchase(2, cash: 2_501))])
  }

  @Test func `a charge makes no credit larger`() async throws {
    let credit = message(1, .debit, .credit, 200, 1_000) { $0.surcharge = 50 }
    try await play([.message(credit)])
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 10_000, funds: 10_000)
    _ = try await fixture.submit(credit.request(world.cards[0], approval: nil))
    #expect(try await fixture.balance(world.balances[0]).ledger == Money(11_000))
  }

  // MARK: Several cards, blocked and closed balances

  @Test func `a payment of another card of the balance is another payment`() async throws {
    let first = message(1, .hold, .purchase, 100, 500) {
      ($0.reference, $0.life) = ("R1", 5)
    }
    var raise = message(2, .hold, .increment, 187, 100, of: first) {
      ($0.reference, $0.life) = ("R1", 5)
    }
    raise.card = 1
    var reversal = message(3, .reversalAdvice, .reversal, 400, 500, of: first)
    (reversal.card, reversal.time) = (1, first.time)
    let clearing = message(4, .clearing, .clearing, 201, 500, of: first)
    try await play([first, raise, reversal, clearing].map { .message($0) })
  }

  @Test func `a blocked balance takes what is told and credits, and nothing that is asked`()
    async throws
  {
    let first = message(1, .hold, .purchase, 100, 500)
    let raise = message(2, .hold, .increment, 187, 100, of: first)
    let told = message(3, .advice, .increment, 187, 100, of: first)
    let credit = message(4, .debit, .credit, 200, 300)
    let asked = message(5, .debit, .purchase, 200, 100)
    let clearing = message(6, .clearing, .clearing, 201, 600, of: first)
    try await play(
      [.message(first), .block] + [raise, told, credit, asked, clearing].map { .message($0) }
        + [.unblock, .message(message(7, .debit, .purchase, 200, 100))]
    )
  }
}
