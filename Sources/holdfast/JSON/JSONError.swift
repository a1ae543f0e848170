/// Why bytes are not one JSON document (RFC 8259).
struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was expected or is wrong.
  let what: String
  /// Where, in bytes from the start.
  let offset: Int

  var description: String { "\(what) at byte \(offset)" }
}
