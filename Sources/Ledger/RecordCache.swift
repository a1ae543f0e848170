/// The newest records of one kind that the writer read or wrote, of bounded number: one look instead
/// of a walk down a tree for what is used again.
///
/// Memory grows with the records; a full cache gives up the record that it took up first. A handle, as
/// `RecordTable` is; its owner calls `deallocate`. Used by one thread.
struct RecordCache<Key: RecordKey, Record> {
  private let table: RecordTable<Key, Record>
  /// How many records there is room for.
  let capacity: Int
  /// The place that the next record takes once the cache is full.
  private let oldest: UnsafeMutablePointer<Int>

  private static var leastCapacity: Int { 1_024 }
  /// Nearly all that is looked for is here, so slots may be dense; blocks are some megabytes.
  private static var layout: RecordTable<Key, Record>.Layout {
    RecordTable.Layout(blockBits: 17, prefersLargePages: true, takenEighths: 5)
  }

  /// - Parameter count: how many records to keep, at least 1,024.
  init(count: Int) {
    capacity = max(count, Self.leastCapacity)
    table = RecordTable(Self.layout)
    oldest = .allocate(capacity: 1)
    oldest.initialize(to: 0)
  }

  /// Gives the memory back; no copy of the handle may be used any more.
  func deallocate() {
    table.deallocate()
    oldest.deallocate()
  }

  /// Begins to fetch what says where a key's record is; some hundred nanoseconds before the rest.
  @inline(__always)
  func prefetch(_ key: Key) { table.prefetch(key) }

  /// Begins to fetch a key's record, where it is here.
  @inline(__always)
  func prefetchRecord(_ key: Key) { table.prefetchRecord(key) }

  subscript(key: Key) -> Record? {
    @inline(__always)
    get { table[key] }
  }

  /// Keeps the newest record of a key.
  func set(_ key: Key, _ record: Record) {
    if table.count < capacity || table[key] != nil {
      table.set(key, record)
    } else {
      table.replace(oldest.pointee, key, record)
      oldest.pointee = (oldest.pointee + 1) % capacity
    }
  }
}
