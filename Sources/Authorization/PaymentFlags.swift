/// What is special about a payment or one of its entries; shown beside the state.
public struct PaymentFlags: OptionSet, Hashable, Sendable {
  /// The stored bits; numbers are never reused.
  public let rawValue: UInt32

  /// Flags from their stored bits.
  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Booked or held because an advice said so, whatever the card and the funds were.
  public static var forced: PaymentFlags { PaymentFlags(rawValue: 1 << 0) }
  /// Decided by the network in the issuer's place.
  public static var standIn: PaymentFlags { PaymentFlags(rawValue: 1 << 1) }
  /// Cleared without an authorization that still held the money.
  public static var forcePost: PaymentFlags { PaymentFlags(rawValue: 1 << 2) }
  /// Cleared for more than was held and the merchant's tolerance.
  public static var overCleared: PaymentFlags { PaymentFlags(rawValue: 1 << 3) }
  /// Approved for less than was asked.
  public static var partiallyApproved: PaymentFlags { PaymentFlags(rawValue: 1 << 4) }
  /// Money goes to the user.
  public static var credit: PaymentFlags { PaymentFlags(rawValue: 1 << 5) }
  /// A reversal whose original nobody has seen.
  public static var unmatched: PaymentFlags { PaymentFlags(rawValue: 1 << 6) }
  /// A check of the card; no money is concerned.
  public static var verification: PaymentFlags { PaymentFlags(rawValue: 1 << 7) }
  /// A question for the balance; no money is concerned.
  public static var inquiry: PaymentFlags { PaymentFlags(rawValue: 1 << 8) }
  /// Asked in another currency than that of the balance.
  public static var converted: PaymentFlags { PaymentFlags(rawValue: 1 << 9) }
  /// Booked by one message, without a hold.
  public static var singleMessage: PaymentFlags { PaymentFlags(rawValue: 1 << 10) }
  /// A payment of a single message whose presentment has come.
  public static var presented: PaymentFlags { PaymentFlags(rawValue: 1 << 11) }
  /// The amount was an estimate.
  public static var estimated: PaymentFlags { PaymentFlags(rawValue: 1 << 12) }

  /// The flags with their names in the management interface, in the order in which they are shown.
  public static let named: [(flag: PaymentFlags, name: String)] = [
    (.forced, "FORCED"),
    (.standIn, "STIP"),
    (.forcePost, "FORCE_POST"),
    (.overCleared, "OVER_CLEARED"),
    (.partiallyApproved, "PARTIALLY_APPROVED"),
    (.credit, "CREDIT"),
    (.unmatched, "UNMATCHED"),
    (.verification, "VERIFICATION"),
    (.inquiry, "INQUIRY"),
    (.converted, "CONVERTED"),
    (.singleMessage, "SINGLE_MESSAGE"),
    (.presented, "PRESENTED"),
    (.estimated, "ESTIMATED"),
  ]

  /// The names of the flags that are set.
  public var names: [String] { Self.named.filter { contains($0.flag) }.map(\.name) }
}
