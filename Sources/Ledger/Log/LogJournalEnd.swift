import Cryptography
import Foundation

/// Where a log journal ends, found without changing anything.
struct LogJournalEnd {
  /// The last entry and its hash; `nil` while there is none.
  private(set) var last: UInt64?
  private(set) var hash = Digest256.zero
  /// Where the next entry goes in the last segment.
  private(set) var offset = 0
  /// Bytes that entries take in the segments before the last.
  private(set) var earlierBytes = 0
  /// Behind `offset` and before this, the last segment holds what is left of a write that was never
  /// acknowledged.
  private(set) var tornEnd = 0
  /// The size of the last segment's file.
  private(set) var fileBytes = 0

  /// Looks at all segments: at the ends of all but the last, at every entry of the last.
  ///
  /// The next entry is written when the one before it is durable, so at most one write is torn, and
  /// behind it nothing was ever written: an entry that stands there proves that something before it
  /// was acknowledged and is damaged.
  /// - Throws: `LedgerError.damaged` when segments or entries before the end are missing or damaged.
  init(_ segments: [LogSegment]) throws(LedgerError) {
    guard let first = segments.first, let newest = segments.last else { return }
    guard first.first == 0 else {
      throw .damaged("the journal begins with entry \(first.first), in \(first.path)")
    }
    for (segment, next) in zip(segments, segments.dropFirst()) {
      try close(segment, before: next)
    }
    try walk(newest)
  }

  /// Finds the last entry of a segment that has a successor, from its end backwards: what is behind
  /// that entry is less than one more entry, and zeros.
  private mutating func close(
    _ segment: LogSegment,
    before next: LogSegment
  ) throws(LedgerError) {
    let reader = try LogSegmentReader(segment, windowBytes: LogSegment.blockBytes)
    let expected = next.first - 1
    var offset = LogSegment.blocks(reader.end) - LogSegment.blockBytes
    while offset >= 0 {
      if let (entry, count) = try reader.entry(at: offset, sequence: expected) {
        last = expected
        hash = entry.hash
        earlierBytes += offset + LogSegment.blocks(count)
        return
      }
      offset -= LogSegment.blockBytes
    }
    throw .damaged("\(segment.path) does not end with entry \(expected)")
  }

  private mutating func walk(_ segment: LogSegment) throws(LedgerError) {
    let reader = try LogSegmentReader(segment)
    fileBytes = reader.end
    var next = segment.first
    while let (entry, count) = try reader.entry(at: offset, sequence: next),
      entry.previous == hash
    {
      last = next
      hash = entry.hash
      offset += LogSegment.blocks(count)
      next += 1
    }
    var position = offset
    tornEnd = offset
    while position < reader.end {
      let count = min(LogSegment.blockBytes, reader.end - position)
      guard let block = try reader.bytes(at: position, count: count) else { break }
      if !Self.isZero(block) {
        tornEnd = position + LogSegment.blockBytes
        if let found = try Self.entry(reader, at: position) {
          throw .damaged(
            "journal entry \(next) is missing or damaged in \(segment.path), and entry \(found) "
              + "stands behind its place"
          )
        }
      }
      position += LogSegment.blockBytes
    }
  }

  private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress, bytes[0] == 0 else { return bytes.isEmpty }
    return memcmp(base, base + 1, bytes.count - 1) == 0
  }

  /// A sound entry of any number; what a torn write left may look like the beginning of one.
  private static func entry(
    _ reader: LogSegmentReader,
    at offset: Int
  ) throws(LedgerError) -> UInt64? {
    do throws(LedgerError) {
      return try reader.entry(at: offset, sequence: nil)?.entry.sequence
    } catch .newerFormat {
      return nil
    }
  }
}
