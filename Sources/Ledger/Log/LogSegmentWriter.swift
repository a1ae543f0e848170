import CFileIO
import Foundation

/// Writes to the last segment of a log journal; for the one thread that appends.
final class LogSegmentWriter: @unchecked Sendable {
  private var descriptor: Int32 = -1
  /// Where direct writes come from.
  private var buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: 1 << 20,
    alignment: LogSegment.blockBytes
  )
  /// The first failure: what is on disk is unknown from then on.
  var failure: LedgerError?

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  var isOpen: Bool { descriptor >= 0 }

  /// Goes on with a segment; makes its file when `create` says so.
  func open(_ segment: LogSegment, create: Bool) throws(LedgerError) {
    let opened = file_io_open_durable(segment.path, create)
    guard opened >= 0 else {
      throw .storage(operation: "open \(segment.path)", code: -opened)
    }
    if descriptor >= 0 { close(descriptor) }
    descriptor = opened
  }

  /// Writes an entry, filled up with zeros to whole blocks; returns when it is durable.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(LedgerError) {
    let length = LogSegment.blocks(bytes.count)
    if buffer.count < length {
      buffer.deallocate()
      buffer = .allocate(byteCount: length, alignment: LogSegment.blockBytes)
    }
    buffer.copyMemory(from: bytes)
    let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[bytes.count..<length])
    rest.initializeMemory(as: UInt8.self, repeating: 0)
    try write(length, at: offset)
  }

  /// Overwrites blocks with zeros; returns when they are durable.
  func clear(_ range: Range<Int>) throws(LedgerError) {
    let step = min(range.count, buffer.count)
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    for position in stride(from: range.lowerBound, to: range.upperBound, by: max(step, 1)) {
      try write(min(step, range.upperBound - position), at: position)
    }
  }

  /// Lets the file end with a block.
  func fillUp(_ bytes: Int) throws(LedgerError) {
    guard ftruncate(descriptor, off_t(LogSegment.blocks(bytes))) == 0, fsync(descriptor) == 0 else {
      throw .storage(operation: "fill up the journal", code: errno)
    }
  }

  private func write(_ length: Int, at offset: Int) throws(LedgerError) {
    let written = pwrite(descriptor, buffer.baseAddress, length, off_t(offset))
    // Never tried again: the kernel tells of a failed write once.
    guard written == length else {
      throw .storage(operation: "write to the journal", code: written < 0 ? errno : EIO)
    }
  }
}
