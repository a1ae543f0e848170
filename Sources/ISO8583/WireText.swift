/// Contents as text, for tools and cold paths.
enum WireText {
  /// Digits, characters, or upper-case hexadecimal, by the format.
  static func text(_ bytes: RawSpan, _ slot: FieldSlot, _ format: FieldFormat) -> String {
    switch format.content {
    case .numeric, .amount:
      return digits(bytes, slot)
    case .text, .characterNumeric:
      return latin1(bytes, Int(slot.start)..<slot.end)
    case .binary, .composite, .undefined:
      return hexadecimal(bytes, Int(slot.start)..<slot.end)
    }
  }

  static func digits(_ bytes: RawSpan, _ slot: FieldSlot) -> String {
    var text = [UInt8]()
    text.reserveCapacity(Int(slot.count))
    for position in 0..<Int(slot.count) {
      let pair = WireReader.byte(bytes, Int(slot.start) + position / 2)
      text.append(UInt8(ascii: "0") + (position & 1 == 0 ? pair >> 4 : pair & 15))
    }
    return String(decoding: text, as: UTF8.self)
  }

  static func latin1(_ bytes: RawSpan, _ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    for offset in range { text.append(Unicode.Scalar(WireReader.byte(bytes, offset))) }
    return String(text)
  }

  static func hexadecimal(_ bytes: RawSpan, _ range: Range<Int>) -> String {
    var text = [UInt8]()
    text.reserveCapacity(2 * range.count)
    for offset in range {
      let byte = WireReader.byte(bytes, offset)
      text.append(hexadecimalDigit(byte >> 4))
      text.append(hexadecimalDigit(byte & 15))
    }
    return String(decoding: text, as: UTF8.self)
  }

  static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }
}
