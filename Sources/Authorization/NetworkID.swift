/// Names a network in a running process: whose business day a message belongs to.
///
/// Numbers are given as networks are registered, and differ from one run to the next; what is stored is
/// the network's name.
public struct NetworkID: Hashable, Sendable {
  /// The number, 0 for none.
  public let number: UInt8

  /// A network from its number.
  @inlinable
  public init(_ number: UInt8) { self.number = number }

  /// No network: what is asked has no business day.
  @inlinable public static var none: NetworkID { NetworkID(0) }
}
