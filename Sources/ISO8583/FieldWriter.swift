/// Turns values into contents, refusing what does not fit.
struct FieldWriter {
  /// The element that errors name.
  let element: UInt8
  /// The offset that errors name.
  let offset: Int

  /// The content of an element, and its length in the unit of its format.
  func content(
    of value: FieldValue,
    _ row: FieldDescription
  ) throws(WireError) -> (count: Int, bytes: [UInt8]) {
    guard case .composite(let values) = value else {
      let content = try content(of: value, row.format, part: nil)
      if row.structure != .single { try check(content.bytes) }
      return content
    }
    guard row.structure == .bitmap || row.structure == .sequence else { throw error(.wrongKind) }
    var bitmap: UInt64 = 0
    var bytes: [UInt8] = []
    var written = 0
    for part in row.parts {
      guard let value = values[Int(part.number)] else {
        guard row.structure == .bitmap else { throw error(.wrongKind, part.number) }
        continue
      }
      written += 1
      if row.structure == .bitmap { bitmap |= 1 << UInt64(64 - part.number) }
      let content = try content(of: value, part.format, part: part.number)
      bytes += prefix(content.count, part.format) + content.bytes
    }
    guard written == values.count else { throw error(.undefinedPart) }
    if row.structure == .bitmap, !values.isEmpty {
      bytes = withUnsafeBytes(of: bitmap.bigEndian) { [UInt8]($0) } + bytes
    }
    guard bytes.count <= Int(row.format.maximum) else { throw error(.lengthOverMaximum) }
    return (bytes.count, bytes)
  }

  private func content(
    of value: FieldValue,
    _ format: FieldFormat,
    part: UInt8?
  ) throws(WireError) -> (count: Int, bytes: [UInt8]) {
    let maximum = Int(format.maximum)
    switch (value, format.content) {
    case (_, .undefined):
      throw error(part == nil ? .undefinedElement : .undefinedPart, part)
    case (.text(let text), .numeric), (.text(let text), .amount):
      let digits = try digits(text, part)
      try checkLength(digits.count, format, part)
      var bytes = [UInt8](repeating: 0, count: format.byteCount(of: digits.count))
      for (position, digit) in digits.enumerated() {
        bytes[position / 2] |= position & 1 == 0 ? digit << 4 : digit
      }
      return (digits.count, bytes)
    case (.text(let text), .characterNumeric):
      let digits = try digits(text, part)
      try checkLength(digits.count, format, part)
      return (digits.count, digits.map { UInt8(ascii: "0") + $0 })
    case (.text(let text), .text):
      var bytes: [UInt8] = []
      for scalar in text.unicodeScalars {
        guard scalar.value <= 0xFF else { throw error(.invalidCharacter, part) }
        bytes.append(UInt8(scalar.value))
      }
      guard bytes.count <= maximum else { throw error(.lengthOverMaximum, part) }
      if format.isFixed {
        bytes += [UInt8](repeating: UInt8(ascii: " "), count: maximum - bytes.count)
      }
      return (bytes.count, bytes)
    case (.binary(let bytes), .binary), (.binary(let bytes), .composite):
      try checkLength(bytes.count, format, part)
      return (bytes.count, bytes)
    default:
      throw error(.wrongKind, part)
    }
  }

  private func digits(_ text: String, _ part: UInt8?) throws(WireError) -> [UInt8] {
    var digits: [UInt8] = []
    for character in text.utf8 {
      guard character &- UInt8(ascii: "0") <= 9 else { throw error(.invalidDigit, part) }
      digits.append(character - UInt8(ascii: "0"))
    }
    return digits
  }

  private func checkLength(
    _ count: Int,
    _ format: FieldFormat,
    _ part: UInt8?
  ) throws(WireError) {
    guard count <= Int(format.maximum) else { throw error(.lengthOverMaximum, part) }
    guard !format.isFixed || count == Int(format.maximum) else {
      throw error(.wrongLength, part)
    }
  }

  /// A composite given as bytes must read back.
  private func check(_ bytes: [UInt8]) throws(WireError) {
    let slot = FieldSlot(start: 0, byteCount: bytes.count, count: bytes.count)
    do {
      try WireReader.checkComposite(bytes.span.bytes, slot, element: element)
    } catch {
      throw WireError(
        element: error.element,
        part: error.part,
        reason: error.reason,
        offset: offset + error.offset
      )
    }
  }

  private func prefix(_ count: Int, _ format: FieldFormat) -> [UInt8] {
    let word = BCD.word(UInt64(count))
    switch format.prefix {
    case 0: return []
    case 1: return [UInt8(truncatingIfNeeded: word)]
    default: return [UInt8(truncatingIfNeeded: word >> 8), UInt8(truncatingIfNeeded: word)]
    }
  }

  private func error(_ reason: WireError.Reason, _ part: UInt8? = nil) -> WireError {
    WireError(element: element, part: part, reason: reason, offset: offset)
  }
}
