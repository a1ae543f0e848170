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

  /// Stores the header of an answer to a frame with `header` at the start of `room`: the same
  /// identifier, the addresses swapped, so that the answer finds its way back.
  @inline(__always)
  static func storeAnswer(to header: FrameHeader, into room: UnsafeMutableRawBufferPointer) {
    room[0] = UInt8(truncatingIfNeeded: header.bytes >> 32)
    let destination = UInt16(truncatingIfNeeded: header.bytes)
    let origin = UInt16(truncatingIfNeeded: header.bytes >> 16)
    room.storeBytes(of: destination.bigEndian, toByteOffset: 1, as: UInt16.self)
    room.storeBytes(of: origin.bigEndian, toByteOffset: 3, as: UInt16.self)
  }
}
