import NIOCore
import Switch

/// The transport header of NAC links: an identifier (1 byte), a destination and an origin address
/// (2 bytes each).
enum TPDU {
  /// The size of the header.
  static let byteCount = 5

  /// The header in the first five of `bytes`.
  @inline(__always)
  static func header(_ bytes: UnsafeRawBufferPointer) -> FrameHeader {
    let high = UInt64(bytes[0]) << 32 | UInt64(bytes[1]) << 24 | UInt64(bytes[2]) << 16
    return FrameHeader(bytes: high | UInt64(bytes[3]) << 8 | UInt64(bytes[4]))
  }

  /// Appends the header of an answer to a frame with `header`: the same identifier, the addresses
  /// swapped, so that the answer finds its way back.
  @inline(__always)
  static func writeAnswer(to header: FrameHeader, into buffer: inout ByteBuffer) {
    buffer.writeInteger(UInt8(truncatingIfNeeded: header.bytes >> 32))
    buffer.writeInteger(UInt16(truncatingIfNeeded: header.bytes))
    buffer.writeInteger(UInt16(truncatingIfNeeded: header.bytes >> 16))
  }
}
