/// What an event tells; the text is its name in the management interface and never changes.
public enum EventType: String, CaseIterable, Sendable {
  /// An authorization was approved: money is held, or a check or a credit was accepted.
  case authorizationApproved = "authorization.approved"
  /// A message about money was refused: a first one, or a later one of a payment.
  case authorizationDeclined = "authorization.declined"
  /// An increment or a replacement changed what is held.
  case authorizationIncremented = "authorization.incremented"
  /// A reversal took a payment back, in full or in part.
  case authorizationReversed = "authorization.reversed"
  /// A hold ran out.
  case authorizationExpired = "authorization.expired"
  /// Somebody released a hold by hand and said why.
  case authorizationReleased = "authorization.released"
  /// A payment was booked: a clearing, or one message that debits at once.
  case transactionCleared = "transaction.cleared"
  /// A payment was booked without a hold that stood for it.
  case transactionForcePosted = "transaction.force_posted"
  /// Money went back to the user.
  case transactionRefunded = "transaction.refunded"
  /// The network told what it had decided in the issuer's place.
  case standInDecision = "standin.decision"
  /// A reversal found nothing to reverse.
  case reversalUnmatched = "reversal.unmatched"
  /// A card came to be.
  case cardCreated = "card.created"
  /// A card was activated.
  case cardActivated = "card.activated"
  /// A card was locked, or its lock replaced by another.
  case cardLocked = "card.locked"
  /// A card's lock was taken off.
  case cardUnlocked = "card.unlocked"
  /// A card was removed.
  case cardRemoved = "card.removed"
  /// A user came to be.
  case customerCreated = "customer.created"
  /// How well a user is known changed.
  case kycUpdated = "kyc.updated"
  /// A user's balance was opened.
  case balanceCreated = "balance.created"
  /// A user's balance was blocked, unblocked, closed or reloaded.
  case balanceUpdated = "balance.updated"
  /// A partner's balance was opened.
  case partnerBalanceCreated = "partner_balance.created"
  /// Money reached a partner's balance.
  case partnerBalanceReloaded = "partner_balance.reloaded"
}
