/// A strict reader of JSON (RFC 8259): one value and nothing else, no member twice, bounded depth.
///
/// It exists beside Foundation's because an import reads tens of thousands of small objects a second,
/// because integers must stay exact, and because a position belongs in the error.
struct JSONParser {
  private let bytes: UnsafeRawBufferPointer
  private let limits: JSONLimits
  private var position = 0

  private init(_ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  /// The value that the bytes are.
  static func parse(
    _ bytes: UnsafeRawBufferPointer,
    limits: JSONLimits
  ) throws(JSONSyntaxError) -> JSONValue {
    guard bytes.count <= limits.bytes else {
      throw JSONSyntaxError(reason: .tooLong, position: limits.bytes)
    }
    var parser = JSONParser(bytes, limits)
    parser.skipSpace()
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.error(.trailingBytes) }
    return value
  }

  private func error(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
    JSONSyntaxError(reason: reason, position: position)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    guard let byte = next else { throw error(.unexpectedEnd) }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .boolean(true))
    case UInt8(ascii: "f"): return try literal("false", .boolean(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw error(.unexpectedByte)
    }
  }

  private mutating func literal(
    _ text: StaticString,
    _ value: JSONValue
  ) throws(JSONSyntaxError) -> JSONValue {
    for offset in 0..<text.utf8CodeUnitCount {
      guard let byte = next else { throw error(.unexpectedEnd) }
      guard byte == text.utf8Start[offset] else { throw error(.unexpectedByte) }
      position += 1
    }
    return value
  }

  private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    guard depth <= limits.depth else { throw error(.tooDeep) }
    position += 1
    var members: [JSONValue.Member] = []
    skipSpace()
    if next == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    while true {
      skipSpace()
      guard let byte = next else { throw error(.unexpectedEnd) }
      guard byte == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
      let start = position
      let name = try string()
      guard !members.contains(where: { $0.name == name }) else {
        throw JSONSyntaxError(reason: .duplicateMember, position: start)
      }
      guard members.count < limits.members else { throw error(.tooManyMembers) }
      skipSpace()
      try expect(UInt8(ascii: ":"))
      skipSpace()
      members.append(JSONValue.Member(name, try value(depth: depth)))
      guard try another(before: UInt8(ascii: "}")) else { return .object(members) }
    }
  }

  private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    guard depth <= limits.depth else { throw error(.tooDeep) }
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if next == UInt8(ascii: "]") {
      position += 1
      return .array(elements)
    }
    while true {
      skipSpace()
      elements.append(try value(depth: depth))
      guard try another(before: UInt8(ascii: "]")) else { return .array(elements) }
    }
  }

  /// Whether a comma follows; otherwise the closing byte must.
  private mutating func another(before close: UInt8) throws(JSONSyntaxError) -> Bool {
    skipSpace()
    guard let byte = next else { throw error(.unexpectedEnd) }
    guard byte == UInt8(ascii: ",") || byte == close else { throw error(.unexpectedByte) }
    position += 1
    return byte != close
  }

  private mutating func expect(_ wanted: UInt8) throws(JSONSyntaxError) {
    guard let byte = next else { throw error(.unexpectedEnd) }
    guard byte == wanted else { throw error(.unexpectedByte) }
    position += 1
  }

  private mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = position
    let isNegative = next == UInt8(ascii: "-")
    if isNegative { position += 1 }
    guard let first = digit else { throw error(.badNumber) }
    var magnitude: Int64? = 0
    if first == 0 {
      position += 1
      // RFC 8259 allows no leading zeros.
      guard digit == nil else { throw error(.badNumber) }
    } else {
      while let digit {
        // Counted downwards, so that the most negative number fits.
        if let known = magnitude {
          let (product, overflow) = known.multipliedReportingOverflow(by: 10)
          let (sum, overflowed) = product.subtractingReportingOverflow(digit)
          magnitude = overflow || overflowed ? nil : sum
        }
        position += 1
      }
    }
    var isIntegral = true
    if next == UInt8(ascii: ".") {
      isIntegral = false
      position += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isIntegral = false
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    if isIntegral, let magnitude {
      if isNegative { return .integer(magnitude) }
      if magnitude != .min { return .integer(-magnitude) }
    }
    return .decimal(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private var digit: Int64? {
    guard let byte = next, (0x30...0x39).contains(byte) else { return nil }
    return Int64(byte - 0x30)
  }

  private mutating func digits() throws(JSONSyntaxError) {
    guard digit != nil else { throw error(.badNumber) }
    while digit != nil { position += 1 }
  }

  private mutating func string() throws(JSONSyntaxError) -> String {
    position += 1
    let start = position
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        let text = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
        guard let string = String(validating: text, as: UTF8.self) else {
          throw JSONSyntaxError(reason: .badString, position: start)
        }
        position += 1
        return string
      case UInt8(ascii: "\\"): return try escapedString(from: start)
      case 0..<0x20: throw error(.badString)
      default: position += 1
      }
    }
    throw error(.unexpectedEnd)
  }

  /// The rest of a string in which an escape was met.
  private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
    var text = Array(bytes[start..<position])
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw JSONSyntaxError(reason: .badString, position: start)
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20:
        position -= 1
        throw error(.badString)
      default: text.append(byte)
      }
    }
    throw error(.unexpectedEnd)
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONSyntaxError) {
    guard let byte = next else { throw error(.unexpectedEnd) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = UInt32(try codeUnit())
      if (0xD800..<0xDC00).contains(code) {
        guard next == UInt8(ascii: "\\") else { throw error(.badString) }
        position += 1
        guard next == UInt8(ascii: "u") else { throw error(.badString) }
        position += 1
        let low = UInt32(try codeUnit())
        guard (0xDC00..<0xE000).contains(low) else { throw error(.badString) }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      // A lone surrogate is no scalar.
      guard let scalar = Unicode.Scalar(code) else { throw error(.badString) }
      text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    default:
      position -= 1
      throw error(.badString)
    }
  }

  private mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
    var code: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next else { throw error(.unexpectedEnd) }
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw error(.badString)
      }
      code = code << 4 | UInt16(digit)
      position += 1
    }
    return code
  }
}
