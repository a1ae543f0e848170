import Authorization
import CMemory

/// The newest records of one kind that the writer read or wrote, of bounded number: one look instead
/// of a walk down a tree for what is used again.
///
/// Sets of eight; a full set gives up one record, whichever. Memory is reserved at once and taken from
/// the system as records come.
///
/// A handle on its memory, as `RecordTable` is and for the same reason; its owner calls `deallocate`.
/// Used by one thread.
struct RecordCache<Key: RecordKey, Record> {
  private typealias Entry = (key: Key, record: Record)

  private static var ways: Int { 8 }
  /// Eight a set, 0 while a place is free.
  private let tags: UnsafeMutablePointer<UInt16>
  private let entries: UnsafeMutablePointer<Entry>
  private let setMask: Int
  /// How many records there is room for.
  let capacity: Int
  /// Which of its eight records the next full set gives up.
  private let victim: UnsafeMutablePointer<Int>
  /// Differs between processes, so that nobody can choose keys that meet in one set.
  private let seed = UInt64.random(in: .min ... .max)

  /// - Parameter count: how many records to keep; the next power of two, at least 1,024.
  init(count: Int) {
    var capacity = 1024
    while capacity < count { capacity *= 2 }
    self.capacity = capacity
    setMask = capacity / Self.ways - 1
    tags = .allocate(capacity: capacity)
    tags.initialize(repeating: 0, count: capacity)
    entries = .allocate(capacity: capacity)
    victim = .allocate(capacity: 1)
    victim.initialize(to: 0)
  }

  /// Gives the memory back; no copy of the handle may be used any more.
  func deallocate() {
    for place in 0..<capacity where tags[place] != 0 { (entries + place).deinitialize(count: 1) }
    tags.deallocate()
    entries.deallocate()
    victim.deallocate()
  }

  @inline(__always)
  private func locate(_ key: Key) -> (set: Int, tag: UInt16) {
    let product = (key.tableWord ^ seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    let hash = product.high ^ product.low
    return (
      (Int(truncatingIfNeeded: hash) & setMask) * Self.ways,
      UInt16(truncatingIfNeeded: hash >> 48) | 1
    )
  }

  @inline(__always)
  private func place(_ key: Key, _ set: Int, _ tag: UInt16) -> Int? {
    for place in set..<set + Self.ways where tags[place] == tag && entries[place].key == key {
      return place
    }
    return nil
  }

  /// Begins to fetch what says where a key's record is; some hundred nanoseconds before the rest.
  @inline(__always)
  func prefetchTags(_ key: Key) { memory_prefetch(tags + locate(key).set) }

  /// Begins to fetch a key's record, where it is here.
  @inline(__always)
  func prefetchRecord(_ key: Key) {
    let (set, tag) = locate(key)
    for place in set..<set + Self.ways where tags[place] == tag {
      let entry = UnsafeRawPointer(entries + place)
      memory_prefetch(entry)
      memory_prefetch(entry + (MemoryLayout<Entry>.stride - 1))
    }
  }

  subscript(key: Key) -> Record? {
    @inline(__always)
    get {
      let (set, tag) = locate(key)
      return place(key, set, tag).map { entries[$0].record }
    }
  }

  /// Asks for large pages: worth it when most of the memory is used anyway.
  func preferLargePages() {
    memory_prefer_large_pages(tags, capacity * MemoryLayout<UInt16>.stride)
    memory_prefer_large_pages(entries, capacity * MemoryLayout<Entry>.stride)
  }

  /// Takes a record up where there is room for it; the key must not be there.
  func add(_ key: Key, _ record: Record) {
    let (set, tag) = locate(key)
    for place in set..<set + Self.ways where tags[place] == 0 {
      tags[place] = tag
      (entries + place).initialize(to: (key, record))
      return
    }
  }

  /// Keeps the newest record of a key.
  func set(_ key: Key, _ record: Record) {
    let (set, tag) = locate(key)
    if let place = place(key, set, tag) {
      entries[place].record = record
      return
    }
    for place in set..<set + Self.ways where tags[place] == 0 {
      tags[place] = tag
      (entries + place).initialize(to: (key, record))
      return
    }
    victim.pointee = (victim.pointee + 1) & (Self.ways - 1)
    tags[set + victim.pointee] = tag
    entries[set + victim.pointee] = (key, record)
  }
}
