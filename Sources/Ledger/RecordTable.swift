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

  /// How a table uses its memory.
  struct Layout {
    /// Records of one block, as a power of two.
    var blockBits = 10
    /// Whether blocks shall lie in large pages: worth it for a table that is used all over.
    var prefersLargePages = false
    /// How many eighths of the slots may be taken: keys that are not there are looked for longer in a
    /// fuller table.
    var takenEighths = 4
  }

  private struct State {
    /// Low half: place of the record + 1, 0 while free; high half: high half of the hash, whose top
    /// bits say where the slot belongs.
    var slots: UnsafeMutablePointer<UInt64>
    var slotBits: Int
    let layout: Layout
    var blocks: [UnsafeMutablePointer<Entry>] = []
    var count = 0

    @inline(__always)
    var slotMask: Int { 1 << slotBits - 1 }

    /// Where a slot with this content, or of this hash, belongs.
    @inline(__always)
    func home(_ content: UInt64) -> Int { Int(content &>> UInt64(64 &- slotBits)) }

    @inline(__always)
    func entry(_ place: Int) -> UnsafeMutablePointer<Entry> {
      blocks[place >> layout.blockBits] + (place & (1 << layout.blockBits - 1))
    }
  }

  private static var leastSlotBits: Int { 10 }
  private static var hashHalf: UInt64 { 0xFFFF_FFFF_0000_0000 }

  private let state: UnsafeMutablePointer<State>
  /// Differs between processes, so that nobody can choose keys that meet in one slot.
  private let seed = UInt64.random(in: .min ... .max)

  init(_ layout: Layout = Layout()) {
    state = .allocate(capacity: 1)
    state.initialize(
      to: State(
        slots: Self.freeSlots(Self.leastSlotBits),
        slotBits: Self.leastSlotBits,
        layout: layout
      )
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
    let blockCount = 1 << state.pointee.layout.blockBits
    for (number, block) in state.pointee.blocks.enumerated() {
      block.deinitialize(count: max(0, min(count - number * blockCount, blockCount)))
    }
  }

  private static func freeSlots(_ bits: Int) -> UnsafeMutablePointer<UInt64> {
    let slots = UnsafeMutablePointer<UInt64>.allocate(capacity: 1 << bits)
    memory_prefer_large_pages(slots, (1 << bits) * MemoryLayout<UInt64>.stride)
    slots.initialize(repeating: 0, count: 1 << bits)
    return slots
  }

  private func newBlock() -> UnsafeMutablePointer<Entry> {
    let count = 1 << state.pointee.layout.blockBits
    guard state.pointee.layout.prefersLargePages else { return .allocate(capacity: count) }
    let bytes = count * MemoryLayout<Entry>.stride
    let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 1 << 21)
    memory_prefer_large_pages(block, bytes)
    return block.bindMemory(to: Entry.self, capacity: count)
  }

  @inline(__always)
  private func hash(_ key: Key) -> UInt64 {
    let product = (key.tableWord ^ seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }

  /// The slot of a key, or the free one where it belongs.
  @inline(__always)
  private func slot(_ key: Key, _ hash: UInt64) -> Int {
    let slots = state.pointee.slots
    var slot = state.pointee.home(hash)
    while true {
      let content = slots[slot]
      if content == 0 { return slot }
      if (content ^ hash) & Self.hashHalf == 0, entry(content).pointee.key == key { return slot }
      slot = (slot + 1) & state.pointee.slotMask
    }
  }

  /// The record that a slot's content, which is not 0, stands for.
  @inline(__always)
  private func entry(_ content: UInt64) -> UnsafeMutablePointer<Entry> {
    state.pointee.entry(Int(content & ~Self.hashHalf) - 1)
  }

  /// Begins to fetch what says whether a key is here; some hundred nanoseconds before the rest.
  @inline(__always)
  func prefetch(_ key: Key) {
    memory_prefetch(state.pointee.slots + state.pointee.home(hash(key)))
  }

  /// Begins to fetch a key's record, where it is here.
  @inline(__always)
  func prefetchRecord(_ key: Key) {
    let content = state.pointee.slots[slot(key, hash(key))]
    guard content != 0 else { return }
    let entry = UnsafeRawPointer(entry(content))
    memory_prefetch(entry)
    memory_prefetch(entry + (MemoryLayout<Entry>.stride - 1))
  }

  subscript(key: Key) -> Record? {
    @inline(__always)
    get {
      let content = state.pointee.slots[slot(key, hash(key))]
      return content == 0 ? nil : entry(content).pointee.record
    }
  }

  /// Puts a record under a key, over the one that is there.
  func set(_ key: Key, _ record: Record) {
    let hash = hash(key)
    let slot = slot(key, hash)
    let content = state.pointee.slots[slot]
    if content != 0 {
      entry(content).pointee.record = record
      return
    }
    let place = count
    precondition(place < Int(UInt32.max), "a table has no places left")
    if place == state.pointee.blocks.count << state.pointee.layout.blockBits {
      state.pointee.blocks.append(newBlock())
    }
    state.pointee.entry(place).initialize(to: (key, record))
    state.pointee.count = place + 1
    state.pointee.slots[slot] = hash & Self.hashHalf | UInt64(place + 1)
    if (place + 1) * 8 > state.pointee.layout.takenEighths << state.pointee.slotBits { growSlots() }
  }

  /// Puts a record in the place of another one, whatever that is; its key must not be in the table.
  func replace(_ place: Int, _ key: Key, _ record: Record) {
    precondition(place < count, "a record is replaced that is not there")
    let old = state.pointee.entry(place)
    free(slot(old.pointee.key, hash(old.pointee.key)))
    old.pointee = (key, record)
    let hash = hash(key)
    state.pointee.slots[slot(key, hash)] = hash & Self.hashHalf | UInt64(place + 1)
  }

  /// Frees a slot, and moves those behind it that would not be found any more.
  private func free(_ slot: Int) {
    let (slots, mask) = (state.pointee.slots, state.pointee.slotMask)
    var hole = slot
    var next = slot
    while true {
      next = (next + 1) & mask
      let content = slots[next]
      guard content != 0 else { break }
      // It is found from its home on, so it may move back to the hole, but not in front of its home.
      let distance = (next - state.pointee.home(content)) & mask
      if distance >= (next - hole) & mask {
        slots[hole] = content
        hole = next
      }
    }
    slots[hole] = 0
  }

  /// Doubles the slots: the old ones are read and the new ones written in their order, and no record is
  /// looked at.
  private func growSlots() {
    let (old, oldCount) = (state.pointee.slots, 1 << state.pointee.slotBits)
    precondition(state.pointee.slotBits < 32, "a table has no slots left")
    state.pointee.slotBits += 1
    let slots = Self.freeSlots(state.pointee.slotBits)
    for index in 0..<oldCount where old[index] != 0 {
      var slot = state.pointee.home(old[index])
      while slots[slot] != 0 { slot = (slot + 1) & state.pointee.slotMask }
      slots[slot] = old[index]
    }
    old.deallocate()
    state.pointee.slots = slots
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
