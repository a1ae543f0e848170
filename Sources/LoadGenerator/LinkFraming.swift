/// How messages are told apart on a TCP connection (dialect, section 1).
public struct LinkFraming: Hashable, Sendable {
  /// The length in front of a message.
  public enum Prefix: String, CaseIterable, Sendable {
    /// Two bytes, big-endian, counting what follows.
    case nac2
    /// Two bytes, big-endian, counting themselves too.
    case nac2incl
    /// Three bytes, big-endian.
    case cmf3
    /// Four bytes, big-endian.
    case raw4
    /// Four BCD digits in two bytes.
    case bcd2

    /// How many bytes the length takes.
    public var count: Int {
      switch self {
      case .nac2, .nac2incl, .bcd2: 2
      case .cmf3: 3
      case .raw4: 4
      }
    }
  }

  /// The length's form.
  public let prefix: Prefix
  /// Bytes between length and message, for example a TPDU; usually none.
  public let header: [UInt8]
  /// The longest message that is taken or sent, in bytes, without length and header.
  public static let longestMessage = 9_994

  /// A framing; traps when the header is longer than five bytes.
  public init(_ prefix: Prefix = .nac2, header: [UInt8] = []) {
    precondition(header.count <= 5, "a TPDU has five bytes")
    self.prefix = prefix
    self.header = header
  }

  /// A message with its length and header in front, or `nil` when it is too long.
  public func framed(_ message: [UInt8]) -> [UInt8]? {
    guard message.count <= LinkFraming.longestMessage else { return nil }
    let counted = header.count + message.count
    let length: [UInt8]
    switch prefix {
    case .nac2: length = [UInt8(counted >> 8), UInt8(counted & 255)]
    case .nac2incl: length = [UInt8((counted + 2) >> 8), UInt8((counted + 2) & 255)]
    case .cmf3: length = [0, UInt8(counted >> 8), UInt8(counted & 255)]
    case .raw4: length = [0, 0, UInt8(counted >> 8), UInt8(counted & 255)]
    case .bcd2:
      length = [
        UInt8((counted / 1000) << 4 | counted / 100 % 10),
        UInt8((counted / 10 % 10) << 4 | counted % 10),
      ]
    }
    return length + header + message
  }

  /// What the first bytes of a stream hold.
  @usableFromInline
  enum Found: Equatable {
    /// Too few bytes to tell.
    case incomplete
    /// A frame of `total` bytes whose message stands from `start` on; empty for a keep-alive.
    case frame(start: Int, total: Int)
    /// A length that no message has: the two sides use different framings.
    case nonsense(length: Int)
  }

  /// Looks for one frame at the beginning of `bytes`.
  func find(in bytes: UnsafeRawBufferPointer) -> Found {
    guard bytes.count >= prefix.count else { return .incomplete }
    var counted = 0
    switch prefix {
    case .nac2: counted = Int(bytes[0]) << 8 | Int(bytes[1])
    case .nac2incl: counted = (Int(bytes[0]) << 8 | Int(bytes[1])) - 2
    case .cmf3: counted = Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2])
    case .raw4:
      counted =
        Int(bytes[0]) << 24 | Int(bytes[1]) << 16 | Int(bytes[2]) << 8 | Int(bytes[3])
    case .bcd2:
      for byte in bytes[..<2] {
        guard byte >> 4 <= 9, byte & 15 <= 9 else { return .nonsense(length: Int(byte)) }
        counted = counted * 100 + Int(byte >> 4) * 10 + Int(byte & 15)
      }
    }
    if counted == 0 { return .frame(start: prefix.count, total: prefix.count) }
    guard counted >= header.count, counted <= LinkFraming.longestMessage + header.count else {
      return .nonsense(length: counted)
    }
    guard bytes.count >= prefix.count + counted else { return .incomplete }
    return .frame(start: prefix.count + header.count, total: prefix.count + counted)
  }
}
