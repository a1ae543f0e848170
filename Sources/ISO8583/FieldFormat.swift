/// How an element, or a part of a composite, stands on the wire.
public struct FieldFormat: Hashable, Sendable {
  /// The kind of content.
  public enum Content: UInt8, Hashable, Sendable {
    /// Nothing: the dialect does not define it, so a message that announces it cannot be read.
    case undefined
    // `isPacked` takes these two for neighbours.
    /// Digits, packed two to a byte; an odd number leaves the last low half-byte as filler.
    case numeric
    /// Packed digits: three of the currency, one for the decimals, then the value.
    case amount
    /// Digits, one ASCII character each.
    case characterNumeric
    /// ISO 8859-1 characters; short fixed text is filled with spaces on the right.
    case text
    /// Raw bytes.
    case binary
    /// Parts of their own.
    case composite
  }

  /// The kind of content.
  public let content: Content
  /// Bytes of the length in front, 0 for fixed length; the length is written in packed digits.
  public let prefix: UInt8
  /// The fixed or greatest length: digits of numeric content and amounts, bytes of all other.
  public let maximum: UInt16

  /// A format from its parts.
  @inlinable
  public init(_ content: Content, prefix: UInt8 = 0, maximum: UInt16) {
    self.content = content
    self.prefix = prefix
    self.maximum = maximum
  }

  /// The format of what does not exist.
  @inlinable public static var undefined: FieldFormat { FieldFormat(.undefined, maximum: 0) }

  /// Whether the content is packed digits, so that lengths count digits.
  @inlinable @inline(__always)
  public var isPacked: Bool {
    content.rawValue &- Content.numeric.rawValue <= 1
  }

  /// Whether the length is fixed.
  @inlinable public var isFixed: Bool { prefix == 0 }

  /// The bytes that a length of `count` takes.
  @usableFromInline
  func byteCount(of count: Int) -> Int { isPacked ? (count &+ 1) >> 1 : count }
}
