/// How payments at a group of merchants are treated (rows ).
public struct MerchantGroup: Hashable, Sendable {
  /// What happens to what is still held when a clearing does not say whether it is the last.
  public enum Remainder: UInt8, Sendable {
    /// It is released with the first clearing.
    case release = 1
    /// It is kept for more clearings, until they reach the hold or the hold runs out.
    case keep = 2

    /// The policy's name in the management interface.
    public var name: String { self == .release ? "RELEASE" : "KEEP" }

    /// A policy from its name in the management interface.
    public init?(name: String) {
      switch name {
      case "RELEASE": self = .release
      case "KEEP": self = .keep
      default: return nil
      }
    }
  }

  /// What people call it, 1 to 200 bytes; names are unique.
  public var name: String
  /// Its merchant category codes (ISO 18245) as ranges, both ends included.
  public var categories: [ClosedRange<UInt16>]
  /// How many days a hold lasts, `1...365`.
  public var holdDays: UInt16
  /// The least that is held for an estimate in this amount's currency; `nil` to hold what is asked.
  public var leastHold: Amount?
  /// The most that one authorization may come to, where the balance is in this amount's currency; `nil`
  /// for any sum.
  public var mostAmount: Amount?
  /// How much a clearing may exceed the hold without a word, in hundredths of a percent.
  public var toleranceBasisPoints: UInt16
  /// What happens to the rest of a hold.
  public var remainder: Remainder
  /// How many days the rest is kept after a clearing; 0 leaves the hold's own end.
  public var remainderDays: UInt16

  /// A group from its parts.
  public init(
    name: String,
    categories: [ClosedRange<UInt16>],
    holdDays: UInt16 = Self.usualHoldDays,
    leastHold: Amount? = nil,
    mostAmount: Amount? = nil,
    toleranceBasisPoints: UInt16 = 0,
    remainder: Remainder = .release,
    remainderDays: UInt16 = 0
  ) {
    self.name = name
    self.categories = categories
    self.holdDays = holdDays
    self.leastHold = leastHold
    self.mostAmount = mostAmount
    self.toleranceBasisPoints = toleranceBasisPoints
    self.remainder = remainder
    self.remainderDays = remainderDays
  }

  /// How many days a hold lasts where no group says otherwise.
  public static let usualHoldDays: UInt16 = 7

  /// The most that may be cleared for a hold without a word.
  public func limit(for held: Money) -> Money {
    let extra = held.minorUnits.multipliedFullWidth(by: Int64(toleranceBasisPoints))
    return held + Money(Int64(10_000).dividingFullWidth(extra).quotient)
  }

  /// The groups of a new ledger: how long merchants of these kinds usually take to clear, and those
  /// that hand out cash, which an issuer may want to limit.
  public static let usual: [MerchantGroup] = [
    MerchantGroup(name: "cash", categories: [6010...6011]),
    MerchantGroup(name: "fuel", categories: [5541...5542], holdDays: 2),
    MerchantGroup(
      name: "airlines",
      categories: [3000...3350, 4511...4511],
      holdDays: 14,
      remainder: .keep
    ),
    MerchantGroup(
      name: "vehicle-rental",
      categories: [3351...3500, 7512...7513],
      holdDays: 30,
      toleranceBasisPoints: 1_500
    ),
    MerchantGroup(
      name: "lodging",
      categories: [3501...3999, 4411...4411, 7011...7012],
      holdDays: 30,
      toleranceBasisPoints: 1_500
    ),
    MerchantGroup(
      name: "restaurants",
      categories: [5811...5814],
      toleranceBasisPoints: 2_000
    ),
    MerchantGroup(
      name: "mail-order",
      categories: [5960...5969],
      remainder: .keep,
      remainderDays: 30
    ),
  ]
}
