import ISO8583

/// What seems to stand in front of a message that was copied from a link.
struct FramingGuess: Hashable, Sendable {
  /// The framing's name as in the daemon's settings, or `nil` when no length stands in front.
  let framing: String?
  /// Whether the five bytes of a TPDU follow.
  let hasTPDU: Bool
  /// How many bytes to skip.
  let skipped: Int

  /// The guess for bytes that are no message as they stand.
  ///
  /// A length counts only when it states exactly what follows it, and only the framing under which
  /// the rest is a whole message is believed; failing that, one under which the rest at least
  /// begins like a message. `nil` when there is none.
  init?(_ bytes: [UInt8]) {
    guard !Self.isMessage(bytes[...]) else { return nil }
    let candidates = Self.candidates(bytes)
    let believed =
      candidates.first { Self.isMessage(bytes[$0.skipped...]) }
      ?? candidates.first { $0.framing != nil && Self.begins(bytes[$0.skipped...]) }
    guard let believed else { return nil }
    self = believed
  }

  private init(framing: String?, hasTPDU: Bool, skipped: Int) {
    self.framing = framing
    self.hasTPDU = hasTPDU
    self.skipped = skipped
  }

  /// What is skipped, for a person.
  var sentence: String {
    let tpdu = hasTPDU ? "a TPDU of 5 bytes" : nil
    let length = framing.map { "a length (framing \($0))" }
    let what = [length, tpdu].compactMap { $0 }.joined(separator: " and ")
    return "\(what) seems to stand in front; \(skipped) bytes are skipped"
  }

  private static func candidates(_ bytes: [UInt8]) -> [FramingGuess] {
    var found: [(framing: String?, count: Int)] = []
    func number(_ count: Int) -> Int { bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) } }
    if bytes.count > 2 {
      if number(2) == bytes.count - 2 { found.append(("nac2", 2)) }
      if number(2) == bytes.count { found.append(("nac2incl", 2)) }
      let digits = bytes.prefix(2).flatMap { [Int($0 >> 4), Int($0 & 15)] }
      if digits.allSatisfy({ $0 <= 9 }), digits.reduce(0, { $0 * 10 + $1 }) == bytes.count - 2 {
        found.append(("bcd2", 2))
      }
    }
    if bytes.count > 3, number(3) == bytes.count - 3 { found.append(("cmf3", 3)) }
    if bytes.count > 4, number(4) == bytes.count - 4 { found.append(("raw4", 4)) }
    found.append((nil, 0))
    return found.flatMap { framing, count in
      [
        FramingGuess(framing: framing, hasTPDU: false, skipped: count),
        FramingGuess(framing: framing, hasTPDU: true, skipped: count + 5),
      ]
    }.filter { $0.skipped > 0 && $0.skipped < bytes.count }
  }

  private static func isMessage(_ bytes: ArraySlice<UInt8>) -> Bool {
    (try? MessageLayout(parsing: Array(bytes).span.bytes)) != nil
  }

  /// Whether the bytes begin with a message type of the dialect's version.
  private static func begins(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count >= 2, let first = bytes.first else { return false }
    return first >> 4 == 2 && (1...8).contains(first & 15)
  }
}
