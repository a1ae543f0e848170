import Authorization

/// Reversals in full and in part, voids, and reversals that come first.
extension PaymentExecutor {
  func reverse(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> Verdict {
    // A void is a reversal in a message of another class.
    let accepted: ActionCode =
      switch request.kind {
      case .hold, .debit: .approved
      case .advice, .clearing, .clearingNotification: details.policy.advice
      default: .reversalAccepted
      }
    guard let original = try original(of: request, details, isCredit: nil) else {
      return try keepUnmatched(request, details)
    }
    let record = original.record
    let kind: PaymentEntry.Kind =
      details.purpose == .reversal ? .reversal : .partialReversal
    let amount = try billed(original)
    var entry = newEntry(record, kind, request, details, amount, accepted)
    entry.undoes = number(original)
    let isUndone = try isUndone(record, number(original))
    let event: PaymentEvent?
    if details.purpose == .reversal {
      event = isUndone ? nil : try undoing(original, isVoid: accepted != .reversalAccepted)
    } else {
      switch try rest(original, request, details) {
      case .mismatch:
        // Remembered, so that its repeat is answered alike whatever has become of the payment.
        return refused(
          record,
          kind,
          request,
          details,
          .reversalAmountMismatch,
          amount,
          .messageError
        )
      case .all: event = nil
      case .part(let part): event = part
      }
    }
    if let event { _ = advance(&entry, record, event) }
    if event == nil || entry.standing == record.standing {
      if kind == .reversal, isUndone || record.state == .reversed, accepted == .reversalAccepted {
        entry.actionCode = details.policy.secondReversal
      }
      entry.undoes = nil
    }
    return verdict(entry, record, request)
  }

  /// What a message was about, in the currency of the balance, which a payment that was refused may not
  /// have asked in.
  func billed(_ original: Original) throws(LedgerError) -> Amount {
    let record = original.record
    let amount = original.entry?.amount ?? record.amount
    guard let id = record.balance, let account = try set.account(AccountID(id)),
      account.currency != amount.currency
    else { return amount }
    let booked = Int64(clamping: record.booked.minorUnits.magnitude)
    return Amount(minorUnits: booked, currency: account.currency) ?? .zero(in: account.currency)
  }

  /// Which of a payment's messages is undone with this one.
  ///
  /// The presentment of a payment that one message had booked is that message once more, and so is an
  /// advice of an authorization whose request had come.
  func number(_ original: Original) -> UInt16 {
    guard let entry = original.entry else { return 0 }
    return isPresentment(entry) || isStandIn(entry) ? 0 : entry.number
  }

  func isPresentment(_ entry: PaymentEntry) -> Bool {
    entry.kind == .clearing && entry.undoes != nil
  }

  func isStandIn(_ entry: PaymentEntry) -> Bool {
    guard entry.kind == .replacement, let message = entry.message, message.kind == .advice else {
      return false
    }
    return message.functionCode != 102 && message.functionCode != 103
  }

  /// What undoes a message that was not undone before; `nil` when there is nothing to undo.
  ///
  /// A reversal of an authorization gives back what is held. A void undoes the payment, also what was
  /// cleared of it.
  func undoing(
    _ original: Original,
    isVoid: Bool
  ) throws(LedgerError) -> PaymentEvent? {
    let record = original.record
    let number = number(original)
    guard number > 0, let entry = original.entry else {
      if record.isBookedAtOnce { return .unbooked(try booked(record, by: 0)) }
      return isVoid ? .voided : .reversed
    }
    switch entry.kind {
    case .clearing:
      return .unbooked(try booked(record, by: number))
    case .increment, .replacement:
      return entry.heldChange > .zero ? .lowered(by: entry.heldChange) : nil
    case .authorization, .reversal, .partialReversal, .expiry, .release:
      return nil
    }
  }

  /// What is still booked because of a message, so that what other messages of the payment booked
  /// stays: what it booked, with what later entries did to that.
  func booked(
    _ record: AuthorizationRecord,
    by number: UInt16
  ) throws(LedgerError) -> Money {
    var sum =
      if let entry = try set.entry(EntryKey(payment: record.id, number: number)) {
        entry.bookedChange
      } else {
        // A plain purchase has no entry of its own.
        record.reason == nil && record.isBookedAtOnce ? record.amount.money : Money.zero
      }
    if record.entryCount > number {
      for later in (number + 1)...record.entryCount {
        let entry = try set.entry(EntryKey(payment: record.id, number: later))
        if let entry, entry.undoes == number { sum += entry.bookedChange }
      }
    }
    return Self.least(sum, record.booked)
  }

  /// Of two sums of one sign the smaller; nothing when their signs differ.
  static func least(_ money: Money, _ limit: Money) -> Money {
    if money >= .zero { return max(min(money, limit), .zero) }
    return min(max(money, limit), .zero)
  }

  /// Whether a later entry has undone a message of the payment already.
  func isUndone(
    _ record: AuthorizationRecord,
    _ number: UInt16
  ) throws(LedgerError) -> Bool {
    guard record.entryCount > number else { return false }
    for later in (number + 1)...record.entryCount {
      let entry = try set.entry(EntryKey(payment: record.id, number: later))
      if entry?.kind == .reversal, entry?.undoes == number { return true }
    }
    return false
  }

  /// What a partial reversal leaves.
  enum Rest {
    /// Everything: nothing changes.
    case all
    /// Less.
    case part(PaymentEvent)
    /// The amounts do not say.
    case mismatch
  }

  /// What a partial reversal leaves (dialect, section 6.4): of DE 4 and DE 30 the one that equals what is
  /// held or booked is the original, the other stays.
  func rest(
    _ original: Original,
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> Rest {
    let record = original.record
    let number = number(original)
    switch original.entry?.kind {
    case .reversal, .partialReversal: return .all
    default: break
    }
    guard let other = details.otherAmount, other.currency == request.amount.currency else {
      return .mismatch
    }
    let isBooked = record.isBookedAtOnce || number > 0 && original.entry?.kind == .clearing
    let present = isBooked ? try booked(record, by: number) : record.held
    guard present != .zero else { return .all }
    let magnitude = Money(Int64(present.minorUnits.magnitude))
    guard let asked = try claimed(original, isBooked, present, request.amount, other) else {
      return .mismatch
    }
    let stays: Money
    if other.money == asked {
      stays = request.amount.money
    } else if request.amount.money == asked {
      stays = other.money
    } else {
      return .mismatch
    }
    guard stays <= asked else { return .mismatch }
    guard stays != asked else { return .all }
    let share = stays.minorUnits.multipliedFullWidth(by: magnitude.minorUnits)
    let left =
      asked == magnitude ? stays : Money(asked.minorUnits.dividingFullWidth(share).quotient)
    guard isBooked else { return .part(.reduced(to: left)) }
    let undone = magnitude - left
    return .part(.unbooked(present < .zero ? -undone : undone))
  }

  /// The amount that the merchant knows for what is held or booked because of a message.
  ///
  /// While nothing has happened to it that is what the message asked, in the currency of the
  /// transaction; the hold may be in another currency, or larger. Afterwards it is what is there.
  ///
  /// - Returns: the amount; `nil` when it cannot be told in the currency of the reversal.
  func claimed(
    _ original: Original,
    _ isBooked: Bool,
    _ present: Money,
    _ amount: Amount,
    _ other: Amount
  ) throws(LedgerError) -> Money? {
    let record = original.record
    guard
      let balance = try record.balance.map({ (id) throws(LedgerError) in
        try set.account(AccountID(id))
      }), let currency = balance?.currency
    else { return nil }
    let magnitude = Money(Int64(present.minorUnits.magnitude))
    let isHome = amount.currency == currency
    if isHome, magnitude == amount.money || magnitude == other.money { return magnitude }
    let source = isBooked ? number(original) : 0
    if let first = try set.entry(EntryKey(payment: record.id, number: source)),
      let told = first.approved ?? first.message?.amount, told.currency == amount.currency
    {
      let taken = isBooked ? first.bookedChange : first.heldChange
      if present == taken { return told.money }
      // After a part was undone it is the amount that the same rate makes of it.
      for claim in [other, amount] where told.minorUnits > 0 {
        let share = UInt128(claim.minorUnits) * UInt128(taken.minorUnits.magnitude)
        if share / UInt128(told.minorUnits) == UInt128(magnitude.minorUnits) { return claim.money }
      }
    }
    return isHome ? magnitude : nil
  }

  /// A reversal of what nobody has seen: kept, so that its original is refused when it comes.
  func keepUnmatched(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> Verdict {
    var record = newRecord(of: request, try parties(of: request))
    record.state = .reversed
    record.reason = .originalNotFound
    record.failedChecks.insert(.originalNotFound)
    record.flags = .unmatched
    switch request.kind {
    case .hold, .debit:
      record.state = .declined
      record.actionCode = .originalNotFound
    case .advice, .clearing, .clearingNotification:
      record.actionCode = acknowledgement(details)
    default:
      record.actionCode = details.policy.unmatchedReversal
    }
    let entry = firstEntry(record, request, details)
    var effects: [Effect] = [.authorized(record), .entered(entry)]
    if let original = details.original, original.kind != nil, let key = original.keys.first,
      try set.duplicate(key) == nil
    {
      effects.append(.originalAwaited(key, record.id))
    }
    return verdict(record, effects, entry)
  }
}
