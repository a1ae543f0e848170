import NIOCore

/// Writes JSON straight into a buffer; the caller decides the order of members.
struct JSONWriter {
  /// What was written.
  private(set) var buffer: ByteBuffer
  private var needsComma = false

  /// A writer with room for an answer of usual size.
  init(capacity: Int = 512) { buffer = ByteBufferAllocator().buffer(capacity: capacity) }

  /// The buffer with one object.
  static func object(_ body: (inout JSONWriter) -> Void) -> ByteBuffer {
    var writer = JSONWriter()
    writer.object(body)
    return writer.buffer
  }

  /// Writes an object whose members `body` writes.
  mutating func object(_ body: (inout JSONWriter) -> Void) {
    separate()
    buffer.writeInteger(UInt8(ascii: "{"))
    needsComma = false
    body(&self)
    buffer.writeInteger(UInt8(ascii: "}"))
    needsComma = true
  }

  /// Writes a member with an object.
  mutating func member(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
    self.name(name)
    object(body)
  }

  /// Writes a member with an array, one element for each item.
  mutating func member<Items: Sequence>(
    _ name: StaticString,
    each items: Items,
    _ body: (inout JSONWriter, Items.Element) -> Void
  ) {
    self.name(name)
    separate()
    buffer.writeInteger(UInt8(ascii: "["))
    needsComma = false
    for item in items { body(&self, item) }
    buffer.writeInteger(UInt8(ascii: "]"))
    needsComma = true
  }

  /// Writes a member with text, or null.
  mutating func member(_ name: StaticString, _ text: String?) {
    self.name(name)
    if let text { value(text) } else { null() }
  }

  /// Writes a member with a number, or null.
  mutating func member(_ name: StaticString, _ number: (some BinaryInteger)?) {
    self.name(name)
    separate()
    if let number { buffer.writeString(String(number)) } else { buffer.writeString("null") }
    needsComma = true
  }

  /// Writes a member with a truth value.
  mutating func member(_ name: StaticString, _ truth: Bool) {
    self.name(name)
    separate()
    buffer.writeString(truth ? "true" : "false")
    needsComma = true
  }

  /// Writes a member with null.
  mutating func null(_ name: StaticString) {
    self.name(name)
    null()
  }

  /// Writes text as an element or value.
  mutating func value(_ text: String) {
    separate()
    string(text)
    needsComma = true
  }

  /// Ends a line of NDJSON.
  mutating func newline() {
    buffer.writeInteger(UInt8(ascii: "\n"))
    needsComma = false
  }

  private mutating func null() {
    separate()
    buffer.writeString("null")
    needsComma = true
  }

  private mutating func name(_ name: StaticString) {
    separate()
    buffer.writeInteger(UInt8(ascii: "\""))
    buffer.writeStaticString(name)
    buffer.writeStaticString("\":")
    needsComma = false
  }

  private mutating func separate() {
    if needsComma { buffer.writeInteger(UInt8(ascii: ",")) }
    needsComma = false
  }

  private mutating func string(_ text: String) {
    buffer.writeInteger(UInt8(ascii: "\""))
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
    {
      buffer.writeString(text)
    } else {
      for byte in text.utf8 { escaped(byte) }
    }
    buffer.writeInteger(UInt8(ascii: "\""))
  }

  private mutating func escaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      buffer.writeInteger(UInt8(ascii: "\\"))
      buffer.writeInteger(byte)
    case 0..<0x20:
      let digits = Array("0123456789abcdef".utf8)
      buffer.writeStaticString("\\u00")
      buffer.writeInteger(digits[Int(byte >> 4)])
      buffer.writeInteger(digits[Int(byte & 15)])
    default: buffer.writeInteger(byte)
    }
  }
}
