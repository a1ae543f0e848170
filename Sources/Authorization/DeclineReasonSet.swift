/// Some of the reasons; eight bytes.
public struct DeclineReasonSet: Hashable, Sendable {
  /// One bit for each reason, by its stored number.
  public private(set) var bits: UInt64

  /// No reason, or those of stored bits.
  public init(bits: UInt64 = 0) { self.bits = bits }

  /// Adds a reason.
  public mutating func insert(_ reason: DeclineReason) { bits |= 1 << UInt64(reason.rawValue) }

  /// Whether a reason is there.
  public func contains(_ reason: DeclineReason) -> Bool {
    bits >> UInt64(reason.rawValue) & 1 == 1
  }

  /// Whether there is none.
  public var isEmpty: Bool { bits == 0 }

  /// The reasons in the order of their checks.
  public var reasons: [DeclineReason] { DeclineReason.allCases.filter(contains) }
}
