/// Writes JSON straight into bytes; the caller decides the order of members.
///
/// Control characters are escaped, those of ISO 6429 (U+0080 to U+009F) too: what is written may end
/// on a terminal.
public struct JSONWriter: Sendable {
  /// What was written, UTF-8.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// A writer with room for an answer of usual size.
  ///
  /// - Parameter capacity: bytes to make room for at once; more are taken when needed.
  public init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

  /// Writes an object whose members `body` writes.
  public mutating func object(_ body: (inout JSONWriter) -> Void) {
    open(UInt8(ascii: "{"))
    body(&self)
    close(UInt8(ascii: "}"))
  }

  /// Writes a member with an object.
  public mutating func member(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
    self.name(name)
    object(body)
  }

  /// Writes a member with an array, one element for each item.
  @inlinable
  public mutating func member<Items: Sequence>(
    _ name: StaticString,
    each items: Items,
    _ body: (inout JSONWriter, Items.Element) -> Void
  ) {
    self.name(name)
    open(UInt8(ascii: "["))
    for item in items { body(&self, item) }
    close(UInt8(ascii: "]"))
  }

  /// Writes a member with text, or null.
  public mutating func member(_ name: StaticString, _ text: String?) {
    self.name(name)
    if let text { value(text) } else { literal("null") }
  }

  /// Writes a member with a number, or null.
  @inlinable
  public mutating func member(_ name: StaticString, _ number: (some BinaryInteger)?) {
    self.name(name)
    literal(number.map { String($0) } ?? "null")
  }

  /// Writes a member with a truth value.
  public mutating func member(_ name: StaticString, _ truth: Bool) {
    self.name(name)
    literal(truth ? "true" : "false")
  }

  /// Writes a member with null.
  public mutating func null(_ name: StaticString) {
    self.name(name)
    literal("null")
  }

  /// Writes text as an element or value.
  public mutating func value(_ text: String) {
    separate()
    string(text)
    needsComma = true
  }

  /// Writes a value.
  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: literal("null")
    case .boolean(let truth): literal(truth ? "true" : "false")
    case .integer(let number): literal(String(number))
    case .decimal(let digits): literal(digits)
    case .string(let text): self.value(text)
    case .array(let elements):
      open(UInt8(ascii: "["))
      for element in elements { self.value(element) }
      close(UInt8(ascii: "]"))
    case .object(let members):
      open(UInt8(ascii: "{"))
      for member in members {
        self.value(member.name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
        self.value(member.value)
      }
      close(UInt8(ascii: "}"))
    }
  }

  /// Ends a line of NDJSON.
  public mutating func newline() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  @usableFromInline
  mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
  }

  @usableFromInline
  mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  @usableFromInline
  mutating func name(_ name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    )
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  @usableFromInline
  mutating func literal(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = false
  }

  private mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    if text.utf8.allSatisfy(Self.isPlain) {
      bytes.append(contentsOf: text.utf8)
    } else {
      for scalar in text.unicodeScalars { self.scalar(scalar) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private mutating func scalar(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"", "\\":
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(UInt8(ascii: scalar))
    case "\n": bytes.append(contentsOf: #"\n"#.utf8)
    case "\r": bytes.append(contentsOf: #"\r"#.utf8)
    case "\t": bytes.append(contentsOf: #"\t"#.utf8)
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
      let digits = Array("0123456789abcdef".utf8)
      bytes.append(contentsOf: #"\u00"#.utf8)
      bytes.append(digits[Int(scalar.value >> 4)])
      bytes.append(digits[Int(scalar.value & 15)])
    default: bytes.append(contentsOf: String(scalar).utf8)
    }
  }
}
