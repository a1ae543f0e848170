import Authorization
import Testing

@testable import Ledger

/// The overlay's hash table, against a dictionary.
struct RecordTableTests {
  /// A key whose hash the table mixes from few different words, so that keys meet in one slot.
  private struct MeetingKey: RecordKey, Hashable {
    let number: UInt64

    var tableWord: UInt64 { number % 7 }

    func withStoredBytes<Result>(
      _ body: (UnsafeRawBufferPointer) throws(LedgerError) -> Result
    ) throws(LedgerError) -> Result {
      try withUnsafeBytes(of: number) { (bytes) throws(LedgerError) in try body(bytes) }
    }

    static func < (left: Self, right: Self) -> Bool { left.number < right.number }
  }

  /// Counts how many of its kind are alive.
  private final class Tracked {
    final class Count {
      var alive = 0
    }

    let count: Count
    let value: UInt64

    init(_ value: UInt64, _ count: Count) {
      self.value = value
      self.count = count
      count.alive += 1
    }

    deinit { count.alive -= 1 }
  }

  private func expectSame<Key: RecordKey & Hashable>(
    _ table: RecordTable<Key, UInt64>,
    _ model: [Key: UInt64]
  ) throws {
    #expect(table.count == model.count)
    var keys: [Key] = []
    try table.forEachSorted { (key, record) throws(LedgerError) in
      keys.append(key)
      guard model[key] == record else { throw .damaged("the table has another record") }
    }
    #expect(keys == model.keys.sorted())
    #expect(model.allSatisfy { table[$0.key] == $0.value })
  }

  @Test func `random operations leave what a dictionary holds`() throws {
    var random = SeededRandom(test: "RecordTableTests")
    for round in 0..<6 {
      let table = RecordTable<AuthorizationID, UInt64>()
      defer { table.deallocate() }
      var model: [AuthorizationID: UInt64] = [:]
      // From keys that all return to keys that hardly ever do, over several growths.
      let keys = UInt64(50) << (3 * UInt64(round))
      for _ in 0..<4 {
        for _ in 0..<Int.random(in: 0...12_000, using: &random) {
          let key = AuthorizationID(UInt64.random(in: 0..<keys, using: &random))
          if random.chance(60) {
            let record = random.next()
            table.set(key, record)
            model[key] = record
          } else {
            #expect(table[key] == model[key])
          }
        }
        try expectSame(table, model)
        if random.chance(70) {
          // Some of these keep the memory, some give it back.
          table.removeAll(keepingCapacity: random.pick([0, 100, 1_024, 1_000_000]))
          for key in model.keys.prefix(100) { #expect(table[key] == nil) }
          model = [:]
          try expectSame(table, model)
        }
      }
    }
  }

  @Test func `keys that meet in one slot are told apart`() throws {
    var random = SeededRandom(test: "RecordTableTests")
    let table = RecordTable<MeetingKey, UInt64>()
    defer { table.deallocate() }
    var model: [MeetingKey: UInt64] = [:]
    for _ in 0..<3_000 {
      let key = MeetingKey(number: UInt64.random(in: 0..<1_500, using: &random))
      let record = random.next()
      table.set(key, record)
      model[key] = record
    }
    try expectSame(table, model)
    #expect(table[MeetingKey(number: 1_500)] == nil)
  }

  @Test func `a record that takes the place of another one hides nothing else`() throws {
    var random = SeededRandom(test: "RecordTableTests")
    // Keys that meet in runs of slots, where a hole would hide what stands behind it.
    for layout in [RecordTable<AuthorizationID, UInt64>.Layout(), .init(takenEighths: 7)] {
      let table = RecordTable<AuthorizationID, UInt64>(layout)
      defer { table.deallocate() }
      var places: [AuthorizationID] = []
      var model: [AuthorizationID: UInt64] = [:]
      for _ in 0..<20_000 {
        let key = AuthorizationID(UInt64.random(in: 0..<8_000, using: &random))
        let record = random.next()
        if model[key] != nil {
          table.set(key, record)
        } else if places.count < 880 {
          table.set(key, record)
          places.append(key)
        } else {
          let place = Int.random(in: 0..<places.count, using: &random)
          table.replace(place, key, record)
          model[places[place]] = nil
          places[place] = key
        }
        model[key] = record
      }
      try expectSame(table, model)
      for number in UInt64(0)..<8_000 where model[AuthorizationID(number)] == nil {
        #expect(table[AuthorizationID(number)] == nil)
      }
    }
  }

  @Test func `keys of one slot take each other's places`() throws {
    let table = RecordTable<MeetingKey, UInt64>()
    defer { table.deallocate() }
    for number in UInt64(0)..<100 { table.set(MeetingKey(number: number), number) }
    for number in UInt64(100)..<150 {
      table.replace(Int(number - 100) * 2, MeetingKey(number: number), number)
    }
    let left = (UInt64(0)..<100).filter { $0 % 2 == 1 } + Array(100..<150)
    try expectSame(
      table,
      Dictionary(uniqueKeysWithValues: left.map { (MeetingKey(number: $0), $0) })
    )
    #expect(table[MeetingKey(number: 0)] == nil)
  }

  @Test func `records come in the order of the stored keys, also when they came in another`()
    throws
  {
    for numbers in [Array(UInt64(0)..<3_000), (UInt64(0)..<3_000).reversed()] {
      let table = RecordTable<AccountID, UInt64>()
      defer { table.deallocate() }
      for number in numbers { table.set(AccountID(.user, number), number) }
      var seen: [UInt64] = []
      try table.forEachSorted { (_, record) throws(LedgerError) in seen.append(record) }
      #expect(seen == Array(0..<3_000))
    }
  }

  @Test func `an error of the visitor ends the visit and comes out`() {
    let table = RecordTable<AuthorizationID, UInt64>()
    defer { table.deallocate() }
    for number in UInt64(0)..<10 { table.set(AuthorizationID(number), number) }
    var visits = 0
    #expect(throws: LedgerError.stopped) {
      try table.forEachSorted { (_, record) throws(LedgerError) in
        visits += 1
        if record == 4 { throw .stopped }
      }
    }
    #expect(visits == 5)
  }

  @Test func `records that hold memory are released when they go`() {
    let count = Tracked.Count()
    do {
      let table = RecordTable<AuthorizationID, Tracked>()
      defer { table.deallocate() }
      for number in UInt64(0)..<5_000 {
        table.set(AuthorizationID(number), Tracked(number, count))
      }
      #expect(count.alive == 5_000)
      for number in UInt64(0)..<1_000 {
        table.set(AuthorizationID(number), Tracked(number + 1, count))
      }
      #expect(count.alive == 5_000)
      table.removeAll(keepingCapacity: 10_000)
      #expect(count.alive == 0)
      for number in UInt64(0)..<3_000 {
        table.set(AuthorizationID(number), Tracked(number, count))
      }
      table.removeAll(keepingCapacity: 10)
      #expect(count.alive == 0)
      // Ends within a block.
      for number in UInt64(0)..<1_500 {
        table.set(AuthorizationID(number), Tracked(number, count))
      }
      #expect(table[AuthorizationID(1_499)]?.value == 1_499)
    }
    #expect(count.alive == 0)
  }
}
