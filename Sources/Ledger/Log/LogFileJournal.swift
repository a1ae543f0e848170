import CFileIO
import Foundation
import Synchronization

/// A journal in preallocated files: each entry is one direct write that is durable when it returns.
///
/// ```
/// DIR/00000000000000000000.log  segments, each named after its first entry
/// DIR/spare                     zeros that the next segment begins with
/// ```
final class LogFileJournal: Journal {
  /// How the files are laid out.
  struct Layout {
    /// The directory of the segments; must exist.
    var directory: String
    /// The size that a segment stays below, unless one entry alone is larger.
    var segmentBytes = 256 << 20
    /// The most that entries may take, in bytes.
    var limitBytes: Int
  }

  /// What the threads share.
  private struct State {
    var segments: [LogSegment]
    /// The last durable entry.
    var last: UInt64?
    /// Where the next entry goes in the last segment.
    var offset: Int
    /// Bytes that entries take in the segments before.
    var earlierBytes: Int
    /// The zeros ahead in the last segment; `nil` while there is none.
    var growth: FileExtension?
    /// Bytes of the spare file, 0 while it is not ready.
    var spareBytes = 0

    var usedBytes: Int { earlierBytes + offset }
  }

  private let layout: Layout
  private let state: Mutex<State>
  private let writer = LogSegmentWriter()
  /// What of the last segment was no entry when it was opened.
  private let leftover: Leftover
  /// Where entries were found before.
  private let marks = LogMarks()

  /// What must be put right in the last segment before anything is appended.
  private struct Leftover {
    /// What is left of a write that was never acknowledged.
    var torn: Range<Int>
    /// The size of a file that ends within a block: somebody has cut it off.
    var cutBytes: Int?
  }

  /// Opens the journal of a directory, which may be empty; nothing is changed before the first append.
  /// - Throws: `LedgerError`, `damaged` when anything before its end is missing or damaged.
  init(_ layout: Layout, readOnly: Bool = false) throws(LedgerError) {
    self.layout = layout
    let segments = LogSegment.all(in: layout.directory)
    let end = try LogJournalEnd(segments)
    state = Mutex(
      State(
        segments: segments,
        last: end.last,
        offset: end.offset,
        earlierBytes: end.earlierBytes,
        growth: segments.last.map { FileExtension(path: $0.path) }
      )
    )
    leftover = Leftover(
      torn: end.offset..<end.tornEnd,
      cutBytes: end.fileBytes % LogSegment.blockBytes == 0 ? nil : end.fileBytes
    )
    guard !readOnly, let newest = segments.last else { return }
    try Self.flush(newest.path, O_RDONLY)
  }

  /// A process that was killed may have left an entry that the disk has taken and not yet kept: from
  /// here on it counts, so it must be kept.
  private static func flush(_ path: String, _ flags: Int32) throws(LedgerError) {
    let descriptor = Foundation.open(path, flags | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, fsync(descriptor) == 0 else {
      throw .storage(operation: "flush \(path)", code: errno)
    }
  }

  // MARK: Appending

  func append(sequence: UInt64, _ bytes: UnsafeRawBufferPointer) throws(LedgerError) {
    if let failure = writer.failure { throw failure }
    do throws(LedgerError) {
      try append(bytes, sequence)
    } catch {
      writer.failure = error
      throw error
    }
  }

  private func append(
    _ bytes: UnsafeRawBufferPointer,
    _ sequence: UInt64
  ) throws(LedgerError) {
    let length = LogSegment.blocks(bytes.count)
    let before = state.withLock { $0 }
    precondition(sequence == before.last.map { $0 + 1 } ?? 0, "entries are appended in order")
    guard before.usedBytes + length <= layout.limitBytes else {
      throw .storage(operation: "let the journal grow beyond its limit", code: ENOSPC)
    }
    if !writer.isOpen, let segment = before.segments.last { try resume(segment) }
    let isFull = before.offset > 0 && before.offset + length > layout.segmentBytes
    if !writer.isOpen || isFull { try startSegment(sequence) }
    let (growth, offset) = state.withLock { ($0.growth, $0.offset) }
    guard let growth else { preconditionFailure("a segment that is written to can grow") }
    let holdsGrowth = growth.beginCommit(upTo: offset + length)
    defer { if holdsGrowth { growth.endCommit() } }
    try writer.write(bytes, at: offset)
    state.withLock { state in
      state.last = sequence
      state.offset = offset + length
    }
  }

  /// Goes on with the last segment of an earlier process; removes what a torn write left there.
  private func resume(_ segment: LogSegment) throws(LedgerError) {
    try writer.open(segment, create: false)
    guard let growth = state.withLock({ $0.growth }) else {
      preconditionFailure("a segment that is written to can grow")
    }
    let holdsGrowth = growth.beginCommit(upTo: .max)
    defer { if holdsGrowth { growth.endCommit() } }
    // Zeros are appended from the end of the file on, which must be the end of a block.
    if let bytes = leftover.cutBytes { try writer.fillUp(bytes) }
    if !leftover.torn.isEmpty { try writer.clear(leftover.torn) }
  }

  /// Goes on in a new file, which is in its directory for good before it holds an entry.
  private func startSegment(_ first: UInt64) throws(LedgerError) {
    let segment = LogSegment(first: first, in: layout.directory)
    let hasSpare = state.withLock { state in
      defer { state.spareBytes = 0 }
      return state.spareBytes > 0
    }
    if hasSpare, rename(sparePath, segment.path) != 0 {
      throw .storage(operation: "make \(segment.path)", code: errno)
    }
    try writer.open(segment, create: !hasSpare)
    try Self.flush(layout.directory, O_RDONLY | O_DIRECTORY)
    state.withLock { state in
      state.segments.append(segment)
      state.earlierBytes += state.offset
      state.offset = 0
      state.growth = FileExtension(path: segment.path)
    }
  }

  // MARK: Space

  private var sparePath: String { layout.directory + "/spare" }

  var needsUpkeep: Bool {
    state.withLock { state in
      guard let growth = state.growth else { return false }
      let ahead = max(0, min(growth.bytes, layout.segmentBytes) - state.offset)
      return ahead + state.spareBytes < growth.ahead(state.usedBytes) / 2
    }
  }

  func keepUp() {
    guard needsUpkeep else { return }
    let (growth, path) = state.withLock { ($0.growth, $0.segments.last?.path) }
    guard let growth else { return }
    let target = {
      self.state.withLock { state in
        // A segment that the writer has left behind needs nothing any more.
        guard state.segments.last?.path == path else { return 0 }
        return min(state.offset + growth.ahead(state.usedBytes), self.layout.segmentBytes)
      }
    }
    growth.extend(to: target) { true }
    let spareBytes = state.withLock { state in
      let ahead = growth.ahead(state.usedBytes)
      guard state.spareBytes == 0, state.offset + ahead > layout.segmentBytes else { return 0 }
      return min(ahead, layout.segmentBytes)
    }
    if spareBytes > 0 { prepareSpare(spareBytes) }
  }

  /// Writes the zeros that the next segment begins with; without them its first entries take longer.
  private func prepareSpare(_ bytes: Int) {
    unlink(sparePath)
    let made = file_io_open_durable(sparePath, true)
    guard made >= 0 else { return }
    close(made)
    let spare = FileExtension(path: sparePath)
    spare.extend(to: { bytes }) { true }
    guard spare.bytes >= bytes else { return }
    state.withLock { $0.spareBytes = spare.bytes }
  }

  var usage: (usedBytes: Int, limitBytes: Int) {
    let used = state.withLock { $0.usedBytes }
    var space = statvfs()
    guard statvfs(layout.directory, &space) == 0 else { return (used, layout.limitBytes) }
    let free = Int(
      clamping: UInt64(space.f_bavail).multipliedReportingOverflow(
        by: UInt64(space.f_frsize)
      ).partialValue
    )
    return (used, min(layout.limitBytes, used.addingReportingOverflow(free).partialValue))
  }

  // MARK: Reading

  func lastSequence() throws(LedgerError) -> UInt64? { state.withLock { $0.last } }

  func entry(ofEvent number: UInt64) throws(LedgerError) -> UInt64? {
    let (segments, newest, end) = state.withLock { ($0.segments, $0.last, $0.offset) }
    guard let newest else { return nil }
    // The last segment may have been begun for an entry that is not durable yet.
    let begun = segments.prefix { $0.first <= newest }
    var (low, high) = (0, begun.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      let reader = try LogSegmentReader(begun[middle], windowBytes: LogSegment.blockBytes)
      guard let place = try reader.place(at: 0, sequence: begun[middle].first) else {
        throw Self.missing(begun[middle].first, begun[middle])
      }
      if place.firstEvent <= number {
        low = middle
      } else {
        high = middle - 1
      }
    }
    let isNewest = low == segments.count - 1
    let last = isNewest ? newest : min(newest, segments[low + 1].first - 1)
    return try place(in: begun[low], through: last, end: isNewest ? end : nil) {
      $0.firstEvent <= number
    }?.sequence
  }

  /// The last entry of a segment that something holds for which holds for none behind it.
  ///
  /// Goes on from the last known place, so that a segment is gone through once in the life of the
  /// process.
  private func place(
    in segment: LogSegment,
    through last: UInt64,
    end: Int?,
    where holds: (LogPlace) -> Bool
  ) throws(LedgerError) -> LogPlace? {
    let reader = try LogSegmentReader(segment, end: end, windowBytes: LogSegment.blockBytes)
    var place: LogPlace
    if let known = marks.last(in: segment, where: holds) {
      place = known
    } else {
      guard let first = try reader.place(at: 0, sequence: segment.first) else {
        throw Self.missing(segment.first, segment)
      }
      guard holds(first) else { return nil }
      place = first
    }
    while place.sequence < last {
      guard let next = try reader.place(at: place.end, sequence: place.sequence + 1) else {
        throw Self.missing(place.sequence + 1, segment)
      }
      marks.note(next, in: segment)
      guard holds(next) else { return place }
      place = next
    }
    return place
  }

  private static func missing(_ sequence: UInt64, _ segment: LogSegment) -> LedgerError {
    .damaged("journal entry \(sequence) is missing or damaged in \(segment.path)")
  }

  func read(
    from sequence: UInt64,
    _ body: (UInt64, UnsafeRawBufferPointer) throws(LedgerError) -> Bool
  ) throws(LedgerError) {
    let (segments, newest, end) = state.withLock { ($0.segments, $0.last, $0.offset) }
    guard let newest, sequence <= newest else { return }
    let start = segments.lastIndex { $0.first <= sequence } ?? 0
    for index in start..<segments.count {
      let segment = segments[index]
      let isNewest = index == segments.count - 1
      let last = isNewest ? newest : segments[index + 1].first - 1
      guard segment.first <= last else { return }
      let reader = try LogSegmentReader(segment, end: isNewest ? end : nil)
      var offset = 0
      let first = max(sequence, segment.first)
      if first > segment.first {
        let place = try self.place(in: segment, through: last, end: isNewest ? end : nil) {
          $0.sequence <= first
        }
        guard let place, place.sequence == first else { return }
        offset = place.offset
      }
      for number in first...last {
        guard let count = try reader.entryBytes(at: offset, sequence: number) else {
          throw .damaged("journal entry \(number) is missing or damaged in \(segment.path)")
        }
        guard let bytes = try reader.bytes(at: offset, count: count) else {
          throw .damaged("journal entry \(number) is cut off in \(segment.path)")
        }
        guard try body(number, bytes) else { return }
        offset += LogSegment.blocks(count)
      }
    }
  }
}
