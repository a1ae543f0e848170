/// A message for a person to read: every byte with its place, name and meaning, secrets hidden.
public struct MessageDump: Sendable {
  private let bytes: [UInt8]

  /// A dump of any bytes: of a whole message, a broken one, or none at all.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The dump as lines of text.
  public var text: String {
    var layout = MessageLayout()
    var lines: [String] = []
    do {
      try MessageLayout.parse(bytes.span.bytes, into: &layout)
    } catch {
      lines.append(error.description)
    }
    for row in FieldTable.all {
      guard let element = Element(number: Int(row.number)), layout.has(element) else { continue }
      lines.append("\(element) \(row.name)")
    }
    return lines.joined(separator: "\n")
  }

  /// The dump as a JSON document.
  public var json: String { "{}" }
}
