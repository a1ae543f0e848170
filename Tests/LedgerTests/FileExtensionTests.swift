import Authorization
import CLMDB
import Foundation
import Synchronization
import Testing

@testable import Ledger

/// Zeros written ahead of what an LMDB file uses, beside its commits.
struct FileExtensionTests {
  private struct Entries {
    let environment: LMDBEnvironment
    let table: LMDBTable

    init(_ path: String, _ bounds: FileExtension.Bounds = FileExtension.Bounds()) throws {
      environment = try LMDBEnvironment(
        path: path,
        mapBytes: 1 << 32,
        tables: 0,
        durability: .full,
        extensionBounds: bounds
      )
      let transaction = try environment.write()
      table = try transaction.access.table(nil, integerKeys: true, create: true)
      try transaction.commit()
    }

    /// Appends an entry of so many bytes, all with one value that follows from its number.
    func append(_ number: UInt64, _ count: Int) throws {
      let bytes = [UInt8](repeating: FileExtensionTests.content(number), count: count)
      let transaction = try environment.write()
      try bytes.withKey { (bytes) throws(LedgerError) in
        try transaction.access.put(table, number, bytes, append: true)
      }
      try environment.commit(transaction, writing: count)
    }

    func expect(_ counts: [Int]) throws {
      let transaction = try environment.read()
      var number = 0
      try transaction.access.walk(table, from: .first) { (key, value) throws(LedgerError) in
        guard key.loadUnaligned(as: UInt64.self) == UInt64(number), value.count == counts[number],
          value.allSatisfy({ $0 == FileExtensionTests.content(UInt64(number)) })
        else { throw .damaged("entry \(number) is not what was appended") }
        number += 1
        return true
      }
      #expect(number == counts.count)
    }
  }

  /// Never zero, which is what an extension writes.
  private static func content(_ number: UInt64) -> UInt8 { UInt8(number % 255) + 1 }

  private func withDirectory(_ body: (String) throws -> Void) throws {
    let path = LedgerFixture.newPath()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private static func size(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path + "/data.mdb")
    return try #require((attributes[.size] as? NSNumber)?.intValue)
  }

  /// Zeros of one page at a time and hardly any ahead, so that commits meet the end of the file all
  /// the time, which they otherwise do when the extension is too slow.
  @Test(.timeLimit(.minutes(2)))
  func `commits beside a file that is being extended lose nothing`() throws {
    var random = SeededRandom(test: "FileExtensionTests")
    let counts = (0..<800).map { _ in
      random.chance(80)
        ? Int.random(in: 1...6_000, using: &random) : Int.random(in: 1...300_000, using: &random)
    }
    try withDirectory { path in
      do {
        let bounds = FileExtension.Bounds(step: 4_096, least: 16_384, largest: 1 << 15)
        let entries = try Entries(path, bounds)
        let environment = entries.environment
        let ended = DispatchSemaphore(value: 0)
        let work = Extending(environment, ended)
        Thread.detachNewThread { work.run() }
        for (number, count) in counts.enumerated() { try entries.append(UInt64(number), count) }
        work.isOver.store(true, ordering: .releasing)
        ended.wait()
        #expect(work.extensions.load(ordering: .relaxed) > 0)
        try entries.expect(counts)
      }
      try Entries(path).expect(counts)
    }
  }

  /// Extends a file until it is told to end.
  private final class Extending: Sendable {
    let environment: LMDBEnvironment
    let isOver = Atomic(false)
    let extensions = Atomic(0)
    private let ended: DispatchSemaphore

    init(_ environment: LMDBEnvironment, _ ended: DispatchSemaphore) {
      self.environment = environment
      self.ended = ended
    }

    func run() {
      while !isOver.load(ordering: .acquiring) {
        if environment.isFileShort { extensions.add(1, ordering: .relaxed) }
        environment.extendFile { false }
      }
      ended.signal()
    }
  }

  @Test func `a commit uses no more of the file than the extension reckons with`() throws {
    var random = SeededRandom(test: "FileExtensionTests")
    try withDirectory { path in
      let entries = try Entries(path)
      let environment = entries.environment
      let pageBytes = environment.pageBytes
      var most = 0
      var number: UInt64 = 0
      for round in 0..<6 {
        // A reader that stays keeps all pages that commits free from being used again; afterwards
        // the list of free pages is long, and one commit has all of it to write.
        let reader = try environment.read()
        for _ in 0..<(100 << round) {
          let count =
            random.chance(95)
            ? Int.random(in: 1...3_000, using: &random)
            : Int.random(in: 1...900_000, using: &random)
          let before = environment.usage.usedBytes
          try entries.append(number, count)
          number += 1
          most = max(most, environment.usage.usedBytes - before - count)
        }
        withExtendedLifetime(reader.access) {}
      }
      print("FileExtensionTests: at most \(most / pageBytes) pages beside the values")
      #expect(most <= LMDBEnvironment.commitMarginPages * pageBytes / 2)
    }
  }

  @Test func `a file is extended ahead of its use, and no further`() throws {
    try withDirectory { path in
      let entries = try Entries(path)
      let environment = entries.environment
      #expect(environment.isFileShort)
      environment.extendFile { false }
      #expect(!environment.isFileShort)
      let size = try Self.size(path)
      #expect(size >= environment.usage.usedBytes + LedgerLimits.leastExtensionBytes)
      #expect(size < environment.usage.usedBytes + LedgerLimits.leastExtensionBytes + (2 << 20))
      environment.extendFile { true }
      #expect(try Self.size(path) == size)
      // Within the zeros the file does not grow.
      for number in UInt64(0)..<50 { try entries.append(number, 2_000) }
      #expect(try Self.size(path) == size)
      try entries.expect(Array(repeating: 2_000, count: 50))
    }
  }

  @Test func `a disk that takes no more leaves the file as it was`() throws {
    // A file that is gone stands for any error of the system.
    let fileExtension = FileExtension(path: "/nonexistent/data.mdb")
    fileExtension.extend(rests: { false }, used: { 0 })
    #expect(fileExtension.isShort(used: 0))
  }
}
