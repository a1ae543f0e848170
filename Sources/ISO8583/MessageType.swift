/// A message type identifier (MTI): version, class, function and origin, one decimal digit each.
public struct MessageType: Hashable, Sendable, BitwiseCopyable {
  /// The four digits as they stand on the wire, packed: 2100 is `0x2100`.
  public let code: UInt16

  /// The type with four packed digits, or `nil` when one of them is above 9.
  @inlinable
  public init?(code: UInt16) {
    let high = code & 0x8888
    guard high & ((code & 0x4444) << 1 | (code & 0x2222) << 2) == 0 else { return nil }
    self.code = code
  }

  @inlinable
  init(trusted code: UInt16) { self.code = code }

  /// The type written as four decimal digits, or `nil` for any other text.
  public init?(text: some StringProtocol) {
    let digits = text.utf8
    guard digits.count == 4 else { return nil }
    var code: UInt16 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      code = code << 4 | UInt16(digit & 15)
    }
    self.code = code
  }

  /// 0000, which no message of the dialect has.
  static let zero = MessageType(unchecked: 0)

  private init(unchecked code: UInt16) { self.code = code }

  /// First digit, the version of the standard: 0 = 1987, 1 = 1993, 2 = 2003.
  @inlinable public var version: UInt8 { UInt8(code >> 12) }
  /// Second digit, the class.
  @inlinable public var classDigit: UInt8 { UInt8(code >> 8 & 15) }
  /// Third digit: 0 request, 2 advice, 4 notification, 6 instruction; each plus 1 is its answer.
  @inlinable public var function: UInt8 { UInt8(code >> 4 & 15) }
  /// Fourth digit: 0 acquirer, 2 issuer, 4 other; each plus 1 is a repeat.
  @inlinable public var origin: UInt8 { UInt8(code & 15) }

  /// The class, or `nil` for the reserved digits 0 and 9.
  @inlinable public var messageClass: MessageClass? { MessageClass(rawValue: classDigit) }

  /// The type of the answer, or `nil` when this type is an answer itself or its function or origin
  /// is reserved.
  ///
  /// The answer to a repeat is that of the first sending: 2101 is answered with 2110.
  @inlinable @inline(__always)
  public var response: MessageType? {
    guard function & 1 == 0, function <= 6, origin <= 5 else { return nil }
    // Digits before, digits behind: an even digit up to 6 takes one more.
    return MessageType(trusted: code & 0xFFFE | 0x10)
  }

  /// Whether the sender says that it sent this message before.
  @inlinable public var isRepeat: Bool { origin & 1 == 1 && origin <= 5 }

  /// The four digits as text.
  public var text: String {
    String(
      decoding: [version, classDigit, function, origin].map { UInt8(ascii: "0") + $0 },
      as: UTF8.self
    )
  }
}

extension MessageType: CustomStringConvertible {
  /// The four digits.
  public var description: String { text }
}
