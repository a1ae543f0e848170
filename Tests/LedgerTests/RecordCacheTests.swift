import Authorization
import Testing

@testable import Ledger

/// The writer's cache of cards and accounts.
struct RecordCacheTests {
  @Test func `it never shows a record that is not the newest one`() {
    var random = SeededRandom(test: "RecordCacheTests")
    let cache = RecordCache<AuthorizationID, UInt64>(count: 1_024)
    defer { cache.deallocate() }
    var newest: [AuthorizationID: UInt64] = [:]
    var found = 0
    var missed = 0
    for _ in 0..<60_000 {
      let key = AuthorizationID(UInt64.random(in: 0..<4_000, using: &random))
      if random.chance(50) {
        let record = random.next()
        cache.set(key, record)
        newest[key] = record
        #expect(cache[key] == record)
      } else if let record = cache[key] {
        #expect(record == newest[key])
        found += 1
      } else {
        missed += 1
      }
    }
    // A cache that never answers, and one that gives nothing up, would pass the above.
    #expect(found > 1_000)
    #expect(missed > 1_000)
  }

  @Test func `it keeps no more than it was made for`() {
    for (asked, capacity) in [(0, 1_024), (1_024, 1_024), (1_025, 1_025)] {
      let cache = RecordCache<AuthorizationID, UInt64>(count: asked)
      defer { cache.deallocate() }
      for number in UInt64(0)..<50_000 { cache.set(AuthorizationID(number), number) }
      let kept = (UInt64(0)..<50_000).count { cache[AuthorizationID($0)] != nil }
      #expect(kept == capacity)
    }
  }

  @Test func `what fits is kept`() {
    let cache = RecordCache<AccountID, UInt64>(count: 1 << 16)
    defer { cache.deallocate() }
    for number in UInt64(0)..<1 << 16 { cache.set(AccountID(.user, number), number) }
    #expect((UInt64(0)..<1 << 16).allSatisfy { cache[AccountID(.user, $0)] == $0 })
    #expect(cache[AccountID(.deposit, 1)] == nil)
  }
}
