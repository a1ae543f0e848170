import Authorization
import Foundation
import Synchronization
import Telemetry
import Testing

@testable import Ledger

/// Many threads at one balance.
struct ConcurrencyTests {
  /// Sixty-four threads submit holds and debits on one balance until nothing is left.
  @Test(arguments: [(deposit: 5_000, user: 9_000), (deposit: 9_000, user: 5_000)])
  func `sixty-four threads take exactly what both legs bear`(
    deposit: Int64,
    user: Int64
  ) async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(
      fixture,
      .deposit,
      cardsEach: 8,
      backing: deposit,
      funds: user
    )
    let threads = 64
    let each = 40
    let ledger = fixture.ledger
    let inbox = CollectingInbox()
    let id = ledger.register(inbox)
    var requests: [[AuthorizationRequest]] = []
    for thread in 0..<threads {
      requests.append([])
      for number in 0..<each {
        // Amounts of 1 at the end, so that the last cent can be reached.
        requests[thread].append(
          try world.cards[thread % 8].request(
            UInt64(thread * each + number),
            try world.amount(number < each / 2 ? Int64(1 + (thread + number) % 9) : 1),
            kind: number % 3 == 0 ? .debit : .hold
          )
        )
      }
    }
    let work = requests
    let deadline = MonotonicTime.now().advanced(by: .seconds(60))
    let taken = Atomic(0)
    for thread in 0..<threads {
      Thread.detachNewThread {
        for (number, request) in work[thread].enumerated() {
          let ticket = UInt64(thread * each + number)
          if ledger.submit(request, to: id, ticket: ticket, deadline: deadline) {
            taken.add(1, ordering: .relaxed)
          }
        }
      }
    }
    let outcomes = await inbox.take(threads * each)
    #expect(taken.load(ordering: .relaxed) == threads * each)
    var held: Int64 = 0
    var debited: Int64 = 0
    for (ticket, outcome) in outcomes where outcome.reason == nil {
      let request = work[Int(ticket) / each][Int(ticket) % each]
      switch request.kind {
      case .hold: held += request.amount.minorUnits
      case .debit: debited += request.amount.minorUnits
      default: Issue.record("only purchases were asked")
      }
    }
    #expect(held + debited == min(deposit, user))
    let short = Set(outcomes.values.compactMap(\.reason))
    #expect(short == [deposit < user ? .insufficientDeposit : .insufficientUserFunds])
    let balance = try await fixture.balance(world.balances[0])
    #expect(balance.held.minorUnits == held)
    #expect(balance.ledger.minorUnits == user - debited)
    let backing = try await fixture.partnerBalance(world.partner, .deposit, world.currency)
    #expect(backing.held.minorUnits == held)
    #expect(backing.ledger.minorUnits == deposit - debited)
    try await fixture.expectConsistent()
  }

  @Test func `the same message from sixty-four threads is decided once`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 500, funds: 500)
    let ledger = fixture.ledger
    let inbox = CollectingInbox()
    let id = ledger.register(inbox)
    let request = try world.cards[0].request(1, try world.amount(10))
    let deadline = MonotonicTime.now().advanced(by: .seconds(60))
    for thread in UInt64(0)..<64 {
      Thread.detachNewThread {
        _ = ledger.submit(request, to: id, ticket: thread, deadline: deadline)
      }
    }
    let outcomes = await inbox.take(64)
    #expect(outcomes.values.count { $0.origin == .decided } == 1)
    #expect(outcomes.values.count { $0.origin == .repeated } == 63)
    #expect(Set(outcomes.values.map(\.approvalCode)).count == 1)
    #expect(Set(outcomes.values.map(\.decided)).count == 1)
    #expect(try await fixture.balance(world.balances[0]).held == Money(10))
  }

  @Test func `a thousand top-ups of 1 on a credit of 500 move exactly 500`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .credit, backing: 500, funds: 0)
    let ledger = fixture.ledger
    let one = try world.amount(1)
    let address = world.balanceAddress()
    let refusals = try await withThrowingTaskGroup(of: CommandRefusal?.self) { group in
      for _ in 0..<1_000 {
        group.addTask {
          let command = ManagementCommand.reloadBalance(address, one, reference: "r")
          guard case .refused(let refusal) = try await ledger.perform(command) else { return nil }
          return refusal
        }
      }
      var refusals: [CommandRefusal?] = []
      for try await refusal in group { refusals.append(refusal) }
      return refusals
    }
    #expect(refusals.count { $0 == nil } == 500)
    #expect(refusals.count { $0 == .insufficientPartnerFunds } == 500)
    #expect(try await fixture.balance(world.balances[0]).ledger == Money(500))
    let credit = try await fixture.partnerBalance(world.partner, .credit, world.currency)
    #expect(credit.ledger == .zero)
    try await fixture.expectConsistent()
  }

  @Test func `the same command from many tasks runs once`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 500, funds: 0)
    let ledger = fixture.ledger
    let identity = fixture.nextIdentity()
    let five = try world.amount(5)
    let address = world.balanceAddress()
    let ledgers = try await withThrowingTaskGroup(of: Int64.self) { group in
      for _ in 0..<100 {
        group.addTask {
          let outcome = try await ledger.perform(
            .reloadBalance(address, five, reference: "r"),
            identity: identity
          )
          guard case .account(_, let record) = outcome else { return -1 }
          return record.ledger.minorUnits
        }
      }
      return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
    }
    #expect(ledgers == [5])
    #expect(try await fixture.balance(world.balances[0]).ledger == Money(5))
  }

  @Test func `a lock holds for the first request after its answer`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 90_000, funds: 90_000)
    let one = try world.amount(1)
    for _ in 0..<50 {
      try await fixture.accept(.lockCard(world.cardAddress(), .pendingQuery, .inside))
      #expect(try await fixture.authorize(world.cards[0], one).reason == .cardLockedPendingQuery)
      try await fixture.accept(.unlockCard(world.cardAddress()))
      #expect(try await fixture.authorize(world.cards[0], one).reason == nil)
    }
  }

  @Test func `a read sees everything that was answered before it`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 90_000, funds: 90_000)
    for number in Int64(1)...100 {
      try await fixture.authorize(world.cards[0], try world.amount(1))
      #expect(try await fixture.balance(world.balances[0]).held == Money(number))
    }
  }

  @Test func `a full queue refuses and goes on`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 90_000, funds: 90_000)
    let inbox = CollectingInbox()
    let id = fixture.ledger.register(inbox)
    let gate = DispatchSemaphore(value: 0)
    let isHeld = Atomic(false)
    fixture.clock.atEachReading {
      if isHeld.compareExchange(
        expected: true,
        desired: false,
        ordering: .acquiringAndReleasing
      ).exchanged {
        gate.wait()
      }
    }
    isHeld.store(true, ordering: .releasing)
    let deadline = MonotonicTime.now().advanced(by: .seconds(60))
    let request = try world.cards[0].request(1, try world.amount(1))
    var taken = 0
    for ticket in UInt64(0)..<100_000 {
      if fixture.ledger.submit(request, to: id, ticket: ticket, deadline: deadline) { taken += 1 }
    }
    #expect(taken < 100_000)
    #expect(taken >= LedgerLimits.queuedAuthorizations)
    gate.signal()
    let outcomes = await inbox.take(taken)
    fixture.clock.atEachReading(nil)
    #expect(outcomes.values.count { $0.origin == .decided } == 1)
    #expect(inbox.batches.allSatisfy { $0 <= LedgerLimits.batchAuthorizations })
    #expect(try await fixture.balance(world.balances[0]).held == Money(1))
  }

  @Test func `stopping answers what waits and refuses the rest`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 90_000, funds: 90_000)
    let inbox = CollectingInbox()
    let id = fixture.ledger.register(inbox)
    let deadline = MonotonicTime.now().advanced(by: .seconds(60))
    var taken = 0
    for serial in UInt64(0)..<2_000 {
      let request = try world.cards[0].request(serial, try world.amount(1))
      if fixture.ledger.submit(request, to: id, ticket: serial, deadline: deadline) { taken += 1 }
    }
    fixture.ledger.stop()
    #expect(inbox.soFar.count == taken)
    #expect(inbox.soFar.values.allSatisfy { $0.origin == .decided })
    let late = try world.cards[0].request(9_999, try world.amount(1))
    #expect(!fixture.ledger.submit(late, to: id, ticket: 9_999, deadline: deadline))
    await #expect(throws: LedgerError.stopped) {
      try await fixture.ledger.perform(.createPartner(name: "late"))
    }
    #expect(!fixture.ledger.isServing)
    #expect(fixture.ledger.positions.durable == fixture.ledger.positions.posted)
    try fixture.restart()
    #expect(try await fixture.balance(world.balances[0]).held == Money(Int64(taken)))
  }

  @Test(.timeLimit(.minutes(5)))
  func `a writer with too much unposted waits, goes on, and keeps memory bounded`() async throws {
    let path = LedgerFixture.newPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let limit = 64
    do {
      let registry = MetricsRegistry()
      var settings = Ledger.Settings(
        directory: path,
        vaultFingerprint: LedgerFixture.fingerprint
      )
      settings.clock = TestClock().ledgerClock
      settings.unpostedRecords = limit
      settings.fault = { Issue.record("the ledger failed: \($0)") }
      let metrics = LedgerMetrics(registry: registry)
      let ledger = try Ledger(settings, metrics: metrics)
      let started = metrics.posting.count
      for round in 0..<50 {
        for result in await Self.createPartners(ledger, 20, "r\(round)") {
          #expect(throws: Never.self) { try result.get() }
        }
      }
      // A thousand partners, at most a limit and a batch of them in memory: without waiting there
      // would be a posting a second.
      #expect(metrics.posting.count - started >= 5)
      ledger.stop()
      #expect(ledger.positions.durable == ledger.positions.posted)
    }
    let fixture = try LedgerFixture(path: path)
    let count = try await fixture.ledger.read { (view) throws(LedgerError) in
      try view.partners(after: nil, limit: .max).count
    }
    #expect(count == 1_000)
    try await fixture.expectConsistent()
  }

  private static func createPartners(
    _ ledger: Ledger,
    _ count: Int,
    _ name: String
  ) async -> [Result<CommandOutcome, LedgerError>] {
    await withTaskGroup(of: Result<CommandOutcome, LedgerError>.self) { group in
      for number in 0..<count {
        group.addTask {
          do throws(LedgerError) {
            return .success(try await ledger.perform(.createPartner(name: "\(name)/\(number)")))
          } catch {
            return .failure(error)
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `an idle ledger drops what is posted without being asked`() async throws {
    let path = LedgerFixture.newPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let metrics = LedgerMetrics(registry: MetricsRegistry())
    let settings = Ledger.Settings(directory: path, vaultFingerprint: LedgerFixture.fingerprint)
    let ledger = try Ledger(settings, metrics: metrics)
    defer { ledger.stop() }
    _ = try await ledger.perform(.createPartner(name: "p"))
    // No further command comes: the poster posts within its delay and wakes the writer.
    while metrics.unposted.value != 0 || ledger.positions.posted != ledger.positions.durable {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(
      try await ledger.read { (view) throws(LedgerError) in
        try view.partners(after: nil, limit: .max).count
      } == 1
    )
  }
}
