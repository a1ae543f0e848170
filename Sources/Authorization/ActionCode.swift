/// What DE 39 says: four digits, whose first is the family of the message (dialect, section 5).
public struct ActionCode: Hashable, Sendable {
  /// The code as a number, `0...9999`.
  public let number: UInt16

  /// A code from its number; traps outside `0...9999`.
  @inlinable
  public init(_ number: UInt16) {
    precondition(number <= 9999, "an action code has four digits")
    self.number = number
  }

  /// The four digits.
  public var text: String {
    let digits = String(number)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }

  /// Whether the code approves, in full or in part.
  @inlinable
  public var isApproval: Bool { number < 1000 }
}

extension ActionCode: CustomStringConvertible {
  /// The four digits.
  public var description: String { text }
}
