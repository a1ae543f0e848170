/// A whole message as values: for tools, the simulator and tests.
public struct Message: Hashable, Sendable {
  /// The message type.
  public var type: MessageType
  /// The elements.
  public var fields: [Element: FieldValue]

  /// A message from its values.
  public init(type: MessageType, fields: [Element: FieldValue] = [:]) {
    self.type = type
    self.fields = fields
  }

  /// Reads a message.
  ///
  /// - Parameter bytes: One whole message, without framing.
  /// - Throws: `WireError` when the bytes are not exactly one message of the dialect.
  public init(unpacking bytes: [UInt8]) throws(WireError) {
    let span = bytes.span.bytes
    let layout = try MessageLayout(parsing: span)
    var fields: [Element: FieldValue] = [:]
    for row in FieldTable.all {
      guard let element = Element(number: Int(row.number)), let slot = layout.slot(element) else {
        continue
      }
      if row.structure == .sequence || row.structure == .bitmap {
        fields[element] = .composite(try Self.parts(span, slot, element))
      } else {
        fields[element] = Self.value(span, slot, row.format)
      }
    }
    self.init(type: layout.type, fields: fields)
  }

  /// Writes the message; the secondary bitmap is there when an element above 64 is.
  ///
  /// - Returns: The message's bytes, without framing.
  /// - Throws: `WireError` when a value does not fit its element; its offset is where the element
  ///   would stand.
  public func packed() throws(WireError) -> [UInt8] {
    let elements = fields.keys.sorted()
    var builder = MessageBuilder(capacity: 512)
    builder.begin(type, secondary: elements.contains { $0.number > 64 })
    for element in elements {
      guard let value = fields[element] else { continue }
      let writer = FieldWriter(element: element.number, offset: builder.bytes.count)
      let content = try writer.content(of: value, FieldTable.row(of: element))
      builder.append(element, count: content.count, content: content.bytes)
    }
    return builder.bytes
  }

  /// The text of an element, or `nil` when the message lacks it or it is not text.
  public subscript(text element: Element) -> String? {
    guard case .text(let text)? = fields[element] else { return nil }
    return text
  }

  private static func value(
    _ bytes: RawSpan,
    _ slot: FieldSlot,
    _ format: FieldFormat
  ) -> FieldValue {
    switch format.content {
    case .numeric, .amount, .text, .characterNumeric:
      .text(WireText.text(bytes, slot, format))
    case .binary, .composite, .undefined:
      .binary((Int(slot.start)..<slot.end).map { WireReader.byte(bytes, $0) })
    }
  }

  private static func parts(
    _ bytes: RawSpan,
    _ slot: FieldSlot,
    _ element: Element
  ) throws(WireError) -> [Int: FieldValue] {
    let formats = CompositeTable.formats(of: element.number)
    var values: [Int: FieldValue] = [:]
    var parts = CompositeParts(slot, element: element.number)
    try parts.begin(bytes)
    while let next = try parts.next(bytes) {
      values[Int(next.part)] = value(bytes, next.slot, formats[Int(next.part)])
    }
    return values
  }
}
