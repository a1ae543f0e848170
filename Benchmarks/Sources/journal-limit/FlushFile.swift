import Glibc

/// A file whose blocks are all written, for `fdatasync` without changes of metadata.
final class FlushFile {
  private static let blockBytes = 4_096
  private static let blocks = 4_096
  private let descriptor: Int32
  private let block: UnsafeMutableRawPointer

  init(directory: String) throws {
    block = .allocate(byteCount: Self.blockBytes, alignment: Self.blockBytes)
    descriptor = open(directory + "/flush", O_RDWR | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw Fault.system("create a file in \(directory)") }
    memset(block, 0x5A, Self.blockBytes)
    for index in 0..<Self.blocks { try write(at: index) }
    guard fsync(descriptor) == 0 else { throw Fault.system("fsync") }
  }

  deinit {
    close(descriptor)
    block.deallocate()
  }

  private func write(at index: Int) throws {
    let offset = index % Self.blocks * Self.blockBytes
    guard pwrite(descriptor, block, Self.blockBytes, offset) == Self.blockBytes else {
      throw Fault.system("write")
    }
  }

  /// Writes and flushes one block after the other.
  func measure(seconds: Double) throws -> FlushPoint {
    var latency = LatencyHistogram()
    let start = nanoseconds()
    let end = start + UInt64(seconds * 1e9)
    var now = start
    var index = 0
    while now < end {
      let before = now
      try write(at: index)
      guard fdatasync(descriptor) == 0 else { throw Fault.system("fdatasync") }
      now = nanoseconds()
      latency.record(nanoseconds: now - before)
      index += 1
    }
    return FlushPoint(
      flushesPerSecond: Double(index) / (Double(now - start) / 1e9),
      latencyMicroseconds: Latency(latency)
    )
  }
}
