import Cryptography

/// A public fingerprint of a vault key: 32 bits that tell keys apart and tell nothing about the key.
///
/// A data directory remembers it, so that a daemon started with another key file is refused instead
/// of finding no card.
public struct KeyCheckValue: Hashable, Sendable {
  /// The fingerprint as a number.
  public let number: UInt32

  /// A fingerprint from its stored number.
  public init(number: UInt32) { self.number = number }

  /// A fingerprint from its text, or `nil` unless it is exactly 8 hexadecimal digits.
  public init?(text: some StringProtocol) {
    guard text.utf8.count == 8, text.utf8.allSatisfy({ Hexadecimal.value(of: $0) != nil }),
      let number = UInt32(text, radix: 16)
    else { return nil }
    self.number = number
  }

  /// The fingerprint as 8 lower-case hexadecimal digits.
  public var text: String {
    withUnsafeBytes(of: number.bigEndian) { Hexadecimal.text(of: $0) }
  }
}

extension KeyCheckValue: CustomStringConvertible {
  /// The fingerprint as 8 lower-case hexadecimal digits.
  public var description: String { text }
}
