import ISO8583
import TestRandom

/// Random values of every element, by the table alone.
enum RandomMessages {
  static let elements: [Element] = FieldTable.all.filter { $0.format.content != .undefined }
    .compactMap { Element(number: Int($0.number)) }

  /// A message with a random choice of elements.
  static func message(
    _ random: inout SeededRandom,
    elements: [Element]? = nil,
    longest: Int = 60
  ) -> Message {
    let share = Int.random(in: 0...100, using: &random)
    let chosen =
      elements ?? Self.elements.filter { _ in Int.random(in: 0..<100, using: &random) < share }
    var fields: [Element: FieldValue] = [:]
    for element in chosen {
      fields[element] = value(FieldTable.row(of: element), &random, longest: longest)
    }
    var code: UInt16 = 0
    for _ in 0..<4 { code = code << 4 | UInt16.random(in: 0...9, using: &random) }
    return Message(type: MessageType(code: code) ?? Self.request, fields: fields)
  }

  static let request = MessageType(text: "2100") ?? { preconditionFailure("2100 is a type") }()

  static func value(
    _ row: FieldDescription,
    _ random: inout SeededRandom,
    longest: Int
  ) -> FieldValue {
    switch row.structure {
    case .single:
      return value(row.format, &random, longest: longest)
    case .sequence, .bitmap:
      var parts: [Int: FieldValue] = [:]
      for part in row.parts
      where row.structure == .sequence || Bool.random(using: &random) {
        parts[Int(part.number)] = value(part.format, &random, longest: longest)
      }
      return .composite(parts)
    case .opaqueBitmap:
      var bytes = Self.bytes(24, &random)
      if Bool.random(using: &random) { bytes[0] |= 0x80 }
      return .binary(bytes)
    }
  }

  static func value(
    _ format: FieldFormat,
    _ random: inout SeededRandom,
    longest: Int
  ) -> FieldValue {
    let maximum = Int(format.maximum)
    let count =
      format.isFixed ? maximum : Int.random(in: 0...min(maximum, longest), using: &random)
    switch format.content {
    case .numeric, .amount, .characterNumeric:
      return .text(
        String((0..<count).map { _ in "0123456789".randomElement(using: &random) ?? "0" })
      )
    case .text:
      var text = String.UnicodeScalarView()
      for byte in bytes(count, &random) { text.append(Unicode.Scalar(byte)) }
      return .text(String(text))
    case .binary, .composite, .undefined:
      return .binary(bytes(count, &random))
    }
  }

  static func bytes(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }
}
