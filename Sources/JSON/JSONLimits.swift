/// How much a JSON text may hold before it is refused (RFC 8259, section 9): what a sender chooses must
/// not decide how deep the parser calls itself or how long it searches.
public struct JSONLimits: Hashable, Sendable {
  /// Bytes of the text.
  public let bytes: Int
  /// Arrays and objects inside one another.
  public let depth: Int
  /// Members of one object; bounds the search for names given twice.
  public let members: Int

  /// Limits.
  ///
  /// - Parameters:
  ///   - bytes: bytes of the text, not negative.
  ///   - depth: arrays and objects inside one another, `0...128`.
  ///   - members: members of one object, `0...1024`.
  public init(bytes: Int, depth: Int, members: Int) {
    precondition(bytes >= 0, "a text has no negative length")
    precondition((0...128).contains(depth), "every level is a call on the stack")
    precondition((0...1_024).contains(members), "every member is compared with those before it")
    self.bytes = bytes
    self.depth = depth
    self.members = members
  }

  /// For answers of a peer that one chose to ask: far above what any of them holds.
  public static var document: JSONLimits {
    JSONLimits(bytes: 16 << 20, depth: 64, members: 1_024)
  }
}
