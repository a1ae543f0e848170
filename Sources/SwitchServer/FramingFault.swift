/// Why a link's bytes cannot be cut into messages any more.
///
/// After one of these the place of the next length is unknown, so the link is closed.
enum FramingFault: Error, Hashable, Sendable {
  /// The length is above the listener's limit.
  case tooLong(frameBytes: Int, prefix: [UInt8])
  /// The length leaves no byte for a message behind the header.
  case tooShort(frameBytes: Int)
  /// The prefix states no length.
  case notALength(prefix: [UInt8])

  /// The reason by which the link is closed.
  var closeReason: LinkCloseReason {
    switch self {
    case .tooLong: .frameTooLong
    case .tooShort, .notALength: .badLength
    }
  }

  /// What an operator is told: the length, and what the peer may have set differently.
  ///
  /// It never shows more than the first two bytes of the prefix, which hold no card data.
  func explanation(framing: Framing) -> String {
    switch self {
    case .tooLong(let frameBytes, let prefix):
      return "length \(frameBytes)" + Self.hint(prefix, framing)
    case .tooShort(let frameBytes):
      return "length \(frameBytes) leaves no message behind the TPDU: does the peer send none?"
    case .notALength(let prefix):
      return "the prefix is not a \(framing.rawValue) length" + Self.hint(prefix, framing)
    }
  }

  /// A guess at the peer's framing from the prefix of a frame that cannot be right.
  static func hint(_ prefix: [UInt8], _ framing: Framing) -> String {
    if prefix.allSatisfy({ (0x20...0x7E).contains($0) }) {
      let text = String(decoding: prefix.prefix(2), as: UTF8.self)
      return " looks like ASCII '\(text)…': is the peer's framing different?"
    }
    if prefix.count > 2, prefix[0] < 0x20, prefix[0] != 0 || prefix[1] != 0 {
      let short = Int(prefix[0]) << 8 | Int(prefix[1])
      return " looks like a 2-byte length of \(short): is the peer's framing nac2?"
    }
    return ": is the peer's framing different from \(framing.rawValue)?"
  }
}
