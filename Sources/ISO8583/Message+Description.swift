// Values hold card numbers and secrets: printing, string interpolation and mirrors show which
// elements there are, never what they hold.

extension Message: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The type and the numbers of the elements.
  public var description: String {
    let numbers = fields.keys.sorted().map { String($0.number) }.joined(separator: ", ")
    return "\(type) with elements \(numbers)"
  }

  /// As `description`.
  public var debugDescription: String { description }

  /// As `description`.
  public var customMirror: Mirror { Mirror(self, children: ["elements": description]) }
}

extension FieldValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The kind and the size.
  public var description: String {
    switch self {
    case .text(let text): "text of \(text.unicodeScalars.count) characters"
    case .binary(let bytes): "\(bytes.count) bytes"
    case .composite(let parts):
      "parts \(parts.keys.sorted().map(String.init).joined(separator: ", "))"
    }
  }

  /// As `description`.
  public var debugDescription: String { description }

  /// As `description`.
  public var customMirror: Mirror { Mirror(self, children: ["size": description]) }
}

extension MessageBuilder: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The number of bytes written.
  public var description: String { "message of \(bytes.count) bytes" }

  /// As `description`.
  public var debugDescription: String { description }

  /// As `description`.
  public var customMirror: Mirror { Mirror(self, children: ["size": description]) }
}
