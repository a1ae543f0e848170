/// What bytes that are no message probably are, and where a message begins in them.
struct MessageHint {
  /// A sentence for a person.
  let text: String
  /// Bytes in front of a message that reads well, 0 when there is none.
  let skipped: Int

  /// The hint for more bytes than any message has.
  static let tooLong = MessageHint(
    "no message of this dialect is that long; only the first bytes are shown"
  )

  private init(_ text: String, skipped: Int = 0) {
    self.text = text
    self.skipped = skipped
  }

  /// The hint for bytes that could not be read, or `nil` when nothing comes to mind.
  init?(_ bytes: [UInt8], _ error: WireError) {
    guard let hint = Self.hint(bytes, error) else { return nil }
    self = hint
  }

  private static func hint(_ bytes: [UInt8], _ error: WireError) -> MessageHint? {
    if bytes.isEmpty { return MessageHint("a frame without bytes is a keep-alive, not a message") }
    if bytes.count >= 20, bytes.allSatisfy({ hexadecimal.contains($0) }) {
      return MessageHint(
        "all bytes are hexadecimal characters: decode the text to bytes first"
      )
    }
    let head = bytes.prefix(4)
    if head.count == 4, head.allSatisfy({ (0x30...0x39).contains($0) }) {
      return MessageHint(
        "the message type is written in ASCII characters; here it is packed into two bytes"
      )
    }
    if head.count == 4, head.allSatisfy({ (0xF0...0xF9).contains($0) }) {
      return MessageHint(
        "the message type is written in EBCDIC characters; here it is packed into two bytes"
      )
    }
    if let framed = framed(bytes) { return framed }
    if head.count == 4, head[0] == 0x16, head[1] == 0x03, head[2] <= 0x04 {
      return MessageHint("this looks like the start of TLS; is the listener a plain one?")
    }
    if head == [0x47, 0x45, 0x54, 0x20] || head == [0x50, 0x4F, 0x53, 0x54] {
      return MessageHint("this looks like HTTP; is it meant for the management socket?")
    }
    return hint(bytes, at: error)
  }

  private static func hint(_ bytes: [UInt8], at error: WireError) -> MessageHint? {
    if let version = bytes.first.map({ $0 >> 4 }), version < 2, error.element > 0 {
      return MessageHint(
        "the version digit says ISO 8583:\(version == 0 ? "1987" : "1993"), whose elements differ"
      )
    }
    switch error.reason {
    case .trailingBytes where error.part == nil && error.offset < bytes.count:
      let rest = Array(bytes[error.offset...])
      if rest == [0x03] {
        return MessageHint("the byte left over is an end mark (ETX) of the sender's framing")
      }
      if (try? MessageLayout(parsing: rest.span.bytes)) != nil {
        return MessageHint("what is left over is a message of its own: two share one frame")
      }
      return MessageHint(
        "an element may be longer or shorter than the sender thinks, or the bitmap lacks one"
      )
    case .invalidLength:
      return MessageHint("lengths are decimal digits, two to a byte: 120 is 01 20, not 00 78")
    case .invalidFiller:
      return MessageHint(
        "an odd number of digits begins in the high half of its first byte; the filler is behind"
      )
    case .undefinedElement where error.element == 91:
      return MessageHint("DE 91 does not exist in this dialect, so nothing behind it can be found")
    default:
      return nil
    }
  }

  /// Whether a message that reads well stands behind a length or a header.
  private static func framed(_ bytes: [UInt8]) -> MessageHint? {
    let count = bytes.count
    for (skipped, words) in heads where count > skipped + 10 {
      let message = Array(bytes[skipped...])
      guard let layout = try? MessageLayout(parsing: message.span.bytes),
        layout.type.version <= 2, layout.type.messageClass != nil
      else { continue }
      return MessageHint(
        "a whole message begins at byte \(skipped), behind \(words) of the framing: "
          + "check the framing setting of the listener",
        skipped: skipped
      )
    }
    // A length that counts exactly what follows is one even if the message itself is broken.
    guard count > 4 else { return nil }
    let two = Int(bytes[0]) << 8 | Int(bytes[1])
    if two == count - 2 || two == count {
      return MessageHint(
        "the first two bytes count \(two == count ? "all bytes" : "the rest"): a length of the "
          + "framing is in front of the message"
      )
    }
    let three = two << 8 | Int(bytes[2])
    if three == count - 3 {
      return MessageHint("the first three bytes count the rest: a length of the framing")
    }
    if three << 8 | Int(bytes[3]) == count - 4 {
      return MessageHint("the first four bytes count the rest: a length of the framing")
    }
    return nil
  }

  private static let heads: [(Int, String)] = [
    (2, "a two-byte length"), (3, "a three-byte length"), (4, "a four-byte length"),
    (5, "a five-byte header (TPDU)"), (7, "a two-byte length and a five-byte header (TPDU)"),
    (8, "a three-byte length and a five-byte header (TPDU)"),
    (9, "a four-byte length and a five-byte header (TPDU)"),
  ]

  private static let hexadecimal = Set("0123456789ABCDEFabcdef".utf8)
}
