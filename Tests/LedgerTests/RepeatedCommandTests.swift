import Authorization
import Testing

@testable import Ledger

/// Management requests that are sent twice (row A-084), and imports that are.
struct RepeatedCommandTests {
  /// The stored form of an outcome, to compare every field of it.
  private func bytes(_ outcome: CommandOutcome) -> [UInt8] { outcome.storedBytes }

  @Test func `a repeated command is answered in the same words for ever`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .credit, users: 2, backing: 150, funds: 0)
    let address = world.balanceAddress()
    let commands: [ManagementCommand] = [
      .createPartner(name: "Ünïcode & Söhne"),
      .createCustomer(world.partner, CustomerProfile(externalID: "e", email: "x@y")),
      .reloadBalance(address, try world.amount(100), reference: "a"),
      // Refused, and remembered as refused although it would be accepted later.
      .reloadBalance(address, try world.amount(100), reference: "b"),
      .createCustomer(world.partner, CustomerProfile(externalID: "e")),
      .lockCard(world.cardAddress(), .consolidation, .inside),
      .unlockCard(world.cardAddress()), .unlockCard(world.cardAddress()),
      .openBalance(world.address(), world.program, world.currency),
      .reloadPartnerBalance(
        world.partner,
        .credit,
        try world.amount(1_000),
        bankReference: "bank"
      ), .setBalanceState(world.balanceAddress(1), .closed),
      .setBalanceState(world.balanceAddress(1), .closed),
    ]
    var answers: [(RequestIdentity, [UInt8])] = []
    for (number, command) in commands.enumerated() {
      let identity = fixture.nextIdentity(content: UInt64(number))
      let outcome = try await fixture.ledger.perform(command, identity: identity)
      answers.append((identity, bytes(outcome)))
      let isRefusal = if case .refused = outcome { true } else { false }
      #expect(isRefusal == [3, 4, 7, 11].contains(number), "\(command)")
    }
    let durable = fixture.ledger.positions.durable
    for round in 0..<3 {
      if round == 1 { try fixture.restart() }
      if round == 2 { try fixture.restart { try RecoveryFiles.removeBooks(fixture.path) } }
      for (number, command) in commands.enumerated() {
        let (identity, answer) = answers[number]
        let again = try await fixture.ledger.perform(command, identity: identity)
        #expect(bytes(again) == answer)
        var other = identity
        other.content &+= 1
        #expect(try await fixture.refusal(command, other) == .idempotencyConflict)
      }
    }
    // A conflict is not remembered over the first answer, and nothing of all this was written.
    #expect(fixture.ledger.positions.durable == durable)
    #expect(try await fixture.balance(world.balances[0]).ledger == Money(100))
    try await fixture.expectConsistent()
  }

  @Test func `without a key each command counts`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 0, funds: 0)
    let command = ManagementCommand.reloadBalance(
      world.balanceAddress(),
      try world.amount(7),
      reference: "same"
    )
    try await fixture.accept(command)
    try await fixture.accept(command)
    #expect(try await fixture.balance(world.balances[0]).ledger == Money(14))
  }

  // MARK: Imports

  private func file(_ partner: String = "p") throws -> [ImportLine] {
    let euro = try #require(Currency(code: "EUR"))
    return [
      .partner(reference: partner, name: "Acme"),
      .program(
        reference: "g",
        partner: partner,
        ProgramDraft(
          partner: PartnerID(1),
          name: "g",
          binRange: try #require(BINRange(from: 400_000_000, to: 400_000_999)),
          currency: euro,
          funding: .deposit
        )
      ),
      .partnerBalance(
        partner: partner,
        .deposit,
        euro,
        reload: Amount(minorUnits: 900, currency: euro)
      ), .customer(reference: "u", partner: partner, CustomerProfile(externalID: "1"), .strong),
      .balance(
        reference: "b",
        customer: "u",
        program: "g",
        euro,
        reload: Amount(minorUnits: 50, currency: euro)
      ), .card(reference: "c", balance: "b", try TestCard(1).material()),
    ]
  }

  private func run(_ fixture: LedgerFixture, _ lines: [ImportLine]) async throws -> [ImportResult] {
    guard case .imported(let results) = try await fixture.ledger.perform(.importLines(lines)) else {
      Issue.record("an import answers with its lines")
      return []
    }
    return results
  }

  @Test func `the same file again changes nothing`() async throws {
    let fixture = try LedgerFixture()
    let first = try await run(fixture, try file())
    #expect(first.allSatisfy { $0.status == .created })
    #expect(first.map { $0.id?.prefix(3) } == ["prt", "prg", "pbl", "usr", "bal", "crd"])
    let durable = fixture.ledger.positions.durable
    for round in 0..<3 {
      if round == 1 { try fixture.restart() }
      if round == 2 { try fixture.restart { try RecoveryFiles.removeBooks(fixture.path) } }
      let again = try await run(fixture, try file() + file())
      #expect(again.allSatisfy { $0.status == .unchanged })
      #expect(again.map(\.id) == first.map(\.id) + first.map(\.id))
      #expect(fixture.ledger.positions.durable == durable)
    }
    #expect(try await fixture.balance(BalanceID(1)).ledger == Money(50))
    try await fixture.expectConsistent()
  }

  @Test func `a line is applied completely or not at all`() async throws {
    let fixture = try LedgerFixture()
    let euro = try #require(Currency(code: "EUR"))
    _ = try await run(fixture, try file())
    let durable = fixture.ledger.positions.durable
    let far = try TestCard(1, leadingNine: 499_999_999)
    var bad = try TestCard(2).material()
    bad.number.isPlausible = false
    let yen = try #require(Currency(code: "JPY"))
    let lines: [(ImportLine, CommandRefusal)] = [
      // Its user's name is taken, so neither the user nor its reference may come to be.
      (
        .customer(
          reference: "u2",
          partner: "p",
          CustomerProfile(externalID: "1", phone: "+1"),
          .strong
        ), .userExists
      ), (.customer(reference: "u2", partner: "?", CustomerProfile(), .strong), .referenceUnknown),
      (.customer(reference: "u", partner: "p", CustomerProfile(), .strong), .referenceConflict),
      (.partner(reference: "p", name: "Other"), .referenceConflict),
      (
        .balance(
          reference: "b2",
          customer: "u",
          program: "g",
          euro,
          reload: Amount(minorUnits: 0, currency: euro)
        ), .amountInvalid
      ),
      (
        .balance(
          reference: "b2",
          customer: "u",
          program: "g",
          euro,
          reload: Amount(minorUnits: 5, currency: yen)
        ), .currencyMismatch
      ),
      (
        .balance(reference: "b2", customer: "u", program: "g", yen, reload: nil),
        .currencyNotSupported
      ),
      (
        .balance(reference: "b2", customer: "?", program: "g", euro, reload: nil), .referenceUnknown
      ),
      (
        .balance(reference: "b2", customer: "u", program: "?", euro, reload: nil), .referenceUnknown
      ),
      (
        .partnerBalance(
          partner: "p",
          .credit,
          euro,
          reload: Amount(minorUnits: 5, currency: yen)
        ), .currencyMismatch
      ),
      (
        .partnerBalance(
          partner: "p",
          .deposit,
          euro,
          reload: Amount(minorUnits: 901, currency: euro)
        ), .referenceConflict
      ), (.partnerBalance(partner: "?", .deposit, euro, reload: nil), .referenceUnknown),
      (.card(reference: "c2", balance: "b", try TestCard(1).material()), .cardExists),
      (.card(reference: "c2", balance: "?", try TestCard(2).material()), .referenceUnknown),
      (.card(reference: "c2", balance: "b", try far.material()), .panOutOfRange),
      (.card(reference: "c2", balance: "b", bad), .panInvalid),
      (
        .card(reference: "c", balance: "b", try TestCard(1).material(expiry: 2912)),
        .referenceConflict
      ),
    ]
    let results = try await run(fixture, lines.map(\.0))
    for ((line, refusal), result) in zip(lines, results) {
      #expect(result.status == .refused(refusal), "\(line)")
      #expect(result.id == nil)
    }
    #expect(fixture.ledger.positions.durable == durable)
    // Everything that a refused line would have named is still free.
    let after = try await run(
      fixture,
      [
        .customer(reference: "u2", partner: "p", CustomerProfile(phone: "+1"), .strong),
        .balance(reference: "b2", customer: "u2", program: "g", euro, reload: nil),
        .card(reference: "c2", balance: "b2", try TestCard(2).material()),
        .partnerBalance(partner: "p", .credit, euro, reload: nil),
        .partnerBalance(partner: "p", .deposit, euro, reload: nil),
      ]
    )
    #expect(after.map(\.status) == [.created, .created, .created, .created, .unchanged])
    #expect(after.map { $0.id?.suffix(2) } == ["02", "02", "02", "02", "01"])
    try await fixture.expectConsistent()
  }

  @Test func `lines of one command see what lines before them made`() async throws {
    let fixture = try LedgerFixture()
    var lines = try file()
    lines.swapAt(4, 5)
    let results = try await run(fixture, lines)
    #expect(results[4].status == .refused(.referenceUnknown))
    #expect(results[5].status == .created)
    let again = try await run(fixture, lines)
    #expect(again[4].status == .created)
    #expect(again[5].status == .unchanged)
    let euro = try #require(Currency(code: "EUR"))
    let amount = try #require(Amount(minorUnits: 1, currency: euro))
    #expect(try await fixture.authorize(TestCard(1), amount).reason == nil)
  }

  @Test func `a top-up in an import of a credit programme is paid by the credit`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .credit, users: 1, backing: 100, funds: 60)
    let line = ImportLine.balance(
      reference: "second",
      customer: "EUR-400000000-u0",
      program: "EUR-400000000",
      world.currency,
      reload: try world.amount(60)
    )
    #expect(try await run(fixture, [line])[0].status == .refused(.insufficientPartnerFunds))
    try await fixture.accept(
      .reloadPartnerBalance(world.partner, .credit, try world.amount(20), bankReference: "x")
    )
    #expect(try await run(fixture, [line])[0].status == .created)
    let credit = try await fixture.partnerBalance(world.partner, .credit, world.currency)
    #expect(credit.ledger == .zero)
    try await fixture.expectConsistent()
  }
}
