/// What a network does to a card (dialect, section 6.5).
public enum CardAdministration: Hashable, Sendable {
  /// Card administration (DE 24 = 309) for a reason (DE 25, 3000 to 3004).
  case lock(reason: String)
  /// The record that blocks the card is deleted (DE 24 = 303).
  case unlock
  /// An administrative message blocks the card (transaction type 73).
  case block
  /// An administrative message unblocks the card (transaction type 74).
  case unblock
  /// The card is put in use (transaction type 72).
  case activate
  /// The card is taken out of use (transaction type 7S).
  case deactivate

  /// Whether it is an administrative message (class 6) rather than a file action (class 3).
  var isAdministrative: Bool { self == .block || self == .unblock }
}
