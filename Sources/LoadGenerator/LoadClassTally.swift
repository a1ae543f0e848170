/// What requests of one class brought.
public struct LoadClassTally: Hashable, Sendable {
  /// Requests that left.
  public internal(set) var sent: UInt64 = 0
  /// Answers that the class must bring; for a repeat, the answer to the first sending.
  public internal(set) var expected: UInt64 = 0
  /// Answers 9107 and 9109: the issuer had no room or no time for the request.
  public internal(set) var refused: UInt64 = 0
  /// Other answers, by action code.
  public internal(set) var unexpected: [UInt16: UInt64] = [:]
  /// Answers to repeats with the first answer's action code and another approval code, so that the
  /// issuer may have decided twice.
  public internal(set) var otherApprovalCodes: UInt64 = 0

  /// Answers that the class must not bring.
  public var unexpectedCount: UInt64 { unexpected.values.reduce(otherApprovalCodes, +) }

  /// Adds what another worker counted.
  mutating func add(_ other: LoadClassTally) {
    sent += other.sent
    expected += other.expected
    refused += other.refused
    unexpected.merge(other.unexpected) { $0 + $1 }
    otherApprovalCodes += other.otherApprovalCodes
  }
}
