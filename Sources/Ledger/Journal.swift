import Authorization
import Cryptography
import Foundation
import Synchronization

/// An ordered, durable sequence of entries: the truth that the books are posted from.
///
/// The one seam between the ledger and where it keeps its truth: a local file today.
protocol Journal: AnyObject, Sendable {
  /// Adds the entry after the last one; returns when it is durable. After an error nothing may be
  /// appended any more: what is on disk is unknown until the journal is opened again.
  func append(sequence: UInt64, _ bytes: UnsafeRawBufferPointer) throws(LedgerError)

  /// Whether `keepUp` should be called before long.
  var needsUpkeep: Bool { get }

  /// Makes room for entries to come, so that an append need not, and gives memory back that older
  /// entries take; called on a thread of its own while others append and read.
  func keepUp()

  /// Hands over entries in order from a sequence number on, until `body` answers `false`.
  func read(
    from sequence: UInt64,
    _ body: (UInt64, UnsafeRawBufferPointer) throws(LedgerError) -> Bool
  ) throws(LedgerError)

  /// The last of the entries whose first event is at most the one with a number: it holds that event,
  /// when anything does.
  ///
  /// Its cost does not grow with the journal but for a logarithm.
  /// - Returns: the entry's sequence number; `nil` while there is no entry.
  func entry(ofEvent number: UInt64) throws(LedgerError) -> UInt64?

  /// The sequence number of the last entry; `nil` while there is none.
  func lastSequence() throws(LedgerError) -> UInt64?

  /// Bytes in use and the most that fit.
  var usage: (usedBytes: Int, limitBytes: Int) { get }
}

/// A journal in an LMDB environment of one tree, keyed by sequence number and only appended to.
final class LMDBJournal: Journal {
  private let environment: LMDBEnvironment
  private let entries: LMDBTable
  /// Up to where the page cache need not keep the file: what is behind it is long durable.
  private let forgotten: Atomic<Int>

  init(path: String, mapBytes: Int, readOnly: Bool = false) throws(LedgerError) {
    environment = try LMDBEnvironment(
      path: path,
      mapBytes: mapBytes,
      tables: 0,
      durability: .full,
      readOnly: readOnly
    )
    forgotten = Atomic(environment.usage.usedBytes)
    if readOnly {
      let transaction = try environment.read()
      entries = try transaction.access.table(nil, integerKeys: true, create: false)
    } else {
      let transaction = try environment.write()
      entries = try transaction.access.table(nil, integerKeys: true, create: true)
      try transaction.commit()
    }
  }

  func append(sequence: UInt64, _ bytes: UnsafeRawBufferPointer) throws(LedgerError) {
    let transaction = try environment.write()
    try transaction.access.put(entries, sequence, bytes, append: true)
    try environment.commit(transaction, writing: bytes.count)
  }

  var needsUpkeep: Bool {
    environment.isFileShort
      || environment.usage.usedBytes - forgotten.load(ordering: .relaxed)
        > 2 * LedgerLimits.cachedJournalBytes
  }

  func keepUp() {
    environment.extendFile { true }
    forget()
  }

  /// Lets the page cache drop entries that only a look into the past reads.
  ///
  /// The pages are used again for the next entries. Otherwise the journal, which nobody reads, would
  /// fill all of the memory, take the place of the books, and pay for each page anew: on a virtual
  /// machine a page that was never used costs as much as a hundred messages.
  private func forget() {
    let start = forgotten.load(ordering: .relaxed)
    let end = environment.usage.usedBytes - LedgerLimits.cachedJournalBytes
    guard end > start else { return }
    environment.forgetFile(start..<end)
    forgotten.store(end, ordering: .relaxed)
  }

  func read(
    from sequence: UInt64,
    _ body: (UInt64, UnsafeRawBufferPointer) throws(LedgerError) -> Bool
  ) throws(LedgerError) {
    let transaction = try environment.read()
    let start = withUnsafeBytes(of: sequence) { Array($0) }
    var readAhead = JournalReadAhead()
    try transaction.access.walk(entries, from: .atOrAfter(start)) {
      (key, value) throws(LedgerError) in
      guard key.count == 8 else { throw .damaged("a journal key has \(key.count) bytes") }
      readAhead.note(value)
      return try body(key.loadUnaligned(as: UInt64.self), value)
    }
  }

  func entry(ofEvent number: UInt64) throws(LedgerError) -> UInt64? {
    let transaction = try environment.read()
    guard let last = try lastSequence(transaction.access) else { return nil }
    var (low, high): (UInt64, UInt64) = (0, last)
    while low < high {
      let middle = low + (high - low + 1) / 2
      guard let bytes = try transaction.access.value(entries, middle) else {
        throw .damaged("journal entry \(middle) is missing")
      }
      if try JournalEntry.firstEvent(of: bytes) <= number {
        low = middle
      } else {
        high = middle - 1
      }
    }
    return low
  }

  func lastSequence() throws(LedgerError) -> UInt64? {
    let transaction = try environment.read()
    return try lastSequence(transaction.access)
  }

  private func lastSequence(_ access: LMDBAccess) throws(LedgerError) -> UInt64? {
    var last: UInt64?
    try access.walk(entries, from: .last) { (key, _) throws(LedgerError) in
      guard key.count == 8 else { throw .damaged("a journal key has \(key.count) bytes") }
      last = key.loadUnaligned(as: UInt64.self)
      return false
    }
    return last
  }

  var usage: (usedBytes: Int, limitBytes: Int) {
    let usage = environment.usage
    return (usage.usedBytes, usage.mapBytes)
  }
}
