/// A JSON value as it was sent (RFC 8259), with numbers kept exact: money is never a floating-point
/// number.
enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number without fraction and exponent that fits 64 bits.
  case integer(Int64)
  /// Any other number; no member of the interface takes one, so its value is not kept.
  case otherNumber
  case string(String)
  case array([JSONValue])
  /// Members in the order sent; names are unique.
  case object([JSONMember])
}

/// One member of a JSON object.
struct JSONMember: Equatable, Sendable {
  var name: String
  var value: JSONValue
}
