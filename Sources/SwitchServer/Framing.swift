/// How messages are separated on a link: the length that stands before each of them.
///
/// The names are those of configuration files; see `Specs/Wire.md`.
public enum Framing: String, CaseIterable, Sendable {
  /// 2 bytes, big-endian, counting header and message.
  case nac2
  /// 2 bytes, big-endian, counting header, message and the 2 length bytes themselves.
  case nac2incl
  /// 3 bytes, big-endian, counting header and message.
  case cmf3
  /// 4 bytes, big-endian, counting header and message.
  case raw4
  /// 2 bytes holding 4 BCD digits, counting header and message.
  case bcd2

  /// The number of bytes of the length.
  public var prefixBytes: Int {
    switch self {
    case .nac2, .nac2incl, .bcd2: 2
    case .cmf3: 3
    case .raw4: 4
    }
  }

  /// The most bytes of header and message that the length can state.
  public var maximumFrameBytes: Int {
    switch self {
    case .nac2: 0xFFFF
    case .nac2incl: 0xFFFF - 2
    case .cmf3: 0xFF_FFFF
    case .raw4: 0xFFFF_FFFF
    case .bcd2: 9999
    }
  }

  /// The bytes of header and message that the prefix states, or `nil` when it states no length: a
  /// digit above 9 in `bcd2`, a length below its own size in `nac2incl`.
  @inline(__always)
  func frameBytes(prefix: UnsafeRawBufferPointer) -> Int? {
    switch self {
    case .nac2:
      return Int(prefix[0]) << 8 | Int(prefix[1])
    case .nac2incl:
      let length = Int(prefix[0]) << 8 | Int(prefix[1])
      return length < 2 ? nil : length - 2
    case .cmf3:
      return Int(prefix[0]) << 16 | Int(prefix[1]) << 8 | Int(prefix[2])
    case .raw4:
      return Int(prefix[0]) << 24 | Int(prefix[1]) << 16 | Int(prefix[2]) << 8 | Int(prefix[3])
    case .bcd2:
      var length = 0
      for index in 0..<2 {
        let high = prefix[index] >> 4
        let low = prefix[index] & 0x0F
        guard high <= 9, low <= 9 else { return nil }
        length = length * 100 + Int(high) * 10 + Int(low)
      }
      return length
    }
  }

  /// Stores the prefix for `frameBytes` bytes of header and message (0…`maximumFrameBytes`) at the
  /// start of `room`.
  @inline(__always)
  func storePrefix(frameBytes: Int, into room: UnsafeMutableRawBufferPointer) {
    precondition((0...maximumFrameBytes).contains(frameBytes), "the length must be refused before")
    switch self {
    case .nac2:
      room.storeBytes(of: UInt16(frameBytes).bigEndian, as: UInt16.self)
    case .nac2incl:
      room.storeBytes(of: UInt16(frameBytes + 2).bigEndian, as: UInt16.self)
    case .cmf3:
      room[0] = UInt8(frameBytes >> 16)
      room.storeBytes(of: UInt16(frameBytes & 0xFFFF).bigEndian, toByteOffset: 1, as: UInt16.self)
    case .raw4:
      room.storeBytes(of: UInt32(frameBytes).bigEndian, as: UInt32.self)
    case .bcd2:
      room[0] = UInt8((frameBytes / 1000) << 4 | (frameBytes / 100 % 10))
      room[1] = UInt8((frameBytes / 10 % 10) << 4 | (frameBytes % 10))
    }
  }
}
