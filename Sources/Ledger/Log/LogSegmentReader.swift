import Foundation

/// Reads entries of one segment through the page cache, with memory for one entry or one window.
final class LogSegmentReader {
  private let segment: LogSegment
  private let descriptor: Int32
  /// Bytes that may be looked at.
  let end: Int
  private var buffer: UnsafeMutableRawBufferPointer
  /// What of the file is in the buffer.
  private var window = 0..<0

  private let windowBytes: Int

  /// Opens a segment.
  ///
  /// - Parameters:
  ///   - segment: the file.
  ///   - end: where reading ends; `nil` for the whole file.
  ///   - windowBytes: how much is read at a time, unless an entry is longer.
  /// - Throws: `LedgerError.storage` when the file cannot be opened.
  init(
    _ segment: LogSegment,
    end: Int? = nil,
    windowBytes: Int = 1 << 18
  ) throws(LedgerError) {
    self.segment = segment
    self.windowBytes = windowBytes
    buffer = .allocate(byteCount: windowBytes, alignment: LogSegment.blockBytes)
    descriptor = open(segment.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      buffer.deallocate()
      throw .storage(operation: "open \(segment.path)", code: code)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      buffer.deallocate()
      close(descriptor)
      throw .storage(operation: "look at \(segment.path)", code: code)
    }
    self.end = min(end ?? .max, Int(status.st_size))
  }

  deinit {
    close(descriptor)
    buffer.deallocate()
  }

  /// Some bytes of the file, good until the next call; `nil` when the file ends before them.
  func bytes(at offset: Int, count: Int) throws(LedgerError) -> UnsafeRawBufferPointer? {
    guard offset >= 0, count >= 0, offset <= end, count <= end - offset else { return nil }
    if offset < window.lowerBound || offset + count > window.upperBound {
      try load(offset, count)
    }
    let start = offset - window.lowerBound
    return UnsafeRawBufferPointer(rebasing: buffer[start..<start + count])
  }

  private func load(_ offset: Int, _ count: Int) throws(LedgerError) {
    if count > buffer.count {
      buffer.deallocate()
      buffer = .allocate(
        byteCount: LogSegment.blocks(count),
        alignment: LogSegment.blockBytes
      )
    }
    window = 0..<0
    let wanted = min(max(count, windowBytes), end - offset)
    var done = 0
    while done < wanted {
      let read = pread(
        descriptor,
        buffer.baseAddress.map { $0 + done },
        wanted - done,
        off_t(offset + done)
      )
      if read < 0, errno == EINTR { continue }
      guard read > 0 else {
        throw .storage(operation: "read \(segment.path)", code: read < 0 ? errno : EIO)
      }
      done += read
    }
    window = offset..<offset + wanted
  }

  /// The length of the entry that says that it begins at an offset.
  ///
  /// - Parameters:
  ///   - offset: a multiple of the block.
  ///   - sequence: the entry's number; `nil` takes any.
  /// - Returns: `nil` when no such entry begins there or it does not fit into the file.
  /// - Throws: `newerFormat` when the entry is of a later release.
  func entryBytes(at offset: Int, sequence: UInt64?) throws(LedgerError) -> Int? {
    guard let bytes = try bytes(at: offset, count: JournalEntryLayout.headerBytes),
      let base = bytes.baseAddress
    else { return nil }
    let header = FieldReader(base: base)
    guard header.integer(0, as: UInt32.self) == JournalEntryLayout.magic else { return nil }
    if let sequence, header.integer(8, as: UInt64.self) != sequence { return nil }
    let format: UInt16 = header.integer(4)
    guard format <= JournalEntryLayout.format else {
      throw .newerFormat(found: UInt32(format), supported: UInt32(JournalEntryLayout.format))
    }
    let count =
      JournalEntryLayout.headerBytes + Int(header.integer(28, as: UInt32.self))
      + JournalEntryLayout.hashBytes
    return count <= end - offset ? count : nil
  }

  /// The entry that says that it begins at an offset; `nil` when there is none.
  func place(at offset: Int, sequence: UInt64) throws(LedgerError) -> LogPlace? {
    guard let count = try entryBytes(at: offset, sequence: sequence),
      let header = try bytes(at: offset, count: JournalEntryLayout.headerBytes)
    else { return nil }
    return LogPlace(
      sequence: sequence,
      offset: offset,
      end: offset + LogSegment.blocks(count),
      firstEvent: try JournalEntry.firstEvent(of: header)
    )
  }

  /// The entry that begins at an offset and has its checksum; `nil` when there is none.
  func entry(
    at offset: Int,
    sequence: UInt64?
  ) throws(LedgerError) -> (entry: JournalEntry, count: Int)? {
    guard let count = try entryBytes(at: offset, sequence: sequence),
      let stored = try bytes(at: offset, count: count), let base = stored.baseAddress
    else { return nil }
    let number: UInt64 = FieldReader(base: base).integer(8)
    do throws(LedgerError) {
      return (try JournalEntry(verifying: stored, at: number), count)
    } catch .damaged {
      return nil
    }
  }
}
