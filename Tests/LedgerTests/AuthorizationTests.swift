import Authorization
import Telemetry
import Testing

@testable import Ledger

/// Holds and debits over both legs, and what is remembered of messages.
struct AuthorizationTests {
  /// Row S-112: deposit, user's funds, what comes out.
  static let cases: [(deposit: Int64, user: Int64, reason: DeclineReason?)] = [
    (100, 100, nil), (100, 99, .insufficientUserFunds), (99, 100, .insufficientDeposit),
    (99, 99, .insufficientDeposit),
  ]

  @Test(arguments: [false, true])
  func `a hold needs both legs and takes both or none`(restarts: Bool) async throws {
    for (deposit, user, reason) in Self.cases {
      let fixture = try LedgerFixture()
      let world = try await TestWorld(fixture, .deposit, backing: deposit, funds: user)
      if restarts { try fixture.restart() }
      let request = try world.cards[0].request(1, try world.amount(100))
      let outcome = try await fixture.submit(request)
      #expect(outcome.reason == reason)
      #expect(outcome.actionCode.text == (reason == nil ? "0000" : "1016"))
      #expect((outcome.approvalCode == nil) == (reason != nil))
      if restarts { try fixture.restart() }
      let balance = try await fixture.balance(world.balances[0])
      let backing = try await fixture.partnerBalance(world.partner, .deposit, world.currency)
      #expect(balance.ledger == Money(user))
      #expect(balance.held == Money(reason == nil ? 100 : 0))
      #expect(backing.ledger == Money(deposit))
      #expect(backing.held == Money(reason == nil ? 100 : 0))
      let again = try await fixture.submit(request)
      #expect(again.origin == .repeated)
      #expect(again.reason == reason)
      try await fixture.expectConsistent()
    }
  }

  @Test func `a debit moves the money through both legs at once`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 500, funds: 300)
    let outcome = try await fixture.authorize(
      world.cards[0],
      try world.amount(120),
      kind: .debit
    )
    #expect(outcome.actionCode == .approved)
    let balance = try await fixture.balance(world.balances[0])
    #expect(balance.ledger == Money(180))
    #expect(balance.held == .zero)
    let backing = try await fixture.partnerBalance(world.partner, .deposit, world.currency)
    #expect(backing.ledger == Money(380))
    let proof = try await fixture.ledger.prove()
    #expect(proof.isConsistent)
    let euro = try #require(proof.currencies.first)
    #expect(euro.ledger[.settlement] == Money(120))
    #expect(euro.ledger[.bank] == Money(-680))
    #expect(euro.sum == .zero)
  }

  @Test func `a debit in a credit programme pays the network from the balance`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .credit, backing: 500, funds: 300)
    #expect(
      try await fixture.authorize(world.cards[0], try world.amount(300), kind: .debit).reason == nil
    )
    let short = try await fixture.authorize(world.cards[0], try world.amount(1))
    #expect(short.reason == .insufficientUserFunds)
    let proof = try await fixture.ledger.prove()
    #expect(proof.isConsistent)
    let euro = try #require(proof.currencies.first)
    #expect(euro.ledger[.settlement] == Money(300))
    #expect(euro.ledger[.credit] == Money(200))
    #expect(euro.ledger[.bank] == Money(-500))
  }

  @Test func `a deposit that nobody opened backs nothing`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 500, funds: 300)
    // A second programme of the partner, in a currency without a deposit.
    let dollars = try #require(Currency(code: "USD"))
    let card = try TestCard(7, leadingNine: 500_000_000)
    try await fixture.importLines([
      .program(
        reference: "g2",
        partner: "EUR-400000000",
        ProgramDraft(
          partner: world.partner,
          name: "dollars",
          binRange: try #require(BINRange(from: 500_000_000, to: 500_000_000)),
          currency: dollars,
          funding: .deposit,
          insufficientDepositCode: .doNotHonour
        )
      ),
      .balance(
        reference: "b2",
        customer: "EUR-400000000-u0",
        program: "g2",
        dollars,
        reload: Amount(minorUnits: 1_000, currency: dollars)
      ), .card(reference: "c2", balance: "b2", try card.material()),
    ])
    let amount = try #require(Amount(minorUnits: 10, currency: dollars))
    let outcome = try await fixture.authorize(card, amount)
    #expect(outcome.reason == .insufficientDeposit)
    #expect(outcome.actionCode == .doNotHonour)
    // Opened and reloaded later, it backs from then on.
    try await fixture.accept(.openPartnerBalance(world.partner, .deposit, dollars))
    #expect(try await fixture.authorize(card, amount).reason == .insufficientDeposit)
    try await fixture.accept(
      .reloadPartnerBalance(world.partner, .deposit, amount, bankReference: "usd-1")
    )
    #expect(try await fixture.authorize(card, amount).reason == nil)
    try fixture.restart()
    #expect(try await fixture.authorize(card, amount).reason == .insufficientDeposit)
    try await fixture.expectConsistent()
  }

  @Test func `an unknown number is told by its range`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 500, funds: 300)
    let amount = try world.amount(1)
    let inside = try await fixture.authorize(try TestCard(9), amount)
    #expect(inside.reason == .cardUnknown)
    #expect(inside.actionCode.text == "1018")
    let outside = try await fixture.authorize(try TestCard(9, leadingNine: 499_999_999), amount)
    #expect(outside.reason == .panInvalid)
    #expect(outside.actionCode.text == "1011")
    let record = try await fixture.ledger.read { (view) throws(LedgerError) in
      try view.authorization(outside.authorization ?? AuthorizationID(0))
    }
    #expect(record?.card == nil)
    #expect(record?.balance == nil)
    try await fixture.expectConsistent()
  }

  @Test(arguments: LockCode.allCases)
  func `each lock declines with its own code and each reversible one can be taken off`(
    code: LockCode
  ) async throws {
    // From rows S-089 to S-096.
    let wire: [UInt8: String] = [
      1: "2008", 2: "2009", 3: "1000", 4: "1016", 5: "1018", 6: "1006", 7: "1002", 8: "1011",
    ]
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 500, funds: 300)
    #expect(try await fixture.authorize(world.cards[0], try world.amount(10)).reason == nil)
    try await fixture.accept(.lockCard(world.cardAddress(), code, .outside))
    let declined = try await fixture.authorize(world.cards[0], try world.amount(10))
    #expect(declined.actionCode.text == wire[code.rawValue])
    #expect(declined.reason == DeclineReason(lock: code))
    try fixture.restart()
    #expect(try await fixture.card(world.cardIDs[0]).lockOrigin == .outside)
    let refusal = try await fixture.refusal(.unlockCard(world.cardAddress()))
    #expect(refusal == (code.isIrreversible ? .lockIrreversible : nil))
    let after = try await fixture.authorize(world.cards[0], try world.amount(10))
    #expect((after.reason == nil) == !code.isIrreversible)
    let held = try await fixture.balance(world.balances[0]).held
    #expect(held == Money(code.isIrreversible ? 10 : 20))
    try await fixture.expectConsistent()
  }

  @Test func `a card is good until its month ends`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 500, funds: 300, expiry: 2606)
    let end = CivilDate.daysSinceEpoch(year: 2026, month: 7, day: 1) * 86_400_000_000
    fixture.clock.set(end - 2)
    #expect(try await fixture.authorize(world.cards[0], try world.amount(10)).reason == nil)
    fixture.clock.set(end - 1)
    let late = try await fixture.authorize(world.cards[0], try world.amount(10))
    #expect(late.reason == .cardExpired)
    #expect(late.decided == Instant(microsecondsSinceEpoch: end))
    // Stamps never go back, not even over a restart with a clock that does.
    fixture.clock.set(end - 1_000_000)
    try fixture.restart()
    let afterwards = try await fixture.authorize(world.cards[0], try world.amount(10))
    #expect(afterwards.decided >= late.decided)
    #expect(afterwards.reason == .cardExpired)
  }

  // MARK: Repeats

  @Test func `a repeat is answered from the record and holds nothing`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 500, funds: 100)
    let approved = try world.cards[0].request(1, try world.amount(60))
    let declined = try world.cards[0].request(2, try world.amount(60))
    let first = try await fixture.submit([approved, declined, approved, declined, approved])
    #expect(first.map(\.origin) == [.decided, .decided, .repeated, .repeated, .repeated])
    #expect(first.map(\.reason) == [nil, .insufficientUserFunds, nil, .insufficientUserFunds, nil])
    // What was declined stays declined when the money has come.
    try await fixture.accept(
      .reloadBalance(world.balanceAddress(), try world.amount(1_000), reference: "r")
    )
    for round in 0..<3 {
      if round == 1 { try fixture.restart() }
      if round == 2 { try fixture.restart { try RecoveryFiles.removeBooks(fixture.path) } }
      let again = try await fixture.submit([approved, declined])
      #expect(again.map(\.origin) == [.repeated, .repeated])
      #expect(again.map(\.reason) == [nil, .insufficientUserFunds])
      #expect(again[0].approvalCode == first[0].approvalCode)
      #expect(again[0].authorization == first[0].authorization)
      #expect(again[0].decided == first[0].decided)
      #expect(again[1].decided == first[1].decided)
    }
    #expect(try await fixture.balance(world.balances[0]).held == Money(60))
    try await fixture.expectConsistent()
  }

  @Test func `the same key with other content is a conflict and changes nothing`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 500, funds: 100)
    let request = try world.cards[0].request(1, try world.amount(60))
    let other = try world.cards[0].request(1, try world.amount(10))
    #expect(try await fixture.submit([request, other]).map(\.origin) == [.decided, .conflicting])
    try fixture.restart()
    let conflict = try await fixture.submit(other)
    #expect(conflict.origin == .conflicting)
    #expect(conflict.actionCode.text == "9113")
    #expect(conflict.authorization == nil)
    #expect(try await fixture.balance(world.balances[0]).held == Money(60))
    #expect(try await fixture.submit(request).origin == .repeated)
  }

  @Test func `a request that waited too long is not decided, its repeat is`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 500, funds: 100)
    let inbox = CollectingInbox()
    let id = fixture.ledger.register(inbox)
    let request = try world.cards[0].request(1, try world.amount(60))
    #expect(fixture.ledger.submit(request, to: id, ticket: 1, deadline: .init(nanoseconds: 0)))
    let late = try #require(await inbox.take(1)[1])
    #expect(late.origin == .tooOld)
    #expect(late.actionCode.text == "9109")
    #expect(try await fixture.balance(world.balances[0]).held == .zero)
    #expect(try await fixture.submit(request).origin == .decided)
    // Once decided, an answer that comes late is still the answer.
    #expect(fixture.ledger.submit(request, to: id, ticket: 2, deadline: .init(nanoseconds: 0)))
    #expect(await inbox.take(1)[2]?.origin == .repeated)
  }

  @Test func `approval codes of neighbours differ and look alike to nobody`() {
    var seen: Set<String> = []
    for number in UInt64(1)...50_000 {
      let code = ApprovalCode(AuthorizationID(number)).text
      #expect(code.utf8.count == 6)
      #expect(seen.insert(code).inserted)
    }
    #expect(!seen.contains { $0.contains { "ILOU".contains($0) } })
    // An odd factor and a whole power of two: the first repeat is 2^30 later.
    #expect(ApprovalCode(AuthorizationID(1)) == ApprovalCode(AuthorizationID(1 + 1 << 30)))
    #expect(ApprovalCode(AuthorizationID(1)) != ApprovalCode(AuthorizationID(1 + 1 << 29)))
  }

  @Test func `lists show the newest first and go on where they stopped`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(
      fixture,
      .deposit,
      users: 2,
      cardsEach: 2,
      backing: 50_000,
      funds: 1_000
    )
    var requests: [AuthorizationRequest] = []
    for number in 0..<40 {
      requests.append(try world.cards[number % 4].request(UInt64(number), try world.amount(1)))
    }
    try await fixture.submit(requests)
    let (all, ofBalance, ofCard) = try await fixture.ledger.read {
      (view) throws(LedgerError) -> ([UInt64], [UInt64], [UInt64]) in
      var lists: [[UInt64]] = []
      for filter in [
        BooksView.AuthorizationFilter.all, .balance(world.balances[1]), .card(world.cardIDs[3]),
      ] {
        var numbers: [UInt64] = []
        var after: AuthorizationID?
        while true {
          let page = try view.authorizations(filter, after: after, limit: 3) { _ in true }.found
          guard let last = page.last else { break }
          numbers += page.map(\.id.number)
          after = last.id
        }
        lists.append(numbers)
      }
      return (lists[0], lists[1], lists[2])
    }
    #expect(all == Array((1...40).reversed()))
    #expect(ofBalance == (1...40).reversed().filter { [3, 0].contains($0 % 4) })
    #expect(ofCard == (1...40).reversed().filter { $0 % 4 == 0 })
  }
}
