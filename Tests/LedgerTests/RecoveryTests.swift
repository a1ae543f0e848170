import Authorization
import CLMDB
import Cryptography
import Foundation
import Synchronization
import Testing

@testable import Ledger

/// What becomes of a directory that was left at any moment, or was changed by something else.
struct RecoveryTests {
  /// A copy that was made while the ledger worked, and what had been answered by then.
  private struct Snapshot: Sendable {
    var path: String
    var answered: Set<UInt64>
  }

  @Test(arguments: JournalKind.allCases)
  func `a ledger killed at any moment has every answer it gave`(
    journal: JournalKind
  ) async throws {
    var random = SeededRandom(test: "RecoveryTests")
    let fixture = try LedgerFixture(journal: journal)
    let world = try await TestWorld(
      fixture,
      .deposit,
      users: 10,
      backing: 60_000,
      funds: 5_000
    )
    let moments = Set((0..<12).map { _ in Int.random(in: 1...150, using: &random) })
    let readings = Atomic(0)
    let snapshots = Mutex<[Snapshot]>([])
    let path = fixture.path
    let answers = Mutex<[UInt64: AuthorizationOutcome]>([:])
    fixture.clock.atEachReading {
      // The writer stands still here; the poster does not, as when a process is killed.
      let reading = readings.add(1, ordering: .relaxed).newValue
      guard moments.contains(reading) else { return }
      let copy = "\(path)-copy-\(reading)"
      let answered = answers.withLock { Set($0.keys) }
      do {
        try RecoveryFiles.copy(path, to: copy)
        snapshots.withLock { $0.append(Snapshot(path: copy, answered: answered)) }
      } catch {
        Issue.record("\(error)")
      }
    }
    var requests: [UInt64: AuthorizationRequest] = [:]
    for _ in 0..<160 {
      var burst: [(UInt64, AuthorizationRequest)] = []
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        let serial = fixture.nextSerial()
        let request = try random.pick(world.cards).request(
          serial,
          try world.amount(Int64.random(in: 1...60, using: &random)),
          kind: random.chance(30) ? .debit : .hold
        )
        burst.append((serial, request))
        requests[serial] = request
      }
      let outcomes = try await fixture.submit(burst.map(\.1))
      answers.withLock { answers in
        for ((serial, _), outcome) in zip(burst, outcomes) { answers[serial] = outcome }
      }
      if random.chance(10) {
        try await fixture.accept(
          .reloadBalance(world.balanceAddress(), try world.amount(10), reference: "r")
        )
      }
    }
    fixture.clock.atEachReading(nil)
    let copies = snapshots.withLock { $0 }
    let given = answers.withLock { $0 }
    #expect(copies.count >= 5)
    for snapshot in copies {
      defer { try? FileManager.default.removeItem(atPath: snapshot.path) }
      let copy = try LedgerFixture(path: snapshot.path)
      try await copy.expectConsistent()
      let known = snapshot.answered.sorted()
      let again = try await copy.submit(known.compactMap { requests[$0] })
      for (serial, outcome) in zip(known, again) {
        let first = try #require(given[serial])
        #expect(outcome.origin == .repeated)
        #expect(outcome.reason == first.reason)
        #expect(outcome.approvalCode == first.approvalCode)
        #expect(outcome.decided == first.decided)
      }
      try await copy.expectConsistent()
    }
  }

  @Test(arguments: JournalKind.allCases)
  func `books that are gone or old are brought up to the journal`(
    journal: JournalKind
  ) async throws {
    let fixture = try LedgerFixture(journal: journal)
    let world = try await TestWorld(fixture, .deposit, users: 5, backing: 9_000, funds: 1_000)
    let old = LedgerFixture.newPath()
    defer { try? FileManager.default.removeItem(atPath: old) }
    try fixture.restart { try RecoveryFiles.copy(fixture.path, to: old) }
    var requests: [AuthorizationRequest] = []
    for round in UInt64(0)..<50 {
      let burst = try (UInt64(0)..<5).map {
        try world.cards[Int($0)].request(round * 5 + $0, try world.amount(7))
      }
      try await fixture.submit(burst)
      requests += burst
    }
    try await fixture.accept(.lockCard(world.cardAddress(2), .lost, .inside))
    var expected = BooksDump()
    try fixture.restart { expected = try BooksDump(path: fixture.path) }
    for change in [
      { try RecoveryFiles.removeBooks(fixture.path) },
      { try RecoveryFiles.replace("books", of: fixture.path, from: old) },
    ] {
      try fixture.restart(change)
      #expect(try await fixture.submit(requests).allSatisfy { $0.origin == .repeated })
      #expect(
        try await fixture.submit(
          try world.cards[2].request(1_000_000 + fixture.nextSerial(), try world.amount(0))
        ).reason == .cardLost
      )
      try await fixture.expectConsistent()
      // The new decline is in the journal too, so take the books again for the next round.
      var rebuilt = BooksDump()
      try fixture.restart { rebuilt = try BooksDump(path: fixture.path) }
      #expect(expected.firstDifference(rebuilt) != nil)
      try fixture.restart { try RecoveryFiles.removeBooks(fixture.path) }
      var twice = BooksDump()
      try fixture.restart { twice = try BooksDump(path: fixture.path) }
      #expect(rebuilt.firstDifference(twice) == nil)
      expected = twice
    }
  }

  // MARK: Refusals

  /// A closed directory with some work in it.
  private func makeDirectory(
    _ path: String,
    _ clock: TestClock = TestClock(),
    journal: JournalKind = .lmdb
  ) async throws {
    let fixture = try LedgerFixture(path: path, clock: clock, journal: journal)
    let world = try await TestWorld(fixture, .deposit, backing: 9_000, funds: 1_000)
    for _ in 0..<10 { try await fixture.authorize(world.cards[0], try world.amount(3)) }
  }

  /// Makes a directory with some work in it, lets `spoil` change it, and expects opening it to fail
  /// with nothing changed.
  private func expectRefusal(
    _ spoil: (String) throws -> Void,
    _ matches: (LedgerError) -> Bool,
    fingerprint: String = LedgerFixture.fingerprint,
    journal: JournalKind = .lmdb
  ) async throws {
    let path = LedgerFixture.newPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await makeDirectory(path, journal: journal)
    try spoil(path)
    let before = try RecoveryFiles.digests(path)
    for _ in 0..<2 {
      do {
        let ledger = try LedgerFixture.open(path, fingerprint: fingerprint)
        ledger.stop()
        Issue.record("the directory was accepted")
      } catch let error as LedgerError {
        #expect(matches(error), "\(error)")
        #expect(error.description.count > 20)
      }
    }
    #expect(try RecoveryFiles.digests(path) == before)
  }

  @Test(arguments: JournalKind.allCases)
  func `another vault key is refused`(journal: JournalKind) async throws {
    try await expectRefusal(
      { _ in },
      { $0 == .otherVaultKey },
      fingerprint: "another",
      journal: journal
    )
  }

  @Test func `books of a newer format are refused`() async throws {
    try await expectRefusal(
      {
        try Self.editBooks($0) { access, schema in
          try access.editRow(schema.meta, BooksState.key) { $0[0] = UInt8(Schema.format) + 1 }
        }
      },
      { $0 == .newerFormat(found: Schema.format + 1, supported: Schema.format) }
    )
  }

  @Test func `books of an older format are refused`() async throws {
    try await expectRefusal(
      {
        try Self.editBooks($0) { access, schema in
          try access.editRow(schema.meta, BooksState.key) { $0[0] = UInt8(Schema.format) - 1 }
        }
      },
      { $0 == .olderFormat(found: Schema.format - 1, supported: Schema.format) }
    )
  }

  @Test func `a journal of an older format is refused`() async throws {
    try await expectRefusal(
      { try Self.editJournal($0, entry: 0) { $0[4] = 1 } },
      { $0 == .olderFormat(found: 1, supported: UInt32(JournalEntryLayout.format)) }
    )
  }

  @Test func `a journal of a newer format is refused`() async throws {
    try await expectRefusal(
      { try Self.editJournal($0, entry: 0) { $0[4] = 9 } },
      { $0 == .newerFormat(found: 9, supported: UInt32(JournalEntryLayout.format)) }
    )
  }

  @Test func `an empty journal beside books is refused`() async throws {
    try await expectRefusal(
      { path in
        try FileManager.default.removeItem(atPath: path + "/journal/data.mdb")
        try Data().write(to: URL(fileURLWithPath: path + "/journal/data.mdb"))
        // What an interrupted first start leaves: an environment without entries.
        _ = try LMDBJournal(path: path + "/journal", mapBytes: 1 << 30)
      },
      { if case .damaged = $0 { true } else { false } }
    )
  }

  @Test(arguments: JournalKind.allCases)
  func `books without a journal are refused`(journal: JournalKind) async throws {
    try await expectRefusal(
      { try FileManager.default.removeItem(atPath: $0 + "/journal") },
      { if case .damaged = $0 { true } else { false } },
      journal: journal
    )
  }

  @Test(arguments: JournalKind.allCases)
  func `books that are ahead of the journal are refused`(journal: JournalKind) async throws {
    try await expectRefusal(
      { path in
        try Self.editBooks(path) { access, schema in
          try access.editRow(schema.meta, BooksState.key) { $0[4] &+= 1 }
        }
      },
      { if case .damaged = $0 { true } else { false } },
      journal: journal
    )
  }

  @Test(arguments: JournalKind.allCases)
  func `books of another journal are refused`(journal: JournalKind) async throws {
    let other = LedgerFixture.newPath()
    defer { try? FileManager.default.removeItem(atPath: other) }
    // The same work at another time: as many entries, other hashes.
    try await makeDirectory(other, TestClock(1_800_000_000_000_000), journal: journal)
    try await expectRefusal(
      { try RecoveryFiles.replace("books", of: $0, from: other) },
      { if case .damaged = $0 { true } else { false } },
      journal: journal
    )
  }

  /// Bytes of a data file up to the last page of its newest commit.
  private func usedBytes(_ path: String, _ name: String) throws -> Int {
    let environment = try LMDBEnvironment(
      path: "\(path)/\(name)",
      mapBytes: 1 << 30,
      tables: Schema.tableCount,
      durability: .full,
      readOnly: true
    )
    return environment.usage.usedBytes
  }

  private func cut(_ path: String, _ name: String, to bytes: Int) throws -> Int {
    let file = try #require(FileHandle(forWritingAtPath: "\(path)/\(name)/data.mdb"))
    let size = Int(try file.seekToEnd())
    try file.truncate(atOffset: UInt64(bytes))
    try file.close()
    return size
  }

  @Test(arguments: ["journal", "books"])
  func `a file that was cut off is refused`(name: String) async throws {
    try await expectRefusal(
      { path in
        // One page less than the newest commit needs.
        _ = try cut(path, name, to: try usedBytes(path, name) - 4096)
      },
      { if case .damaged = $0 { true } else { false } }
    )
  }

  @Test(arguments: ["journal", "books"])
  func `zeros that were cut off behind the newest commit are not missed`(
    name: String
  ) async throws {
    let path = LedgerFixture.newPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await makeDirectory(path)
    let used = try usedBytes(path, name)
    let size = try cut(path, name, to: used)
    #expect(size > used)
    let fixture = try LedgerFixture(path: path)
    try await fixture.accept(.createPartner(name: "after the cut"))
    try await fixture.expectConsistent()
    try fixture.restart()
    try await fixture.expectConsistent()
  }

  @Test func `a file that is no database is refused`() async throws {
    for name in ["journal", "books"] {
      try await expectRefusal(
        { path in
          let junk = Data((0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31) })
          try junk.write(to: URL(fileURLWithPath: "\(path)/\(name)/data.mdb"))
        },
        { if case .damaged = $0 { true } else { false } }
      )
    }
  }

  @Test func `a second opener is refused`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 100, funds: 100)
    #expect(throws: LedgerError.directoryInUse(path: fixture.path)) {
      try LedgerFixture.open(fixture.path)
    }
    #expect(throws: LedgerError.directoryInUse(path: fixture.path)) {
      try Ledger.check(directory: fixture.path)
    }
    #expect(try await fixture.authorize(world.cards[0], try world.amount(1)).reason == nil)
  }

  @Test func `a directory without a ledger is not checked and not made`() throws {
    let path = LedgerFixture.newPath()
    #expect(throws: LedgerError.self) { try Ledger.check(directory: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `a flipped bit in the journal is found by check and when it is posted`() async throws {
    for entry in [UInt64(1), 4, 9] {
      let path = LedgerFixture.newPath()
      defer { try? FileManager.default.removeItem(atPath: path) }
      try await makeDirectory(path)
      #expect(try Ledger.check(directory: path).isConsistent)
      try Self.editJournal(path, entry: entry) { $0[$0.count / 2] ^= 0x10 }
      let proof = try Ledger.check(directory: path)
      #expect(!proof.isConsistent)
      #expect(proof.differences.contains { $0.contains("journal entry \(entry) ") })
      try RecoveryFiles.removeBooks(path)
      let before = try RecoveryFiles.digests(path)[0]
      #expect(throws: LedgerError.self) { try LedgerFixture.open(path) }
      #expect(try RecoveryFiles.digests(path)[0] == before)
    }
  }

  @Test func `an entry that is missing is found`() async throws {
    let path = LedgerFixture.newPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await makeDirectory(path)
    try Self.withJournal(path) { access, table in
      withUnsafeBytes(of: UInt64(5)) { bytes in
        var key = MDB_val(bytes)
        #expect(mdb_del(access.transaction, table.handle, &key, nil) == 0)
      }
    }
    let proof = try Ledger.check(directory: path)
    #expect(proof.differences.contains("journal entry 5 is missing"))
    try RecoveryFiles.removeBooks(path)
    #expect(throws: LedgerError.self) { try LedgerFixture.open(path) }
  }

  @Test(arguments: JournalKind.allCases)
  func `check changes neither file`(journal: JournalKind) async throws {
    let path = LedgerFixture.newPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      let fixture = try LedgerFixture(path: path, journal: journal)
      _ = try await TestWorld(fixture, .deposit, backing: 9_000, funds: 1_000)
    }
    let before = try RecoveryFiles.digests(path)
    #expect(try Ledger.check(directory: path).isConsistent)
    #expect(try RecoveryFiles.digests(path) == before)
  }

  // MARK: Changing files

  static func editBooks(
    _ path: String,
    _ body: (LMDBAccess, Schema) throws -> Void
  ) throws {
    let environment = try LMDBEnvironment(
      path: path + "/books",
      mapBytes: 1 << 30,
      tables: Schema.tableCount,
      durability: .full
    )
    let transaction = try environment.write()
    let schema = try Schema(transaction.access, create: false)
    try body(transaction.access, schema)
    try transaction.commit()
  }

  static func withJournal(
    _ path: String,
    _ body: (LMDBAccess, LMDBTable) throws -> Void
  ) throws {
    let environment = try LMDBEnvironment(
      path: path + "/journal",
      mapBytes: 1 << 30,
      tables: 0,
      durability: .full
    )
    let transaction = try environment.write()
    let table = try transaction.access.table(nil, integerKeys: true, create: false)
    try body(transaction.access, table)
    try transaction.commit()
  }

  static func editJournal(
    _ path: String,
    entry: UInt64,
    _ edit: (inout [UInt8]) -> Void
  ) throws {
    try withJournal(path) { access, table in
      try access.editRow(table, withUnsafeBytes(of: entry) { Array($0) }, edit)
    }
  }
}

extension LMDBAccess {
  /// Changes the bytes of one value in place.
  func editRow(_ table: LMDBTable, _ key: [UInt8], _ edit: (inout [UInt8]) -> Void) throws {
    try key.withKey { (key) throws(LedgerError) in
      guard let found = try value(table, key) else { throw .damaged("no such row") }
      var bytes = Array(found)
      edit(&bytes)
      try bytes.withKey { (bytes) throws(LedgerError) in try put(table, key, bytes) }
    }
  }
}
