import NIOCore

/// The frames that one link is about to send, one behind the other.
///
/// The buffer's storage is looked up when it changes and not for each frame: a look at a `ByteBuffer`
/// costs more than the frame.
struct OutgoingFrames {
  private var buffer = ByteBuffer()
  /// The storage of `buffer`, which keeps it and which nobody else has while frames are written.
  private var room = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// How many bytes wait to be sent.
  private(set) var byteCount = 0

  /// The memory held.
  var heldBytes: Int { buffer.capacity }

  /// Appends so many bytes, all of which `fill` writes.
  @inline(__always)
  mutating func append(_ count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
    if room.count &- byteCount < count { grow(by: count) }
    fill(UnsafeMutableRawBufferPointer(rebasing: room[byteCount..<byteCount &+ count]))
    byteCount &+= count
  }

  /// What waits to be sent, as a buffer of its own.
  mutating func whole() -> ByteBuffer {
    buffer.moveWriterIndex(to: byteCount)
    return buffer
  }

  /// Forgets what was sent and uses the storage again, unless the connection still holds it or it is
  /// larger than `retained` bytes.
  mutating func clear(retaining retained: Int) {
    room = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    byteCount = 0
    if buffer.capacity > retained {
      buffer = ByteBuffer()
    } else {
      buffer.clear()
      look()
    }
  }

  @inline(never)
  private mutating func grow(by count: Int) {
    buffer.moveWriterIndex(to: byteCount)
    buffer.reserveCapacity(minimumWritableBytes: count)
    look()
  }

  /// Finds the storage anew.
  private mutating func look() {
    // The pointer outlives the closure: it is that of the storage, which `buffer` keeps. Asking for it
    // to write makes the storage its own; what is handed out since then is followed by `clear`.
    buffer.withVeryUnsafeMutableBytes { room = $0 }
  }
}
