import Authorization
import Foundation
import Synchronization
import Testing

@testable import Ledger

/// The feed of events: what is in it, how it is numbered, and that it reads the same for ever.
struct EventTests {
  /// All events of a ledger behind one, page after page.
  private func walk(
    _ ledger: Ledger,
    after: UInt64 = 0,
    limit: Int = 200,
    where filter: EventFilter = EventFilter()
  ) async throws -> [LedgerEvent] {
    var events: [LedgerEvent] = []
    var place = after
    while true {
      let page = try await ledger.events(after: place, limit: limit, where: filter)
      #expect(page.events.count <= limit)
      events += page.events
      #expect(page.next > place || !page.hasMore)
      place = page.next
      guard page.hasMore else { return events }
    }
  }

  private func expectGapless(
    _ events: [LedgerEvent],
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(
      events.map(\.number) == (0..<events.count).map { UInt64($0) + 1 },
      sourceLocation: location
    )
    #expect(zip(events, events.dropFirst()).allSatisfy { $0.time <= $1.time })
  }

  /// The events that a plain walk over the journal's effects gives.
  private func counted(_ ledger: Ledger) throws -> (events: UInt64, types: [EventType]) {
    var types: [EventType] = []
    var next: UInt64 = 1
    try ledger.journal.read(from: 0) { (sequence, bytes) throws(LedgerError) in
      let entry = try JournalEntry(verifying: bytes, at: sequence)
      #expect(entry.firstEvent == next, "entry \(sequence)")
      try entry.forEachEffect { effect in
        #expect(effect.isEvent == (effect.eventType != nil))
        guard let type = effect.eventType else { return }
        next += 1
        types.append(type)
      }
      return true
    }
    return (next - 1, types)
  }

  // MARK: What is an event

  @Test func `each change is one event of its type, in the order of the changes`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .credit, backing: 9_000, funds: 1_000)
    let founding = try await walk(fixture.ledger)
    #expect(
      founding.map(\.type) == [
        .partnerBalanceCreated, .partnerBalanceReloaded, .customerCreated, .balanceCreated,
        .balanceUpdated, .cardCreated,
      ]
    )
    let held = try await fixture.authorize(world.cards[0], try world.amount(30))
    try await fixture.authorize(world.cards[0], try world.amount(20), kind: .debit)
    try await fixture.authorize(world.cards[0], try world.amount(5_000))
    let payment = try #require(held.authorization)
    try await fixture.accept(.releaseHold(payment, because: "by telephone"))
    try await fixture.accept(.lockCard(world.cardAddress(), .pendingQuery, .inside))
    try await fixture.accept(.unlockCard(world.cardAddress()))
    try await fixture.accept(.setBalanceState(world.balanceAddress(), .blocked))
    try await fixture.accept(.setKYC(world.address(), .accepted, .basic, .partner))
    try await fixture.accept(.removeCard(world.cardAddress()))
    let events = try await walk(fixture.ledger)
    expectGapless(events)
    #expect(
      events.dropFirst(founding.count).map(\.type) == [
        .authorizationApproved, .transactionCleared, .authorizationDeclined,
        .authorizationReleased, .cardLocked, .cardUnlocked, .balanceUpdated, .kycUpdated,
        .cardRemoved,
      ]
    )
    #expect(events.allSatisfy { $0.partner == world.partner })
    let released = try #require(events.first { $0.type == .authorizationReleased })
    guard case .payment(let told) = released.subject else {
      Issue.record("a release is about a payment")
      return
    }
    #expect(told.record.id == payment && told.record.state == .expired)
    #expect(told.record.held == .zero && told.customer == world.users[0])
    #expect(told.entry?.note == "by telephone")
    #expect(try counted(fixture.ledger).types == events.map(\.type))
  }

  @Test func `an event reads the same when its object has changed since`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 9_000, funds: 1_000)
    let held = try await fixture.authorize(world.cards[0], try world.amount(30))
    try await fixture.accept(.lockCard(world.cardAddress(), .pendingQuery, .inside))
    let before = try await walk(fixture.ledger)
    try await fixture.accept(.releaseHold(try #require(held.authorization), because: "x"))
    try await fixture.accept(.unlockCard(world.cardAddress()))
    try await fixture.accept(.lockCard(world.cardAddress(), .stolen, .outside))
    try await fixture.accept(.setKYC(world.address(), .rejected, .none, .platform))
    try await fixture.authorize(world.cards[0], try world.amount(30), kind: .debit)
    let after = try await walk(fixture.ledger)
    for (event, again) in zip(before, after) { #expect(event == again) }
    try fixture.restart()
    let reopened = try await walk(fixture.ledger)
    for (event, again) in zip(before, reopened) { #expect(event == again) }
  }

  @Test func `a hold that ran out while the ledger was closed is one event`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 9_000, funds: 1_000, expiry: 9912)
    for _ in 0..<3 { try await fixture.authorize(world.cards[0], try world.amount(30)) }
    try fixture.restart { fixture.clock.advance(days: 30) }
    #expect(try await fixture.ledger.endExpiredHolds(seesEverything: true) == 3)
    #expect(try await fixture.ledger.endExpiredHolds(seesEverything: true) == 0)
    let expired = try await walk(
      fixture.ledger,
      where: EventFilter(type: .authorizationExpired)
    )
    let payments = expired.compactMap { event -> AuthorizationID? in
      if case .payment(let payment) = event.subject { payment.record.id } else { nil }
    }
    #expect(payments.count == 3 && Set(payments).count == 3)
  }

  // MARK: Numbering

  @Test(arguments: JournalKind.allCases)
  func `pages of any size give one walk, live, after a restart and from the journal alone`(
    kind: JournalKind
  ) async throws {
    var random = SeededRandom(test: "EventTests")
    let fixture = try LedgerFixture(journal: kind)
    let stage = try await PaymentStage(fixture, [.credit, .deposit], usersEach: 20, funds: 90_000)
    var life = RandomLife(random: random)
    for _ in 0..<4 {
      try await stage.play((0..<stage.width).map { _ in life.steps() })
    }
    let (count, types) = try counted(fixture.ledger)
    let whole = try await walk(fixture.ledger)
    expectGapless(whole)
    #expect(whole.map(\.type) == types && fixture.ledger.lastEvent == count && count > 500)
    for limit in [1, 7, 50] + (0..<5).map({ _ in Int.random(in: 2...200, using: &random) }) {
      #expect(try await walk(fixture.ledger, limit: limit) == whole, "limit \(limit)")
    }
    for _ in 0..<50 {
      let after = UInt64.random(in: 0...count, using: &random)
      let page = try await fixture.ledger.events(after: after, limit: 3)
      #expect(page.events == Array(whole.dropFirst(Int(after)).prefix(3)))
    }
    for type in EventType.allCases {
      let some = try await walk(fixture.ledger, limit: 20, where: EventFilter(type: type))
      #expect(some == whole.filter { $0.type == type })
    }
    try fixture.restart()
    #expect(fixture.ledger.lastEvent == count)
    #expect(try await walk(fixture.ledger) == whole)
    try fixture.restart { try FileManager.default.removeItem(atPath: fixture.path + "/books") }
    #expect(fixture.ledger.lastEvent == count)
    #expect(try await walk(fixture.ledger) == whole)
    try await fixture.expectConsistent()
  }

  @Test(arguments: JournalKind.allCases)
  func `a reader beside the writer sees each event once and none before it is durable`(
    kind: JournalKind
  ) async throws {
    let fixture = try LedgerFixture(journal: kind)
    let world = try await TestWorld(
      fixture,
      .deposit,
      users: 10,
      backing: 9_000_000,
      funds: 900_000
    )
    let ledger = fixture.ledger
    let isDone = Atomic(false)
    let reading = Task {
      var events: [LedgerEvent] = []
      while true {
        let wasDone = isDone.load(ordering: .acquiring)
        let page = try await ledger.events(after: UInt64(events.count), limit: 37)
        events += page.events
        if wasDone, !page.hasMore { return events }
        if page.events.isEmpty { await Task.yield() }
      }
    }
    for _ in 0..<60 {
      var requests: [AuthorizationRequest] = []
      for card in world.cards {
        requests.append(try card.request(fixture.nextSerial(), try world.amount(1)))
      }
      try await fixture.submit(requests)
    }
    isDone.store(true, ordering: .releasing)
    let events = try await reading.value
    expectGapless(events)
    #expect(events.filter { $0.type == .authorizationApproved }.count == 600)
    #expect(UInt64(events.count) == ledger.lastEvent)
  }

  @Test func `a reader that begins behind the end gets nothing and stays there`() async throws {
    let fixture = try LedgerFixture()
    let empty = try await fixture.ledger.events(after: 0, limit: 10)
    #expect(empty.events.isEmpty && empty.next == 0 && !empty.hasMore)
    _ = try await TestWorld(fixture, .deposit, backing: 9_000, funds: 1_000)
    for after in [fixture.ledger.lastEvent, fixture.ledger.lastEvent + 1, .max] {
      let page = try await fixture.ledger.events(after: after, limit: 10)
      #expect(page.events.isEmpty && page.next == after && !page.hasMore)
    }
  }

  @Test(arguments: JournalKind.allCases)
  func `many entries without events are passed in one step`(kind: JournalKind) async throws {
    let fixture = try LedgerFixture(journal: kind)
    let world = try await TestWorld(fixture, .deposit, backing: 9_000, funds: 1_000)
    let before = fixture.ledger.lastEvent
    for number in 0..<(3 * LedgerLimits.entriesWithoutEvents) {
      try await fixture.accept(.noteSweep(hour: UInt32(number + 1)))
    }
    try await fixture.authorize(world.cards[0], try world.amount(30))
    let page = try await fixture.ledger.events(after: before - 1, limit: 10)
    #expect(page.events.map(\.number).first == before)
    let rest = try await walk(fixture.ledger, after: before - 1)
    #expect(rest.map(\.number) == [before, before + 1])
    expectGapless(try await walk(fixture.ledger))
  }

  // MARK: Whose

  @Test func `a partner sees its own events, and a quiet one is not shown the others' again`()
    async throws
  {
    let fixture = try LedgerFixture()
    let loud = try await TestWorld(fixture, .deposit, users: 5, backing: 900_000, funds: 90_000)
    let quiet = try await TestWorld(
      fixture,
      .credit,
      leadingNine: 500_000_000,
      backing: 900,
      funds: 90
    )
    for _ in 0..<100 {
      try await fixture.submit(
        try loud.cards.map { try $0.request(fixture.nextSerial(), try loud.amount(1)) }
      )
    }
    // No partner's: no card has the number.
    try await fixture.authorize(try TestCard(77, leadingNine: 600_000_000), try loud.amount(1))
    let whole = try await walk(fixture.ledger)
    #expect(whole.last?.partner == nil)
    for world in [loud, quiet] {
      let own = try await walk(
        fixture.ledger,
        limit: 30,
        where: EventFilter(partner: world.partner)
      )
      #expect(own == whole.filter { $0.partner == world.partner })
    }
    let page = try await fixture.ledger.events(
      after: try #require(whole.last { $0.partner == quiet.partner }).number,
      limit: 10,
      where: EventFilter(partner: quiet.partner)
    )
    #expect(page.events.isEmpty && page.next == fixture.ledger.lastEvent && !page.hasMore)
  }
}
