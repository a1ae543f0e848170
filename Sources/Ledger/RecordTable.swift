import Authorization
import CMemory

/// A key of a `RecordTable` and of the tree that it is posted to; both sort alike.
protocol RecordKey: Comparable {
  /// Differs between keys in as many bits as possible; the table mixes them.
  var tableWord: UInt64 { get }

  /// Runs `body` with the stored form.
  func withStoredBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(LedgerError) -> Result
  ) throws(LedgerError) -> Result
}

extension AccountID: RecordKey {
  var tableWord: UInt64 { word }

  func withStoredBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(LedgerError) -> Result
  ) throws(LedgerError) -> Result {
    try withUnsafeBytes(of: word) { (bytes) throws(LedgerError) in try body(bytes) }
  }
}

extension Identifier: RecordKey {
  var tableWord: UInt64 { number }

  func withStoredBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(LedgerError) -> Result
  ) throws(LedgerError) -> Result {
    try withUnsafeBytes(of: number) { (bytes) throws(LedgerError) in try body(bytes) }
  }
}

/// A hash table for the overlay: quick to miss, quick to empty, and without the pause in which a
/// growing dictionary moves all its values.
///
/// Records stand in blocks in the order in which they came and never move; the slots hold 32 bits of
/// the hash beside the place of the record, so that a key that is not there is told from one cache
/// line.
///
/// A handle on its memory, as a pointer is: copies are the same table, and its owner calls
/// `deallocate`. An object would be counted at each use, and counting is an atomic operation, which
/// waits for every write to memory that is still under way. Used by one thread at a time.
struct RecordTable<Key: RecordKey, Record> {
  private typealias Entry = (key: Key, record: Record)

  private struct State {
    /// Low half: place of the record + 1, 0 while free; high half: high half of the hash.
    var slots: UnsafeMutablePointer<UInt64>
    var slotBits: Int
    var blocks: [UnsafeMutablePointer<Entry>] = []
    var count = 0

    @inline(__always)
    func entry(_ place: Int) -> UnsafeMutablePointer<Entry> {
      blocks[place >> RecordTable.blockBits] + (place & (RecordTable.blockCount - 1))
    }
  }

  private static var blockBits: Int { 10 }
  private static var blockCount: Int { 1 << blockBits }
  private static var leastSlotBits: Int { 10 }

  private let state: UnsafeMutablePointer<State>
  /// Differs between processes, so that nobody can choose keys that meet in one slot.
  private let seed = UInt64.random(in: .min ... .max)

  init() {
    state = .allocate(capacity: 1)
    state.initialize(
      to: State(slots: Self.freeSlots(Self.leastSlotBits), slotBits: Self.leastSlotBits)
    )
  }

  /// Gives the memory back; no copy of the handle may be used any more.
  func deallocate() {
    deinitializeRecords()
    state.pointee.slots.deallocate()
    for block in state.pointee.blocks { block.deallocate() }
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// How many records the table holds.
  var count: Int { state.pointee.count }

  private func deinitializeRecords() {
    for (number, block) in state.pointee.blocks.enumerated() {
      let first = number << Self.blockBits
      block.deinitialize(count: max(0, min(count - first, Self.blockCount)))
    }
  }

  private static func freeSlots(_ bits: Int) -> UnsafeMutablePointer<UInt64> {
    let slots = UnsafeMutablePointer<UInt64>.allocate(capacity: 1 << bits)
    memory_prefer_large_pages(slots, (1 << bits) * MemoryLayout<UInt64>.stride)
    slots.initialize(repeating: 0, count: 1 << bits)
    return slots
  }

  @inline(__always)
  private func hash(_ key: Key) -> UInt64 {
    let product = (key.tableWord ^ seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }

  /// The slot of a key, or the free one where it belongs.
  @inline(__always)
  private func slot(_ key: Key, _ hash: UInt64) -> Int {
    let mask = 1 << state.pointee.slotBits - 1
    let slots = state.pointee.slots
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let content = slots[slot]
      if content == 0 { return slot }
      if content >> 32 == hash >> 32,
        state.pointee.entry(Int(content & 0xFFFF_FFFF) - 1).pointee.key == key
      {
        return slot
      }
      slot = (slot + 1) & mask
    }
  }

  /// Begins to fetch what says whether a key is here.
  @inline(__always)
  func prefetch(_ key: Key) {
    let mask = 1 << state.pointee.slotBits - 1
    memory_prefetch(state.pointee.slots + (Int(truncatingIfNeeded: hash(key)) & mask))
  }

  subscript(key: Key) -> Record? {
    @inline(__always)
    get {
      let content = state.pointee.slots[slot(key, hash(key))]
      return content == 0
        ? nil : state.pointee.entry(Int(content & 0xFFFF_FFFF) - 1).pointee.record
    }
  }

  /// Puts a record under a key, over the one that is there.
  func set(_ key: Key, _ record: Record) {
    let hash = hash(key)
    let slot = slot(key, hash)
    let content = state.pointee.slots[slot]
    if content != 0 {
      state.pointee.entry(Int(content & 0xFFFF_FFFF) - 1).pointee.record = record
      return
    }
    let place = count
    precondition(place < Int(UInt32.max), "a table of the overlay has no places left")
    if place == state.pointee.blocks.count << Self.blockBits {
      state.pointee.blocks.append(.allocate(capacity: Self.blockCount))
    }
    state.pointee.entry(place).initialize(to: (key, record))
    state.pointee.count = place + 1
    state.pointee.slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(place + 1)
    if (place + 1) * 2 > 1 << state.pointee.slotBits { growSlots() }
  }

  private func growSlots() {
    state.pointee.slots.deallocate()
    state.pointee.slotBits += 1
    state.pointee.slots = Self.freeSlots(state.pointee.slotBits)
    for place in 0..<count {
      let key = state.pointee.entry(place).pointee.key
      let hash = hash(key)
      state.pointee.slots[slot(key, hash)] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(place + 1)
    }
  }

  /// Empties the table; memory for more than so many records is given back.
  func removeAll(keepingCapacity kept: Int) {
    deinitializeRecords()
    if count > kept {
      for block in state.pointee.blocks { block.deallocate() }
      state.pointee.blocks.removeAll()
      state.pointee.slots.deallocate()
      state.pointee.slotBits = Self.leastSlotBits
      state.pointee.slots = Self.freeSlots(Self.leastSlotBits)
    } else if count > 0 {
      state.pointee.slots.update(repeating: 0, count: 1 << state.pointee.slotBits)
    }
    state.pointee.count = 0
  }

  /// Hands over all records in the order of their keys.
  func forEachSorted(
    _ body: (Key, Record) throws(LedgerError) -> Void
  ) throws(LedgerError) {
    var order: [(key: Key, place: Int)] = []
    order.reserveCapacity(count)
    var isSorted = true
    for place in 0..<count {
      let key = state.pointee.entry(place).pointee.key
      if let last = order.last, key < last.key { isSorted = false }
      order.append((key, place))
    }
    if !isSorted { order.sort { $0.key < $1.key } }
    for (position, (key, place)) in order.enumerated() {
      // In this order they stand all over the blocks.
      if !isSorted, position + 8 < order.count {
        memory_prefetch(state.pointee.entry(order[position + 8].place))
      }
      try body(key, state.pointee.entry(place).pointee.record)
    }
  }
}

extension PANToken: RecordKey {
  var tableWord: UInt64 { low }

  /// Orders as the stored keys do.
  public static func < (left: PANToken, right: PANToken) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension DuplicateKey: RecordKey {
  var tableWord: UInt64 { low }
}
