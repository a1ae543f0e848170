/// Names a business day of one network in the books (`NetworkDay`).
public struct NetworkDayID: Hashable, Comparable, Sendable {
  /// The number, in the order in which days began; 0 for none.
  public let number: UInt16

  /// A day from its number.
  @inlinable
  public init(_ number: UInt16) { self.number = number }

  /// What no network asked for: holds that run out, and requests without a network.
  @inlinable public static var none: NetworkDayID { NetworkDayID(0) }

  /// Orders by beginning.
  public static func < (left: NetworkDayID, right: NetworkDayID) -> Bool {
    left.number < right.number
  }
}
