/// What was decided about a request.
public enum Decision: Hashable, Sendable {
  /// The amount is taken on both legs: the user's balance and, in a deposit programme, the deposit.
  case approved
  /// Nothing changes.
  case declined(DeclineReason)
}

/// Decides a request against the state of this instant.
///
/// A pure function: no input but its arguments, no effect but its result. The guards stand in the
/// order of `DeclineReason`; format and duplicates were settled before, since neither needs the card.
/// - Parameters:
///   - request: what the network asks.
///   - snapshot: the card, its balance and the deposit as they are now.
///   - now: the instant of the decision.
/// - Returns: approval in full, or the first reason that forbids it.
@inlinable
public func decide(
  _ request: AuthorizationRequest,
  _ snapshot: AuthorizationSnapshot,
  now: Instant
) -> Decision {
  // What is asked is offered.
  guard request.isOffered else { return .declined(.functionNotSupported) }

  // The card is known.
  guard request.number.isPlausible else { return .declined(.panInvalid) }
  guard let card = snapshot.card else {
    return .declined(snapshot.isInBINRange ? .cardUnknown : .panInvalid)
  }

  // The card may be used.
  guard card.status != .removed else { return .declined(.cardRemoved) }
  guard card.status != .inactive else { return .declined(.cardNotActivated) }
  if let lock = card.lock { return .declined(DeclineReason(lock: lock)) }

  // The card is valid and is the one that the terminal saw.
  guard now < card.expiry.end else { return .declined(.cardExpired) }
  if let expiry = request.expiry, expiry != card.expiry { return .declined(.expiryMismatch) }

  // The balance takes debits.
  guard card.balance.state != .closed else { return .declined(.balanceClosed) }
  guard card.balance.state != .blocked else { return .declined(.balanceBlocked) }

  // The amount can be taken from it.
  guard request.amount.currency == card.balance.currency else {
    return .declined(.currencyNotAccepted)
  }
  guard !request.amount.isZero else { return .declined(.amountInvalid) }

  // The money is there: the partner's deposit first, then the user's funds.
  if let deposit = card.deposit, deposit.available < request.amount.money {
    return .declined(.insufficientDeposit)
  }
  guard card.balance.available >= request.amount.money else {
    return .declined(.insufficientUserFunds)
  }
  return .approved
}
