import Authorization
import Cryptography

/// The layout of a journal entry; every number little-endian.
///
/// ```
///  0 magic          4  "HFJE"
///  4 format         2
///  6 reserved       2
///  8 sequence       8  0 is the genesis entry
/// 16 time           8  microseconds since the epoch
/// 24 effects        4  how many
/// 28 effect bytes   4
/// 32 previous hash 32  of the entry before; zeros in the genesis entry
/// 64 first event    8  the number of its first event or, without events, of the next one
/// 72 effects           each: kind 2, length 2, content
///  … hash          32  SHA-256 of everything before it: chain link and checksum in one
/// ```
enum JournalEntryLayout {
  static let magic: UInt32 = 0x454A_4648
  static let format: UInt16 = 3
  static let headerBytes = 72
  static let effectHeaderBytes = 4
  static let hashBytes = 32
}

/// Builds one entry at a time in memory that it keeps.
final class JournalEntryBuilder {
  // Unchecked: they are read and written whole, on the writer's thread, and no access spans a call.
  @exclusivity(unchecked) private var base: UnsafeMutableRawPointer
  @exclusivity(unchecked) private var capacity: Int
  @exclusivity(unchecked) private var count = 0
  @exclusivity(unchecked) private(set) var effectCount: UInt32 = 0

  init(capacity: Int = 1 << 20) {
    base = .allocate(byteCount: capacity, alignment: 16)
    self.capacity = capacity
  }

  deinit { base.deallocate() }

  /// Bytes so far, without the hash.
  var byteCount: Int { count }

  /// Starts an entry; what was built before is gone.
  /// - Parameter firstEvent: the number that the next event gets.
  func begin(firstEvent: UInt64) {
    count = JournalEntryLayout.headerBytes
    effectCount = 0
    FieldWriter(base: base).integer(64, firstEvent)
  }

  /// Adds one effect whose content `fill` writes.
  @inline(__always)
  func appendEffect(kind: UInt16, byteCount: Int, fill: (UnsafeMutableRawPointer) -> Void) {
    precondition(byteCount <= Int(UInt16.max), "an effect is longer than its length field")
    let needed = count + JournalEntryLayout.effectHeaderBytes + byteCount
    if needed + JournalEntryLayout.hashBytes > capacity { grow(to: needed) }
    let target = FieldWriter(base: base + count)
    target.integer(0, kind)
    target.integer(2, UInt16(byteCount))
    fill(base + count + JournalEntryLayout.effectHeaderBytes)
    count = needed
    effectCount += 1
  }

  @inline(never)
  private func grow(to needed: Int) {
    let larger = max(capacity * 2, needed + JournalEntryLayout.hashBytes)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    moved.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = moved
    capacity = larger
  }

  private func copy(_ bytes: UnsafeRawBufferPointer, to offset: Int) {
    UnsafeMutableRawBufferPointer(start: base + offset, count: bytes.count).copyMemory(from: bytes)
  }

  /// Completes the entry: the bytes, good until the next `begin`, and their hash.
  func seal(
    sequence: UInt64,
    time: Instant,
    previous: Digest256
  ) -> (bytes: UnsafeRawBufferPointer, hash: Digest256) {
    let header = FieldWriter(base: base)
    header.integer(0, JournalEntryLayout.magic)
    header.integer(4, JournalEntryLayout.format)
    header.integer(6, UInt16(0))
    header.integer(8, sequence)
    header.integer(16, time.microsecondsSinceEpoch)
    header.integer(24, effectCount)
    header.integer(28, UInt32(count - JournalEntryLayout.headerBytes))
    previous.withBytes { copy($0, to: 32) }
    let hash = SHA256.digest(of: UnsafeRawBufferPointer(start: base, count: count))
    hash.withBytes { copy($0, to: count) }
    return (
      UnsafeRawBufferPointer(start: base, count: count + JournalEntryLayout.hashBytes), hash
    )
  }
}

/// One entry read back, its checksum and its place in the chain proven.
struct JournalEntry {
  let sequence: UInt64
  let time: Instant
  let previous: Digest256
  let hash: Digest256
  let effectCount: Int
  /// The number of its first event or, when it has none, of the next one.
  let firstEvent: UInt64
  private let effects: UnsafeRawBufferPointer

  /// Checks layout and hash of stored bytes.
  init(verifying bytes: UnsafeRawBufferPointer, at sequence: UInt64) throws(LedgerError) {
    let least = JournalEntryLayout.headerBytes + JournalEntryLayout.hashBytes
    guard bytes.count >= least, let base = bytes.baseAddress else {
      throw .damaged("journal entry \(sequence) is cut off")
    }
    let header = FieldReader(base: base)
    guard header.integer(0, as: UInt32.self) == JournalEntryLayout.magic else {
      throw .damaged("journal entry \(sequence) does not begin like one")
    }
    let format: UInt16 = header.integer(4)
    guard format <= JournalEntryLayout.format else {
      throw .newerFormat(found: UInt32(format), supported: UInt32(JournalEntryLayout.format))
    }
    guard format == JournalEntryLayout.format else {
      throw .olderFormat(
        found: UInt32(format),
        supported: UInt32(JournalEntryLayout.format)
      )
    }
    guard header.integer(8, as: UInt64.self) == sequence else {
      throw .damaged("journal entry \(sequence) says that it is another")
    }
    let effectBytes = Int(header.integer(28, as: UInt32.self))
    guard bytes.count == least + effectBytes else {
      throw .damaged("journal entry \(sequence) has the wrong length")
    }
    let body = bytes.count - JournalEntryLayout.hashBytes
    let computed = SHA256.digest(of: UnsafeRawBufferPointer(rebasing: bytes[..<body]))
    let stored = Digest256(bytes: UnsafeRawBufferPointer(rebasing: bytes[body...]))
    guard let stored, computed == stored else {
      throw .damaged("journal entry \(sequence) does not have its checksum")
    }
    self.sequence = sequence
    time = Instant(microsecondsSinceEpoch: header.integer(16))
    guard let previous = Digest256(bytes: UnsafeRawBufferPointer(rebasing: bytes[32..<64])) else {
      preconditionFailure("thirty-two bytes are a digest")
    }
    self.previous = previous
    hash = computed
    effectCount = Int(header.integer(24, as: UInt32.self))
    firstEvent = header.integer(64)
    effects = UnsafeRawBufferPointer(
      rebasing: bytes[JournalEntryLayout.headerBytes..<body]
    )
  }

  /// The number of the first event of a stored entry, which is not verified.
  /// - Throws: `LedgerError.damaged` when the bytes are too few for an entry of this format.
  static func firstEvent(of bytes: UnsafeRawBufferPointer) throws(LedgerError) -> UInt64 {
    guard bytes.count >= JournalEntryLayout.headerBytes, let base = bytes.baseAddress else {
      throw .damaged("a journal entry is cut off")
    }
    return FieldReader(base: base).integer(64)
  }

  /// Hands over the effects in order.
  func forEachEffect(_ body: (Effect) throws(LedgerError) -> Void) throws(LedgerError) {
    var offset = 0
    var seen = 0
    while offset < effects.count {
      guard effects.count - offset >= JournalEntryLayout.effectHeaderBytes,
        let base = effects.baseAddress
      else { throw .damaged("journal entry \(sequence) has a cut effect") }
      let header = FieldReader(base: base + offset)
      let kind: UInt16 = header.integer(0)
      let length = Int(header.integer(2, as: UInt16.self))
      offset += JournalEntryLayout.effectHeaderBytes
      guard effects.count - offset >= length else {
        throw .damaged("journal entry \(sequence) has a cut effect")
      }
      try body(
        try Effect(
          kind: kind,
          bytes: UnsafeRawBufferPointer(rebasing: effects[offset..<offset + length])
        )
      )
      offset += length
      seen += 1
    }
    guard seen == effectCount else {
      throw .damaged("journal entry \(sequence) has \(seen) effects and says \(effectCount)")
    }
  }
}
