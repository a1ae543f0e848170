import CLMDB
import Foundation
import Testing

@testable import Ledger

/// Commits whose flush is spread: the process's own `fdatasync` under LMDB.
struct FlushPaceTests {
  private func withBooks(_ body: (LMDBEnvironment, LMDBTable) throws -> Void) throws {
    let path = LedgerFixture.newPath()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let environment = try LMDBEnvironment(
      path: path,
      mapBytes: 1 << 26,
      tables: 0,
      durability: .lastTransactionsMayBeLost
    )
    let transaction = try environment.write()
    let table = try transaction.access.table(nil, integerKeys: true, create: true)
    try transaction.commit()
    try body(environment, table)
  }

  private func write(
    _ environment: LMDBEnvironment,
    _ table: LMDBTable,
    _ number: UInt64
  ) throws -> WriteTransaction {
    let transaction = try environment.write()
    try [UInt8](repeating: 1, count: 1 << 20).withKey { (bytes) throws(LedgerError) in
      try transaction.access.put(table, number, bytes)
    }
    return transaction
  }

  @Test func `a commit at a pace goes through the paced flush`() throws {
    try withBooks { environment, table in
      let pace = FlushPace()
      pace.set(milliseconds: 60_000)
      let before = FlushPace.pacedFlushes
      try pace.commit(try write(environment, table, 1))
      // Without the process's own `fdatasync` under LMDB this counts nothing.
      #expect(FlushPace.pacedFlushes > before)
      let transaction = try environment.read()
      #expect(try transaction.access.value(table, 1)?.count == 1 << 20)
    }
  }

  @Test func `an error of a paced flush is told`() throws {
    for milliseconds in [UInt32(0), 60_000] {
      try withBooks { environment, table in
        let pace = FlushPace()
        pace.set(milliseconds: milliseconds)
        try pace.commit(try write(environment, table, 1))
        var descriptor: mdb_filehandle_t = -1
        #expect(mdb_env_get_fd(environment.handle, &descriptor) == 0)
        let kept = dup(descriptor)
        let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer {
          dup2(kept, descriptor)
          close(kept)
          close(null)
        }
        // Takes every write and can be flushed by nobody.
        #expect(dup2(null, descriptor) == descriptor)
        #expect(throws: LedgerError.storage(operation: "commit", code: EINVAL)) {
          try pace.commit(try write(environment, table, 2))
        }
      }
    }
  }
}
