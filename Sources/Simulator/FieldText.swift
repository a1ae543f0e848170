import ISO8583

/// Element values as people write them in scenarios and on the command line.
public enum FieldText {
  /// The value of an element from text: hexadecimal for binary elements, otherwise the characters.
  ///
  /// `nil` when a binary element's text is not hexadecimal.
  public static func value(_ text: String, for element: Element) -> FieldValue? {
    guard isBinary(element) else { return .text(text) }
    return HexText.bytes(text).map { .binary($0) }
  }

  /// The text of a value: hexadecimal for bytes, `part=value` for composites; `nil` never prints.
  public static func text(_ value: FieldValue) -> String {
    switch value {
    case .text(let text): text
    case .binary(let bytes): HexText.text(bytes)
    case .composite(let parts):
      parts.sorted { $0.key < $1.key }.map { "\($0.key)=\(text($0.value))" }
        .joined(separator: " ")
    }
  }

  /// The text of a value without spaces on the right, which is how text elements compare (dialect,
  /// section 8, trap 32).
  static func comparable(_ value: FieldValue?) -> String? {
    guard let value else { return nil }
    var characters = Substring(text(value))
    while characters.last == " " { characters.removeLast() }
    return String(characters)
  }

  /// Whether an element holds bytes (dialect, section 3.4).
  static func isBinary(_ element: Element) -> Bool {
    switch element.number {
    case 22, 34, 44, 50...53, 55, 64, 65, 71, 72, 76...90, 92, 96, 104...108, 111, 112,
      114...122, 124...128:
      true
    default: false
    }
  }
}

extension FieldValue {
  /// The characters of a text value.
  var textValue: String? {
    if case .text(let text) = self { text } else { nil }
  }
}
