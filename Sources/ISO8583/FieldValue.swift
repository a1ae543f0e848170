/// The value of one element, or of one part of a composite.
public enum FieldValue: Hashable, Sendable {
  /// Digits, or characters of ISO 8859-1 with their padding, as the format of the element asks.
  case text(String)
  /// Raw bytes.
  case binary([UInt8])
  /// Parts by number: position from 0, or bit in the composite's bitmap.
  case composite([Int: FieldValue])
}

extension FieldValue: ExpressibleByStringLiteral {
  /// Text.
  public init(stringLiteral text: String) { self = .text(text) }
}
