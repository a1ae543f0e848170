import Authorization
import CLMDB
import Cryptography
import Foundation
import Testing

@testable import Ledger

/// Faults planted in the books and the journal, each of which the proof must name.
struct ProofTests {
  /// One planted fault and a part of the sentence that must tell it.
  struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var told: String
    var plant: @Sendable (String) throws -> Void
    var testDescription: String { name }
  }

  /// The first user's balance.
  private static let user = withUnsafeBytes(of: AccountID(.user, 1).word) { Array($0) }
  private static let deposit = withUnsafeBytes(of: AccountID(.deposit, 1).word) { Array($0) }

  private static func books(
    _ name: String,
    _ told: String,
    _ edit: @escaping @Sendable (LMDBAccess, Schema) throws -> Void
  ) -> Fault {
    Fault(name: name, told: told) { try RecoveryTests.editBooks($0, edit) }
  }

  static let faults: [Fault] = [
    books("a booked sum", "booked and") { access, schema in
      try access.editRow(schema.accounts, user) { $0[0] ^= 1 }
    },
    books("a booked sum of the deposit", "booked and") { access, schema in
      try access.editRow(schema.accounts, deposit) { $0[0] ^= 1 }
    },
    books("a booked sum that overflows", "add up to") { access, schema in
      try access.editRow(schema.accounts, user) { $0.replaceSubrange(0..<8, with: huge) }
      try access.editRow(schema.accounts, deposit) { $0.replaceSubrange(0..<8, with: huge) }
    },
    books("a negative sum that overflows", "negative available") { access, schema in
      try access.editRow(schema.accounts, user) {
        $0.replaceSubrange(0..<8, with: [0, 0, 0, 0, 0, 0, 0, 0x80])
      }
    },
    books("a held sum", "held") { access, schema in
      try access.editRow(schema.accounts, user) { $0[8] ^= 4 }
    },
    books("a negative held sum", "holds a negative sum") { access, schema in
      try access.editRow(schema.accounts, user) { $0[15] = 0xFF }
    },
    books("a balance's state", "is BLOCKED") { access, schema in
      try access.editRow(schema.accounts, user) { $0[46] = 2 }
    },
    books("a balance's state out of range", "outside its range") { access, schema in
      try access.editRow(schema.accounts, user) { $0[46] = 77 }
    },
    books("a balance's currency", "another currency") { access, schema in
      try access.editRow(schema.accounts, user) { $0.replaceSubrange(44..<46, with: [0x48, 0x03]) }
    },
    books("a chain head", "newest authorization") { access, schema in
      try access.editRow(schema.accounts, user) { $0[16] = 1 }
    },
    books("an account too many", "in no journal entry") { access, schema in
      let bytes = try #require(try access.value(schema.accounts, AccountID(.user, 1).word))
      let copy = Array(bytes)
      try copy.withKey { (bytes) throws(LedgerError) in
        try access.put(schema.accounts, AccountID(.user, 999).word, bytes)
      }
    },
    books("an account too few", "accounts, the journal gives") { access, schema in
      try delete(access, schema.accounts, user)
    },
    books("a card's lock", "another state or lock") { access, schema in
      try editCard(access, schema) { $0[23] = 0 }
    },
    books("a card's lock out of range", "outside its range") { access, schema in
      try editCard(access, schema) { $0[23] = 200 }
    },
    books("a card's balance", "not what the journal gives") { access, schema in
      try editCard(access, schema) { $0[8] = 2 }
    },
    books("a card's month", "not what the journal gives") { access, schema in
      try editCard(access, schema) { $0[20] ^= 4 }
    },
    books("a total", "maintained total") { access, schema in
      try access.editRow(schema.totals, TotalKey(stored: .user).storedBytes) { $0[0] ^= 1 }
    },
    books("a total's number of accounts", "maintained total") { access, schema in
      try access.editRow(schema.totals, TotalKey(stored: .deposit).storedBytes) { $0[8] ^= 1 }
    },
    books("a missing total", "is not maintained") { access, schema in
      try delete(access, schema.totals, TotalKey(stored: .user).storedBytes)
    },
    books("an authorization's amount", "not in the books as it was decided") { access, schema in
      try access.editRow(schema.authorizations, withUnsafeBytes(of: UInt64(2)) { Array($0) }) {
        $0[40] ^= 1
      }
    },
    books("an authorization's answer", "not in the books as it was decided") { access, schema in
      try access.editRow(schema.authorizations, withUnsafeBytes(of: UInt64(3)) { Array($0) }) {
        $0[145] = 1
      }
    },
    books("a missing authorization", "not in the books as it was decided") { access, schema in
      try delete(access, schema.authorizations, withUnsafeBytes(of: UInt64(1)) { Array($0) })
    },
    books("a forgotten message", "is not remembered") { access, schema in
      var first: [UInt8] = []
      try access.walk(schema.duplicates, from: .first) { (key, _) throws(LedgerError) in
        first = Array(key)
        return false
      }
      try delete(access, schema.duplicates, first)
    },
    books("a missing user", "users, the journal gives") { access, schema in
      try delete(access, schema.customers, withUnsafeBytes(of: UInt64(1)) { Array($0) })
    },
    books("the number of events", "the books number the next event") { access, schema in
      try access.editRow(schema.meta, BooksState.key) { $0[Self.nextEvent] ^= 1 }
    },
    books("the head of the chain", "another chain head") { access, schema in
      try access.editRow(schema.meta, BooksState.key) { $0[20] ^= 1 }
    },
    books("a total of a business day", "have 1 debits of") { access, schema in
      try access.editRow(schema.dayTotals, try dayTotals()) { $0[40] ^= 1 }
    },
    books("a number of a business day", "declines of") { access, schema in
      try access.editRow(schema.dayTotals, try dayTotals()) { $0[16] ^= 1 }
    },
    books("a negative total of a business day", "outside its range") { access, schema in
      try access.editRow(schema.dayTotals, try dayTotals()) { $0[15] = 0x80 }
    },
    books("missing totals of a business day", "totals of days, the journal gives") {
      access,
      schema in
      try delete(access, schema.dayTotals, try dayTotals())
    },
    books("a business day", "business day 1 is not what the journal gives") { access, schema in
      try access.editRow(schema.networkDays, [0, 1]) { $0[10] ^= 1 }
    },
    books("a missing business day", "business days, the journal gives") { access, schema in
      try delete(access, schema.networkDays, [0, 1])
    },
    Fault(name: "a link of the chain", told: "does not follow from the one before it") {
      try reseal($0, entry: 6) { $0[40] ^= 1 }
    },
    Fault(name: "an entry with other content", told: "does not follow from the one before it") {
      try reseal($0, entry: 4) { $0[JournalEntryLayout.headerBytes + 4 + 40] ^= 1 }
    },
    Fault(name: "an entry's first event", told: "numbers its events from") {
      try reseal($0, entry: 6) { $0[64] ^= 1 }
    },
    Fault(name: "the first event of the last entry", told: "the books number the next event") {
      try reseal($0, entry: 7) { $0[64] ^= 1 }
    },
    Fault(name: "an entry's time", told: "goes back in time") {
      try reseal($0, entry: 6) { $0[21] = 0 }
    },
    Fault(name: "an entry without its checksum", told: "does not have its checksum") {
      try RecoveryTests.editJournal($0, entry: 6) { $0[70] ^= 1 }
    },
    Fault(name: "an entry cut off", told: "cut off") {
      try RecoveryTests.editJournal($0, entry: 6) { $0 = Array($0.prefix(60)) }
    },
    Fault(name: "a missing end", told: "the journal ends before entry") { path in
      try RecoveryTests.withJournal(path) { access, table in
        var last: [UInt8] = []
        try access.walk(table, from: .last) { (key, _) throws(LedgerError) in
          last = Array(key)
          return false
        }
        try delete(access, table, last)
      }
    },
  ]

  /// Where the state has the number of the next event: behind format, position, hash, time and the
  /// numbers before it.
  private static let nextEvent = 4 + 8 + 32 + 8 + 7 * 8 + 4

  private static let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]

  private static func delete(_ access: LMDBAccess, _ table: LMDBTable, _ key: [UInt8]) throws {
    try key.withKey { (bytes) throws(LedgerError) in
      var key = MDB_val(bytes)
      try check("delete", mdb_del(access.transaction, table.handle, &key, nil))
    }
  }

  /// The totals of the one business day.
  private static func dayTotals() throws -> [UInt8] {
    DayTotalsKey(day: NetworkDayID(1), currency: try #require(Currency(code: "EUR"))).storedBytes
  }

  private static func editCard(
    _ access: LMDBAccess,
    _ schema: Schema,
    _ edit: (inout [UInt8]) -> Void
  ) throws {
    let token = try TestCard(0).token
    let key = try token.withStoredBytes { Array($0) }
    try access.editRow(schema.cards, key, edit)
  }

  /// Changes an entry and gives it a right checksum again, as somebody who knows the format would.
  private static func reseal(
    _ path: String,
    entry: UInt64,
    _ edit: (inout [UInt8]) -> Void
  ) throws {
    try RecoveryTests.editJournal(path, entry: entry) { bytes in
      edit(&bytes)
      let body = Array(bytes.dropLast(32))
      let hash = body.withUnsafeBytes { SHA256.digest(of: $0) }
      bytes = body + hash.withBytes { Array($0) }
    }
  }

  /// A closed directory with a locked card, a hold, a debit and a decline.
  private func directory() async throws -> String {
    let path = LedgerFixture.newPath()
    let fixture = try LedgerFixture(path: path, network: "default")
    let world = try await TestWorld(fixture, .deposit, users: 3, backing: 9_000, funds: 1_000)
    try await fixture.authorize(world.cards[0], try world.amount(30))
    try await fixture.authorize(world.cards[0], try world.amount(20), kind: .debit)
    try await fixture.authorize(world.cards[0], try world.amount(5_000))
    try await fixture.accept(.lockCard(world.cardAddress(), .stolen, .outside))
    try await fixture.authorize(world.cards[1], try world.amount(20))
    return path
  }

  @Test(arguments: faults)
  func `a planted fault is told`(fault: Fault) async throws {
    let path = try await directory()
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try Ledger.check(directory: path).differences == [])
    try fault.plant(path)
    let proof = try Ledger.check(directory: path)
    #expect(!proof.isConsistent)
    #expect(
      proof.differences.contains { $0.contains(fault.told) },
      "\(fault.name): \(proof.differences)"
    )
  }

  @Test func `a proof has the sums of every currency`() async throws {
    let fixture = try LedgerFixture()
    let euro = try await TestWorld(fixture, .deposit, users: 2, backing: 9_000, funds: 1_000)
    let dollars = try await TestWorld(
      fixture,
      .credit,
      currency: "USD",
      leadingNine: 500_000_000,
      backing: 700,
      funds: 600
    )
    try await fixture.authorize(euro.cards[0], try euro.amount(30))
    try await fixture.authorize(dollars.cards[0], try dollars.amount(50))
    let proof = try await fixture.ledger.prove()
    #expect(proof.isConsistent)
    #expect(proof.currencies.map(\.currency.code) == ["EUR", "USD"])
    #expect(proof.currencies.map(\.usersHeld) == [Money(30), Money(50)])
    #expect(proof.currencies.map(\.depositsHeld) == [Money(30), .zero])
    #expect(proof.currencies[0].ledger[.user] == Money(2_000))
    #expect(proof.currencies[0].ledger[.deposit] == Money(9_000))
    #expect(proof.currencies[1].ledger[.credit] == Money(100))
    #expect(proof.currencies[1].ledger[.bank] == Money(-700))
    #expect(proof.sequence == fixture.ledger.positions.durable)
    #expect(proof.entries == proof.sequence + 1)
  }
}

extension TotalKey {
  /// The total of a kind in the tests' currency.
  fileprivate init(stored kind: AccountKind) throws {
    self.init(kind: kind, currency: try #require(Currency(code: "EUR")))
  }
}
