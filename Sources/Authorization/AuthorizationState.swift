/// Where a payment stands (row A-071).
public enum AuthorizationState: UInt8, CaseIterable, Sendable {
  /// Funds are held, or a credit or a check was accepted and nothing is booked yet.
  case authorized = 1
  /// Refused.
  case declined = 2
  /// Undone.
  case reversed = 3
  /// Cleared in part; the rest is still held.
  case partiallyCleared = 4
  /// Booked, and nothing is held any more.
  case cleared = 5
  /// The hold ran out or was released before anything was cleared.
  case expired = 6

  /// The state's name in the management interface.
  public var name: String {
    switch self {
    case .authorized: "AUTHORIZED"
    case .declined: "DECLINED"
    case .reversed: "REVERSED"
    case .partiallyCleared: "PARTIALLY_CLEARED"
    case .cleared: "CLEARED"
    case .expired: "EXPIRED"
    }
  }
}
