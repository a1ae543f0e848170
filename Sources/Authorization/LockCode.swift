/// Why a card is locked (rows S-089 to S-096): eight codes, four of them for ever.
public enum LockCode: UInt8, CaseIterable, Sendable {
  /// Card lost; irreversible.
  case lost = 1
  /// Card stolen; irreversible.
  case stolen = 2
  /// Pending query; reversible.
  case pendingQuery = 3
  /// Card consolidation; reversible.
  case consolidation = 4
  /// Card inactive; irreversible, and not the state before activation.
  case inactive = 5
  /// PIN tries exceeded; reversible.
  case pinTriesExceeded = 6
  /// Suspected fraud; reversible.
  case suspectedFraud = 7
  /// Card replaced; irreversible.
  case replaced = 8

  /// Whether the lock can never be taken off again.
  public var isIrreversible: Bool {
    switch self {
    case .lost, .stolen, .inactive, .replaced: true
    case .pendingQuery, .consolidation, .pinTriesExceeded, .suspectedFraud: false
    }
  }

  /// The reason in words, as operators and partners see it.
  public var reason: String {
    switch self {
    case .lost: "Card lost"
    case .stolen: "Card stolen"
    case .pendingQuery: "Pending query"
    case .consolidation: "Card consolidation"
    case .inactive: "Card inactive"
    case .pinTriesExceeded: "PIN tries exceeded"
    case .suspectedFraud: "Suspected fraud"
    case .replaced: "Card replaced"
    }
  }

  /// Whether a card under `current` may be locked with `self` instead (row S-101): a lock is never
  /// weakened, so an irreversible one stays.
  public func mayReplace(_ current: LockCode?) -> Bool {
    guard let current else { return true }
    return !current.isIrreversible && (isIrreversible || self != current)
  }
}

/// Who asked for a lock.
public enum LockOrigin: UInt8, Sendable {
  /// The partner, a user or an operator through the management socket.
  case inside = 0
  /// A network or an acquirer (row S-098), or the PIN try counter (row S-099).
  case outside = 1
}
