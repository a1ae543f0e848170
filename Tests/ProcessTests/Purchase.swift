/// A request of a test, with what its answer must agree with.
struct Purchase: Sendable {
  let bytes: [UInt8]
  let trace: UInt64
  /// The user's position in the portfolio.
  let user: Int
  /// Minor units.
  let amount: Int64
  /// Whether it moves money at once (2200) instead of holding it (2100).
  let isDebit: Bool

  /// The same request, sent as a repeat.
  var asRepeat: [UInt8] {
    var again = bytes
    again[1] |= 1
    return again
  }
}
