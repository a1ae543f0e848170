/// What was decided about a request.
public enum Decision: Hashable, Sendable {
  /// The amount is taken on both legs: the user's balance and, in a deposit programme, the deposit.
  case approved
  /// Less is taken than was asked, because there is no more and the terminal takes it.
  case approvedInPart(Money)
  /// Nothing changes.
  case declined(DeclineReason)
}

/// Decides a request against the state of this instant.
///
/// A pure function: no input but its arguments, no effect but its result. The checks stand in
/// `visitFailures`; the first that fails is the answer. It is inlined, so that its arguments need not be
/// copied whole.
/// - Parameters:
///   - request: what the network asks.
///   - snapshot: the card, its balance and the deposit as they are now.
///   - now: the instant of the decision.
/// - Returns: approval, or the first reason that forbids it.
@inlinable
@inline(__always)
public func decide(
  _ request: AuthorizationRequest,
  _ snapshot: AuthorizationSnapshot,
  now: Instant
) -> Decision {
  var first: DeclineReason?
  visitFailures(request, snapshot, now: now) { reason in
    first = reason
    return false
  }
  guard let first else { return .approved }
  return partialApproval(request.details, request.amount.currency, snapshot, first)
    ?? .declined(first)
}

/// Everything that is wrong with a request, not only what decides it (row A-066).
public func allFailures(
  _ request: AuthorizationRequest,
  _ snapshot: AuthorizationSnapshot,
  now: Instant
) -> DeclineReasonSet {
  var failures = DeclineReasonSet()
  visitFailures(request, snapshot, now: now) { reason in
    failures.insert(reason)
    return true
  }
  return failures
}

/// What is there, when all else is right and the terminal takes less (row A-023).
@usableFromInline
@inline(never)
func partialApproval(
  _ details: PaymentDetails?,
  _ currency: Currency,
  _ snapshot: AuthorizationSnapshot,
  _ first: DeclineReason
) -> Decision? {
  guard first == .insufficientDeposit || first == .insufficientUserFunds,
    let details, details.acceptsPart, details.purpose == .purchase,
    let card = snapshot.card, card.terms.acceptsPartialApproval,
    currency == card.balance.currency
  else { return nil }
  let available = min(card.balance.available, card.deposit?.available ?? card.balance.available)
  return available > .zero ? .approvedInPart(available) : nil
}

/// The checks, in the order of `Specs/Decisions.md`; format and duplicates were settled before, since
/// neither needs the card.
///
/// - Parameters:
///   - request: what the network asks.
///   - snapshot: the card, its balance and the deposit as they are now.
///   - now: the instant of the decision.
///   - fails: told about each check that fails; says whether to go on. Checks that need what an
///     earlier one has not found are not made.
@inlinable
@inline(__always)
func visitFailures(
  _ request: AuthorizationRequest,
  _ snapshot: AuthorizationSnapshot,
  now: Instant,
  _ fails: (DeclineReason) -> Bool
) {
  // What is asked is offered.
  if !request.isOffered, !fails(.functionNotSupported) { return }

  // The card is known.
  if !request.number.isPlausible, !fails(.panInvalid) { return }
  guard let card = snapshot.card else {
    if request.number.isPlausible {
      _ = fails(snapshot.isInBINRange ? .cardUnknown : .panInvalid)
    }
    return
  }
  let details = request.details
  let purpose = details?.purpose ?? .purchase

  // The card may be used. A credit is never refused for the state of the card.
  if purpose != .credit {
    if card.status == .removed, !fails(.cardRemoved) { return }
    if card.status == .inactive, !fails(.cardNotActivated) { return }
    if let lock = card.lock, !fails(DeclineReason(lock: lock)) { return }

    // The card is valid and is the one that the terminal saw.
    if now >= card.expiry.end, !fails(.cardExpired) { return }
    if let expiry = request.expiry, expiry != card.expiry, !fails(.expiryMismatch) { return }
  }

  // The balance takes debits, or credits.
  if card.balance.state == .closed, !fails(.balanceClosed) { return }
  if purpose == .credit {
    visitCreditFailures(snapshot, fails)
    return
  }
  if card.balance.state == .blocked, !fails(.balanceBlocked) { return }
  if purpose == .verification || purpose == .inquiry { return }

  // The amount can be taken from it.
  let billed: Money
  let hold: Money
  if let details {
    guard let charge = snapshot.charge else {
      _ = fails(.currencyNotAccepted)
      return
    }
    billed = charge.billed.money
    hold = charge.hold
    if charge.billed.isZero, !fails(.amountInvalid) { return }
    guard visitTermFailures(details, request.amount, charge, card.terms, fails) else { return }
  } else {
    guard request.amount.currency == card.balance.currency else {
      _ = fails(.currencyNotAccepted)
      return
    }
    billed = request.amount.money
    hold = billed
    if request.amount.isZero, !fails(.amountInvalid) { return }
  }

  // Such a merchant may ask for so much at once.
  if let most = snapshot.mostAmount, billed > most, !fails(.velocityAmount) { return }

  // The money is there: the partner's deposit first, then the user's funds.
  if let deposit = card.deposit, deposit.available < hold, !fails(.insufficientDeposit) { return }
  if card.balance.available < hold, !fails(.insufficientUserFunds) { return }
}

/// A credit must be one that the balance can take.
@usableFromInline
func visitCreditFailures(
  _ snapshot: AuthorizationSnapshot,
  _ fails: (DeclineReason) -> Bool
) {
  guard let charge = snapshot.charge else {
    _ = fails(.currencyNotAccepted)
    return
  }
  if charge.billed.isZero { _ = fails(.amountInvalid) }
}

/// Cash back and surcharges as the programme allows them.
/// - Returns: whether to go on.
@usableFromInline
func visitTermFailures(
  _ details: PaymentDetails,
  _ amount: Amount,
  _ charge: Charge,
  _ terms: ProgramTerms,
  _ fails: (DeclineReason) -> Bool
) -> Bool {
  if let cashBack = details.cashBack, !cashBack.isZero {
    if terms.cashBackLimit == .zero {
      if !fails(.cashBackNotAllowed) { return false }
    } else if cashBack.currency != amount.currency || cashBack.minorUnits > amount.minorUnits
      || terms.cashBackLimit.map({ billed(cashBack, of: amount, charge) > $0 }) ?? false
    {
      if !fails(.cashBackTooHigh) { return false }
    }
  }
  let hasSurcharge =
    details.surcharge.map { !$0.isZero } ?? false
    || details.includedSurcharge.map { !$0.isZero } ?? false
  if hasSurcharge, !terms.permitsSurcharge, !fails(.surchargeNotPermitted) { return false }
  return true
}

/// A part of an amount in the currency of the balance, which a programme's limits are in: the same part
/// of what is billed where the amount is converted.
private func billed(_ part: Amount, of amount: Amount, _ charge: Charge) -> Money {
  guard charge.billed.currency != amount.currency, amount.minorUnits > 0 else { return part.money }
  let share = charge.billed.minorUnits.multipliedFullWidth(by: part.minorUnits)
  return Money(amount.minorUnits.dividingFullWidth(share).quotient)
}
