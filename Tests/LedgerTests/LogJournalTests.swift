import Authorization
import Cryptography
import Foundation
import Testing

@testable import Ledger

/// The journal of log files alone: entries of a known content in files that are then spoiled.
struct LogJournalTests {
  private let directory = LedgerFixture.newPath()

  /// Runs a test with a directory of its own.
  private func withDirectory(_ body: () throws -> Void) throws {
    try FileManager.default.createDirectory(
      atPath: directory,
      withIntermediateDirectories: true
    )
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body()
  }

  private func open(
    segmentBytes: Int = 256 << 20,
    limitBytes: Int = 1 << 30,
    readOnly: Bool = false
  ) throws -> LogFileJournal {
    try LogFileJournal(
      LogFileJournal.Layout(
        directory: directory,
        segmentBytes: segmentBytes,
        limitBytes: limitBytes
      ),
      readOnly: readOnly
    )
  }

  /// Entries that follow one another, each with as many bytes of effects as asked for.
  private struct Chain {
    private(set) var stored: [[UInt8]] = []
    private var hash = Digest256.zero
    private let builder = JournalEntryBuilder()

    /// The next entry, of bytes without a zero among them.
    mutating func next(_ effectBytes: Int) -> [UInt8] {
      builder.begin(firstEvent: 1)
      let number = stored.count
      var left = effectBytes
      while left > 0 {
        let count = min(left, 60_000)
        builder.appendEffect(kind: 1, byteCount: count) { space in
          for offset in 0..<count {
            space.storeBytes(
              of: UInt8(1 + (offset + number) % 251),
              toByteOffset: offset,
              as: UInt8.self
            )
          }
        }
        left -= count
      }
      let time = Instant(microsecondsSinceEpoch: Int64(number))
      let sealed = builder.seal(sequence: UInt64(number), time: time, previous: hash)
      hash = sealed.hash
      stored.append(Array(sealed.bytes))
      return Array(sealed.bytes)
    }
  }

  /// Appends entries behind those of a chain.
  private func append(_ sizes: [Int], _ chain: inout Chain, to journal: LogFileJournal) throws {
    for size in sizes {
      let sequence = UInt64(chain.stored.count)
      let bytes = chain.next(size)
      try bytes.withKey { (bytes) throws(LedgerError) in
        try journal.append(sequence: sequence, bytes)
      }
    }
  }

  /// What the journal hands over from a number on.
  private func entries(of journal: LogFileJournal, from first: UInt64 = 0) throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    try journal.read(from: first) { (sequence, bytes) throws(LedgerError) in
      #expect(sequence == first + UInt64(found.count))
      found.append(Array(bytes))
      return true
    }
    return found
  }

  private func path(_ first: UInt64) -> String { LogSegment(first: first, in: directory).path }

  private func content() throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
      found[name] = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)"))
    }
    return found
  }

  /// Puts files back as they were.
  private func restore(_ files: [String: Data]) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
      try FileManager.default.removeItem(atPath: "\(directory)/\(name)")
    }
    for (name, data) in files {
      try data.write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
    }
  }

  private func edit(_ path: String, _ body: (inout Data) -> Void) throws {
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    body(&data)
    try data.write(to: URL(fileURLWithPath: path))
  }

  private func expectDamage(_ what: String) throws {
    let before = try content()
    for readOnly in [true, false] {
      do {
        _ = try open(readOnly: readOnly)
        Issue.record("accepted: \(what)")
      } catch LedgerError.damaged(let told) {
        #expect(told.count > 20)
      }
    }
    #expect(try content() == before, "changed: \(what)")
  }

  // MARK: In order

  @Test func `entries of any size are read back from any number on`() throws {
    try withDirectory {
      var random = SeededRandom(test: "LogJournalTests")
      var chain = Chain()
      var journal: LogFileJournal? = try open()
      #expect(try journal?.lastSequence() == nil)
      for _ in 0..<6 {
        let sizes = (0..<8).map { _ in
          random.chance(10)
            ? Int.random(in: 1_000_000...3_000_000, using: &random)
            : Int.random(in: 0...20_000, using: &random)
        }
        try append(sizes, &chain, to: try #require(journal))
        let opened = try #require(journal)
        #expect(try opened.lastSequence() == UInt64(chain.stored.count - 1))
        #expect(try entries(of: opened) == chain.stored)
        let first = Int.random(in: 0..<chain.stored.count, using: &random)
        #expect(try entries(of: opened, from: UInt64(first)) == Array(chain.stored[first...]))
        opened.keepUp()
        journal = nil
        journal = try open()
      }
      #expect(try entries(of: try #require(journal)) == chain.stored)
      #expect(try entries(of: try #require(journal), from: UInt64(chain.stored.count)).isEmpty)
      #expect(try content().keys.sorted() == ["00000000000000000000.log"])
    }
  }

  @Test func `small segments follow one another and a spare one is used`() throws {
    try withDirectory {
      var chain = Chain()
      var journal: LogFileJournal? = try open(segmentBytes: 16_384)
      for round in 0..<12 {
        try append([100, 5_000, 20_000, 300], &chain, to: try #require(journal))
        if round % 2 == 0 { journal?.keepUp() }
        if round % 3 == 0 {
          journal = nil
          journal = try open(segmentBytes: 16_384)
        }
        #expect(try entries(of: try #require(journal)) == chain.stored)
      }
      let opened = try #require(journal)
      let names = try content().keys.filter { $0.hasSuffix(".log") }
      #expect(names.count > 12)
      for first in chain.stored.indices {
        #expect(try entries(of: opened, from: UInt64(first)) == Array(chain.stored[first...]))
      }
      let used = chain.stored.map { LogSegment.blocks($0.count) }.reduce(0, +)
      #expect(opened.usage.usedBytes == used)
      let again = try open(readOnly: true)
      #expect(again.usage.usedBytes == used)
      #expect(again.usage.limitBytes <= 1 << 30)
    }
  }

  @Test func `a reader beside the writer sees whole entries only`() async throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let journal = try open(segmentBytes: 200_000)
    var chain = Chain()
    try append([10], &chain, to: journal)
    let reading = Task.detached {
      var seen = 0
      while seen < 400 {
        var count = 0
        var previous = Digest256.zero
        try journal.read(from: 0) { (sequence, bytes) throws(LedgerError) in
          let entry = try JournalEntry(verifying: bytes, at: sequence)
          #expect(entry.previous == previous)
          previous = entry.hash
          count += 1
          return true
        }
        #expect(count >= seen)
        seen = count
      }
    }
    let extending = Task.detached {
      while try journal.lastSequence() ?? 0 < 399 { journal.keepUp() }
    }
    for number in 1..<400 { try append([number * 37 % 9_000], &chain, to: journal) }
    try await reading.value
    try await extending.value
    #expect(try entries(of: journal) == chain.stored)
  }

  @Test func `a journal at its limit takes nothing more and keeps what it has`() throws {
    try withDirectory {
      var chain = Chain()
      let journal = try open(limitBytes: 8_192)
      try append([10, 10], &chain, to: journal)
      let kept = chain.stored
      for _ in 0..<2 {
        let (more, sequence) = (chain.next(10), UInt64(kept.count))
        #expect(throws: LedgerError.self) {
          try more.withKey { (more) throws(LedgerError) in
            try journal.append(sequence: sequence, more)
          }
        }
      }
      #expect(try entries(of: journal) == kept)
    }
  }

  // MARK: Torn

  /// How the end of the last entry looks after a write that the disk did not finish.
  enum Tear: CaseIterable { case truncated, zeroed, garbage, headMissing }

  @Test(arguments: Tear.allCases)
  func `a torn last entry is no entry and its place is used again`(tear: Tear) throws {
    try withDirectory {
      var random = SeededRandom(test: "LogJournalTests")
      var chain = Chain()
      var journal: LogFileJournal? = try open()
      try append([300, 7_000, 10, 9_000], &chain, to: try #require(journal))
      journal?.keepUp()
      journal = nil
      let files = try content()
      let last = try #require(chain.stored.last)
      let kept = Array(chain.stored.dropLast())
      let start = kept.map { LogSegment.blocks($0.count) }.reduce(0, +)
      for done in stride(from: 0, to: last.count, by: 512) {
        try restore(files)
        try edit(path(0)) { data in
          switch tear {
          case .truncated: data.removeSubrange((start + done)...)
          case .zeroed:
            data.replaceSubrange(
              start + done..<start + last.count,
              with: repeatElement(0, count: last.count - done)
            )
          case .garbage:
            for offset in start + done..<start + last.count {
              data[offset] = UInt8.random(in: 0...255, using: &random)
            }
          case .headMissing:
            // Blocks reach the disk in any order.
            data.replaceSubrange(
              start..<start + done + 512,
              with: repeatElement(0, count: done + 512)
            )
          }
        }
        let torn = try content()
        #expect(try entries(of: try open(readOnly: true)) == kept)
        #expect(try content() == torn)
        journal = try open()
        #expect(try content() == torn)
        #expect(try journal?.lastSequence() == 2)
        // A shorter entry in its place: nothing of the torn one may stand behind it.
        var other = Chain()
        for size in [300, 7_000, 10] { _ = other.next(size) }
        try append([100], &other, to: try #require(journal))
        journal?.keepUp()
        try append([50], &other, to: try #require(journal))
        journal = nil
        let after = try Data(contentsOf: URL(fileURLWithPath: path(0)))
        let end = other.stored.map { LogSegment.blocks($0.count) }.reduce(0, +)
        #expect(after[end...].allSatisfy { $0 == 0 })
        #expect(after.count.isMultiple(of: LogSegment.blockBytes))
        #expect(try entries(of: try open()) == other.stored)
      }
    }
  }

  @Test func `a segment without an entry is used, whatever was torn in it`() throws {
    try withDirectory {
      var chain = Chain()
      var journal: LogFileJournal? = try open(segmentBytes: 8_192)
      try append([10, 10], &chain, to: try #require(journal))
      journal = nil
      let files = try content()
      for junk in [Data(), Data(count: 4_096), Data(repeating: 7, count: 12_288)] {
        try restore(files)
        try junk.write(to: URL(fileURLWithPath: path(2)))
        journal = try open(segmentBytes: 8_192)
        #expect(try journal?.lastSequence() == 1)
        #expect(try entries(of: try #require(journal)) == chain.stored)
        var other = Chain()
        for _ in 0..<2 { _ = other.next(10) }
        try append([20, 30, 40], &other, to: try #require(journal))
        journal = nil
        #expect(try entries(of: try open()) == other.stored)
      }
      // The first one too: a founding that was interrupted.
      for junk in [Data(), Data(count: 4_096), Data(repeating: 7, count: 12_288)] {
        try restore(["00000000000000000000.log": junk])
        journal = try open()
        #expect(try journal?.lastSequence() == nil)
        var other = Chain()
        try append([20], &other, to: try #require(journal))
        #expect(try entries(of: try open()) == other.stored)
      }
    }
  }

  // MARK: Damaged

  @Test func `a bit that flipped in any entry but the last is refused`() throws {
    try withDirectory {
      var random = SeededRandom(test: "LogJournalTests")
      var chain = Chain()
      var journal: LogFileJournal? = try open()
      try append([300, 7_000, 10, 5_000], &chain, to: try #require(journal))
      journal = nil
      let files = try content()
      var start = 0
      for stored in chain.stored.dropLast() {
        var places = [0, 4, 6, 8, 16, 24, 28, 31, 32, 63, 64, stored.count - 32, stored.count - 1]
        places += (0..<25).map { _ in Int.random(in: 0..<stored.count, using: &random) }
        for place in places {
          let bit = UInt8(1) << Int.random(in: 0...7, using: &random)
          try restore(files)
          try edit(path(0)) { $0[start + place] ^= bit }
          // A later format number says another thing, and is refused as well.
          if place == 4 || place == 5 {
            #expect(throws: LedgerError.self) { try open() }
          } else {
            try expectDamage("bit \(bit) of byte \(place)")
          }
        }
        start += LogSegment.blocks(stored.count)
      }
    }
  }

  @Test func `blocks that vanished or changed places are refused`() throws {
    try withDirectory {
      var chain = Chain()
      var journal: LogFileJournal? = try open()
      try append([300, 300, 300, 300], &chain, to: try #require(journal))
      journal = nil
      let files = try content()
      let block = LogSegment.blockBytes
      for number in 0..<3 {
        try restore(files)
        try edit(path(0)) {
          $0.replaceSubrange(number * block..<(number + 1) * block, with: Data(count: block))
        }
        try expectDamage("entry \(number) is zeros")
        try restore(files)
        try edit(path(0)) { $0.removeSubrange(number * block..<(number + 1) * block) }
        try expectDamage("entry \(number) is cut out")
        try restore(files)
        try edit(path(0)) { data in
          let copy = data[number * block..<(number + 1) * block]
          data.replaceSubrange((number + 1) * block..<(number + 2) * block, with: Data(copy))
        }
        try expectDamage("entry \(number) stands twice")
      }
    }
  }

  @Test func `a segment that is missing or cut off is refused`() throws {
    try withDirectory {
      var chain = Chain()
      var journal: LogFileJournal? = try open(segmentBytes: 8_192)
      try append(Array(repeating: 10, count: 9), &chain, to: try #require(journal))
      journal = nil
      let files = try content()
      #expect(files.count == 5)
      for first in [UInt64(0), 2, 4, 6] {
        try restore(files)
        try FileManager.default.removeItem(atPath: path(first))
        try expectDamage("segment \(first) is missing")
        for size in [0, 4_096, 4_100] {
          try restore(files)
          try edit(path(first)) { $0 = $0.prefix(size) }
          try expectDamage("segment \(first) is cut to \(size)")
        }
        try restore(files)
        try edit(path(first)) { $0[4_096 + 70] ^= 1 }
        try expectDamage("the end of segment \(first)")
      }
    }
  }

  @Test func `an entry that another chain made is refused`() throws {
    try withDirectory {
      var chain = Chain()
      var journal: LogFileJournal? = try open()
      try append([10, 20], &chain, to: try #require(journal))
      journal = nil
      var other = Chain()
      for size in [11, 20] { _ = other.next(size) }
      let foreign = other.stored[1]
      try edit(path(0)) { $0.replaceSubrange(4_096..<4_096 + foreign.count, with: foreign) }
      try expectDamage("an entry of another journal")
    }
  }

  // MARK: In a ledger

  @Test func `a directory keeps its kind of journal and refuses another`() async throws {
    for (kind, other) in [(JournalKind.log, JournalKind.lmdb), (.lmdb, .log)] {
      let path = LedgerFixture.newPath()
      defer { try? FileManager.default.removeItem(atPath: path) }
      #expect(!Ledger.exists(in: path))
      do {
        let fixture = try LedgerFixture(path: path, journal: kind)
        _ = try await TestWorld(fixture, .deposit, backing: 9_000, funds: 1_000)
        try fixture.restart()
        try await fixture.expectConsistent()
      }
      #expect(Ledger.exists(in: path))
      let before = try RecoveryFiles.digests(path)
      do {
        let ledger = try LedgerFixture.open(path) { $0.journal = other }
        ledger.stop()
        Issue.record("a \(kind) journal was opened as \(other)")
      } catch let error as LedgerError {
        #expect(error.description.contains("name \(kind.rawValue)"), "\(error)")
      }
      #expect(try RecoveryFiles.digests(path) == before)
      #expect(try Ledger.check(directory: path).isConsistent)
      let file = kind == .log ? "data.mdb" : "00000000000000000000.log"
      try Data().write(to: URL(fileURLWithPath: "\(path)/journal/\(file)"))
      #expect(throws: LedgerError.self) { try LedgerFixture.open(path) }
      #expect(throws: LedgerError.self) { try Ledger.check(directory: path) }
    }
  }

  @Test func `check finds a changed entry in an early segment and counts none twice`() async throws
  {
    let path = LedgerFixture.newPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      let ledger = try LedgerFixture.open(path) { settings in
        settings.journal = .log
        settings.journalSegmentBytes = 16_384
      }
      for number in 0..<30 {
        _ = try await ledger.perform(.createPartner(name: "partner \(number)"))
      }
      ledger.stop()
    }
    let proof = try Ledger.check(directory: path)
    #expect(proof.isConsistent)
    #expect(proof.entries == 31)
    let segments = LogSegment.all(in: path + "/journal")
    #expect(segments.count > 4)
    try edit(segments[1].path) { $0[70] ^= 1 }
    let spoiled = try Ledger.check(directory: path)
    #expect(
      spoiled.differences.contains { $0.contains("journal entry \(segments[1].first) ") },
      "\(spoiled.differences)"
    )
    try edit(segments[1].path) { $0[0] ^= 1 }
    #expect(throws: LedgerError.self) { try Ledger.check(directory: path) }
    try RecoveryFiles.removeBooks(path)
    #expect(throws: LedgerError.self) { try LedgerFixture.open(path) }
  }
}
