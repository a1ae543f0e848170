import Authorization
import Synchronization
import Telemetry
import Testing

@testable import Ledger

/// Reads of what the books do not show yet.
struct UnpostedReadTests {
  /// A ledger whose poster is held up, so that whatever is read comes from the writer or not at all.
  private func held(
    _ body: (LedgerFixture, TestWorld) async throws -> Void
  ) async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(
      fixture,
      .deposit,
      users: 3,
      backing: 90_000,
      funds: 9_000
    )
    try await fixture.expectConsistent()
    let posted = fixture.ledger.positions.posted
    let blocker = try fixture.ledger.holdPostings()
    defer { blocker.release() }
    try await body(fixture, world)
    #expect(fixture.ledger.positions.posted == posted, "a read made the ledger post")
  }

  @Test(.timeLimit(.minutes(1)))
  func `a read of single records shows what was answered and waits for no posting`() async throws {
    try await held { fixture, world in
      let outcome = try await fixture.authorize(world.cards[0], world.amount(100))
      let id = try #require(outcome.authorization)
      #expect(try await fixture.balance(world.balances[0]).held == Money(100))
      #expect(
        try await fixture.partnerBalance(world.partner, .deposit, world.currency).held == Money(100)
      )
      let record = try await fixture.ledger.read { (view) throws(LedgerError) in
        try view.authorization(id)
      }
      #expect(record?.card == world.cardIDs[0])
      try await fixture.accept(.lockCard(world.cardAddress(1), .lost, .inside))
      #expect(try await fixture.card(world.cardIDs[1]).lock == .lost)
      try await fixture.accept(.setKYC(world.address(2), .rejected, .none, .partner))
      let customer = try await fixture.ledger.read { (view) throws(LedgerError) in
        try view.customer(world.users[2])
      }
      #expect(customer?.kycStatus == .rejected)
      try await fixture.accept(
        .reloadBalance(world.balanceAddress(1), try world.amount(5), reference: "r")
      )
      #expect(try await fixture.balance(world.balances[1]).ledger == Money(9_005))
      let (position, totals) = try await fixture.ledger.read { (view) throws(LedgerError) in
        (try view.position(), try view.totals())
      }
      #expect(position.sequence == fixture.ledger.positions.durable)
      #expect(totals.first { $0.kind == .user }?.ledger == Money(27_005))
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `lists of authorizations begin with what is not posted`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, users: 2, backing: 90_000, funds: 9_000)
    var ids: [AuthorizationID] = []
    for number in 0..<20 {
      let outcome = try await fixture.authorize(world.cards[number % 2], world.amount(1))
      ids.append(try #require(outcome.authorization))
    }
    try await fixture.expectConsistent()
    let blocker = try fixture.ledger.holdPostings()
    defer { blocker.release() }
    for number in 20..<40 {
      let outcome = try await fixture.authorize(world.cards[number % 2], world.amount(1))
      ids.append(try #require(outcome.authorization))
    }
    // Within what is not posted, across its end, and behind it.
    for (after, limit) in [
      (nil, 5), (nil, 33), (ids[30], 5), (ids[30], 25), (ids[20], 3), (ids[8], 4),
    ]
      as [(AuthorizationID?, Int)]
    {
      let (all, ofBalance, ofCard) = try await fixture.ledger.read { (view) throws(LedgerError) in
        (
          try view.authorizations(.all, after: after, limit: limit) { _ in true }.found,
          try view.authorizations(.balance(world.balances[0]), after: after, limit: limit) { _ in
            true
          }.found,
          try view.authorizations(.card(world.cardIDs[0]), after: after, limit: limit) {
            $0.id.number % 4 != 0
          }.found
        )
      }
      let below = ids.reversed().filter { after == nil || $0 < after ?? $0 }
      #expect(all.map(\.id) == Array(below.prefix(limit)))
      let even = below.filter { ids.firstIndex(of: $0).map { $0 % 2 == 0 } ?? false }
      #expect(ofBalance.map(\.id) == Array(even.prefix(limit)))
      #expect(ofCard.map(\.id) == Array(even.filter { $0.number % 4 != 0 }.prefix(limit)))
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a list waits for what joins it and for nothing else`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, users: 3, backing: 90_000, funds: 9_000)
    try await fixture.expectConsistent()
    let posted = fixture.ledger.positions.posted
    let blocker = try fixture.ledger.holdPostings()
    try await fixture.authorize(world.cards[0], world.amount(7))
    let balances = try await fixture.ledger.read { (view) throws(LedgerError) in
      try view.balances(of: world.users[0], after: nil, limit: 10)
    }
    #expect(balances.map(\.1.held) == [Money(7)])
    #expect(fixture.ledger.positions.posted == posted)
    let created = try await fixture.accept(
      .createCustomer(world.partner, CustomerProfile(externalID: "new"))
    )
    guard case .customer(let record) = created else { throw LedgerError.stopped }
    let ledger = fixture.ledger
    let partner = world.partner
    let listed = Atomic(false)
    async let customers = {
      let found = try await ledger.read { (view) throws(LedgerError) in
        try view.customers(of: partner, after: nil, limit: 10)
      }
      listed.store(true, ordering: .releasing)
      return found
    }()
    try await Task.sleep(for: .milliseconds(50))
    let wasEarly = listed.load(ordering: .acquiring)
    #expect(!wasEarly, "the list does not show who joined it")
    blocker.release()
    #expect(try await customers.map(\.id) == world.users + [record.id])
  }

  /// Somebody changes and reads at once, whatever the writer and the poster do meanwhile.
  @Test(.timeLimit(.minutes(2)))
  func `every read under load shows what its caller was answered`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(
      fixture,
      .deposit,
      users: 8,
      backing: 90_000_000,
      funds: 9_000_000
    )
    let ledger = fixture.ledger
    let isOver = Atomic(false)
    let one = try world.amount(1)
    let requests = try (0..<4_000).map {
      try world.cards[4 + $0 % 4].request(1_000_000 + UInt64($0), one)
    }
    // Load from elsewhere on other cards, so that batches are mixed and layers change hands.
    async let load: Int = {
      let inbox = CollectingInbox()
      let id = ledger.register(inbox)
      let deadline = MonotonicTime.now().advanced(by: .seconds(120))
      var ticket: UInt64 = 0
      while !isOver.load(ordering: .acquiring), ticket < UInt64(requests.count) {
        for _ in 0..<10 {
          _ = ledger.submit(requests[Int(ticket)], to: id, ticket: ticket, deadline: deadline)
          ticket += 1
        }
        try await Task.sleep(for: .milliseconds(2))
      }
      return Int(ticket)
    }()
    var random = SeededRandom(test: "UnpostedReadTests")
    var expected = [Int64](repeating: 0, count: 4)
    var booked = [Int64](repeating: 9_000_000, count: 4)
    var newest = [AuthorizationID?](repeating: nil, count: 4)
    for step in 0..<400 {
      let user = Int.random(in: 0..<4, using: &random)
      switch Int.random(in: 0..<80, using: &random) {
      case 0..<40:
        let outcome = try await fixture.authorize(world.cards[user], world.amount(3))
        expected[user] += 3
        newest[user] = outcome.authorization
      case 40..<64:
        try await fixture.accept(
          .reloadBalance(world.balanceAddress(user), try world.amount(2), reference: "\(step)")
        )
        booked[user] += 2
      case 64:
        _ = try await fixture.ledger.prove()
      default:
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...9, using: &random)))
      }
      let reader = Int.random(in: 0..<4, using: &random)
      let record = try await fixture.balance(world.balances[reader])
      #expect(record.held == Money(expected[reader]), "step \(step)")
      #expect(record.ledger == Money(booked[reader]), "step \(step)")
      let listed = try await ledger.read { (view) throws(LedgerError) in
        try view.authorizations(.card(world.cardIDs[reader]), after: nil, limit: 3) { _ in true }
      }
      #expect(listed.found.first?.id == newest[reader], "step \(step)")
    }
    isOver.store(true, ordering: .releasing)
    #expect(try await load > 0)
    try await fixture.expectConsistent()
  }

  @Test func `a read after the end sees everything`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 9_000, funds: 9_000)
    try await fixture.authorize(world.cards[0], world.amount(100))
    fixture.ledger.stop()
    #expect(try await fixture.balance(world.balances[0]).held == Money(100))
  }
}
