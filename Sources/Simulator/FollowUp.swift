import Authorization

/// What is said about a payment after its first message.
public enum FollowUp: Hashable, Sendable {
  /// Everything that is left is undone, for a reason (DE 25).
  case reversal(reason: String)
  /// Only a part stays. `isSwapped` puts it into DE 30 and the amount before into DE 4, which is how
  /// some peers read those elements.
  case partialReversal(leaving: Amount, isSwapped: Bool)
  /// The merchant wants his money: the authorized amount when `amount` is `nil`.
  case completion(amount: Amount?, billed: Amount?, part: PartOfMany?)
  /// More is to be held.
  case increment(Amount)
  /// Another total is to be held.
  case replacement(Amount, isEstimated: Bool)
  /// The network tells what it decided in the issuer's place (DE 39) and why (DE 25).
  case advice(ActionCode, reason: String)
  /// The merchant takes it back (transaction type 02, or 22 of a refund).
  case void
}
