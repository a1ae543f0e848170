import SwitchServer

/// Frames written byte by byte from the description of the framings, without the encoder under
/// test.
enum ReferenceFrames {
  static func prefix(_ framing: Framing, _ length: Int) -> [UInt8] {
    switch framing {
    case .nac2: [UInt8(length / 256), UInt8(length % 256)]
    case .nac2incl: [UInt8((length + 2) / 256), UInt8((length + 2) % 256)]
    case .cmf3: [UInt8(length / 65_536), UInt8(length / 256 % 256), UInt8(length % 256)]
    case .raw4:
      [
        UInt8(length / 16_777_216), UInt8(length / 65_536 % 256), UInt8(length / 256 % 256),
        UInt8(length % 256),
      ]
    case .bcd2:
      [
        UInt8(length / 1000 * 16 + length / 100 % 10),
        UInt8(length / 10 % 10 * 16 + length % 10),
      ]
    }
  }

  static func frame(_ framing: Framing, _ message: [UInt8], tpdu: [UInt8] = []) -> [UInt8] {
    prefix(framing, tpdu.count + message.count) + tpdu + message
  }
}
