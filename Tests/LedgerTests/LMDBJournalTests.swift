import Foundation
import Testing

@testable import Ledger

/// The journal in LMDB beside its upkeep.
struct LMDBJournalTests {
  /// A journal in a directory of its own, whose entries all follow from their numbers.
  private static func withJournal(_ body: (LMDBJournal) throws -> Void) throws {
    let path = LedgerFixture.newPath()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(try LMDBJournal(path: path, mapBytes: 1 << 32))
  }

  private static func bytes(_ sequence: UInt64) -> [UInt8] {
    [UInt8](repeating: UInt8(sequence % 251) + 1, count: 1 << 20)
  }

  private static func append(_ numbers: Range<UInt64>, to journal: LMDBJournal) throws {
    for sequence in numbers {
      try bytes(sequence).withUnsafeBytes { try journal.append(sequence: sequence, $0) }
    }
  }

  private static func expect(_ count: UInt64, in journal: LMDBJournal) throws {
    var next: UInt64 = 0
    try journal.read(from: 0) { (sequence, stored) throws(LedgerError) in
      guard sequence == next, stored.elementsEqual(bytes(sequence)) else {
        throw .damaged("entry \(sequence) is not what was appended")
      }
      next += 1
      return true
    }
    #expect(next == count)
  }

  @Test func `entries that the page cache may drop are read back`() throws {
    try Self.withJournal { journal in
      let some = UInt64(2 * LedgerLimits.cachedJournalBytes >> 20) + 8
      try Self.append(0..<some, to: journal)
      #expect(journal.needsUpkeep)
      journal.keepUp()
      #expect(!journal.needsUpkeep)
      try Self.expect(some, in: journal)
      try Self.append(some..<2 * some, to: journal)
      #expect(journal.needsUpkeep)
      journal.keepUp()
      try Self.expect(2 * some, in: journal)
    }
  }
}
