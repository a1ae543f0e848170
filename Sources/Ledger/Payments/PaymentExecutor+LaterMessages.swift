import Authorization

/// Advices, increments, replacements and clearings.
extension PaymentExecutor {
  /// An entry that changes nothing yet.
  func newEntry(
    _ record: AuthorizationRecord,
    _ kind: PaymentEntry.Kind,
    _ request: AuthorizationRequest,
    _ details: PaymentDetails,
    _ amount: Amount,
    _ code: ActionCode
  ) -> PaymentEntry {
    var flags = record.flags
    if request.kind == .advice || request.kind == .clearing || request.kind == .clearingNotification
    {
      flags.formUnion(Self.adviceFlags(details))
    }
    return PaymentEntry(
      payment: record.id,
      number: record.entryCount + 1,
      kind: kind,
      message: message(request, details),
      balance: record.balance,
      deposit: record.deposit,
      amount: amount,
      standing: record.standing,
      expires: record.expires,
      flags: flags,
      day: catalog.days.day(of: request.network),
      decided: now,
      actionCode: code
    )
  }

  /// The verdict of an entry; the limit of entries holds for every payment.
  func verdict(
    _ entry: PaymentEntry,
    _ record: AuthorizationRecord,
    _ request: AuthorizationRequest
  ) -> Verdict {
    guard entry.number < LedgerLimits.entriesPerPayment else {
      return Verdict(actionCode: .systemMalfunction)
    }
    return Verdict(
      effects: [.entered(entry)],
      actionCode: entry.actionCode,
      reason: entry.reason,
      approvalCode: Self.approvalCode(entry),
      authorization: record.id,
      amendment: Self.amendment(entry)
    )
  }

  /// DE 38 of the answer to an entry's message: that of the payment, where the answer approves.
  static func approvalCode(_ entry: PaymentEntry) -> ApprovalCode? {
    switch entry.message?.kind {
    case .hold, .debit, .verification:
      entry.actionCode.isApproval ? ApprovalCode(entry.payment) : nil
    default: nil
    }
  }

  /// Moves an entry's payment on; an event that finds nothing to act on changes nothing.
  func advance(
    _ entry: inout PaymentEntry,
    _ record: AuthorizationRecord,
    _ event: PaymentEvent
  ) -> Bool {
    guard let next = record.standing.after(event) else { return false }
    entry.heldChange = next.held - record.held
    entry.bookedChange = next.booked - record.booked
    entry.standing = next
    if next.held == .zero { entry.expires = nil }
    return true
  }

  /// A request about a payment that nobody knows: a payment of its own, refused.
  func refuseUnknown(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> Verdict {
    let parties = try parties(of: request)
    var record = newRecord(of: request, parties)
    record.reason = .originalNotFound
    record.failedChecks.insert(.originalNotFound)
    record.actionCode = .originalNotFound
    if let charge = parties.snapshot.charge { record.amount = charge.billed }
    let entry = firstEntry(record, request, details)
    return verdict(record, [.authorized(record), .entered(entry)])
  }

  /// Why a payment takes no further request.
  func refusal(_ record: AuthorizationRecord) -> DeclineReason? {
    switch record.state {
    case .authorized, .partiallyCleared: nil
    case .declined: .originalDeclined
    case .expired: .lifeCycleExpired
    case .reversed, .cleared: .lifeCycleNotAcceptable
    }
  }

  /// An advice of an authorization that others decided: the money is held whatever is there.
  func advise(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> Verdict {
    let parties = try parties(of: request)
    let wasApproved = details.advisedCode?.isApproval ?? true
    guard wasApproved, let charge = parties.snapshot.charge, parties.card != nil else {
      return try refuseAdvice(request, details, parties)
    }
    // The request of the same payment may have reached us before the network stood in. What has ended
    // since then is not held once more.
    if let original = try original(of: request, details, isCredit: false),
      original.record.state != .declined
    {
      let record = original.record
      var entry = newEntry(
        record,
        .replacement,
        request,
        details,
        charge.billed,
        record.standing.isOpen ? details.policy.advice : acknowledgement(details)
      )
      if advance(&entry, record, .replaced(with: charge.hold)), entry.standing.held > .zero {
        entry.expires = end(ofHoldAt: request.trace.merchantCategory)
      }
      return verdict(entry, record, request)
    }
    var record = newRecord(of: request, parties)
    record.flags = Self.flags(of: request, details, charge)
    record.amount = charge.billed
    record.deposit = parties.depositID.map { PartnerBalanceID($0.number) }
    record.actionCode = details.policy.advice
    take(charge.billed.money, charge.hold, request, &record)
    let entry = firstEntry(record, request, details)
    return verdict(record, try effects(record, entry, request, details), entry)
  }

  /// An advice that books nothing: refused elsewhere, or of a card or currency that is not ours.
  func refuseAdvice(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails,
    _ parties: Parties
  ) throws(LedgerError) -> Verdict {
    var record = newRecord(of: request, parties)
    record.flags = Self.flags(of: request, details, parties.snapshot.charge)
    if details.advisedCode.map({ !$0.isApproval }) ?? false {
      record.reason = .declinedElsewhere
    } else if parties.card == nil {
      record.reason = parties.snapshot.isInBINRange ? .cardUnknown : .panInvalid
    } else {
      record.reason = .currencyNotAccepted
    }
    if let reason = record.reason { record.failedChecks.insert(reason) }
    record.actionCode = acknowledgement(details)
    let entry = firstEntry(record, request, details)
    return verdict(record, [.authorized(record), .entered(entry)], entry)
  }

  /// Incremental and replacement authorizations, asked or told.
  func raise(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> Verdict {
    let parties = try parties(of: request)
    if request.kind == .advice, let code = details.advisedCode, !code.isApproval {
      return try refuseAdvice(request, details, parties)
    }
    guard let original = try original(of: request, details, isCredit: false) else {
      if request.kind == .advice {
        // The payment itself was never told: the advice is all there is.
        return try advise(request, details)
      }
      return try refuseUnknown(request, details)
    }
    let record = original.record
    let isIncrement = details.purpose == .increment
    let kind: PaymentEntry.Kind = isIncrement ? .increment : .replacement
    guard let charge = parties.snapshot.charge else {
      return refused(record, kind, request, details, .currencyNotAccepted, request.amount)
    }
    if let reason = refusal(record) {
      if request.kind == .advice { return try advise(request, details) }
      return refused(record, kind, request, details, reason, charge.billed)
    }
    if request.kind != .advice {
      var asked = request
      asked.details = PaymentDetails(purpose: .purchase)
      var snapshot = parties.snapshot
      let more = isIncrement ? charge.hold : max(charge.hold - record.held, .zero)
      snapshot.charge = Charge(billed: charge.billed, hold: more, isConverted: false)
      // What the merchant may ask for is what the payment then comes to.
      let kept = max(record.booked, .zero) + (isIncrement ? record.held : .zero)
      snapshot.mostAmount = snapshot.mostAmount.map { $0 - kept }
      if case .declined(let reason) = Authorization.decide(asked, snapshot, now: now),
        more > .zero || !reason.isShortage
      {
        return refused(
          record,
          kind,
          request,
          details,
          reason,
          charge.billed,
          reason.actionCode(insufficientDeposit: parties.insufficientDepositCode)
        )
      }
    }
    var entry = newEntry(
      record,
      kind,
      request,
      details,
      charge.billed,
      request.kind == .advice ? details.policy.advice : .approved
    )
    let event: PaymentEvent =
      isIncrement ? .raised(by: charge.hold) : .replaced(with: charge.hold)
    if advance(&entry, record, event), entry.standing.held > .zero {
      entry.expires = end(ofHoldAt: request.trace.merchantCategory)
    }
    return verdict(entry, record, request)
  }

  func refused(
    _ record: AuthorizationRecord,
    _ kind: PaymentEntry.Kind,
    _ request: AuthorizationRequest,
    _ details: PaymentDetails,
    _ reason: DeclineReason,
    _ amount: Amount,
    _ code: ActionCode? = nil
  ) -> Verdict {
    var entry = newEntry(
      record,
      kind,
      request,
      details,
      amount,
      code ?? reason.actionCode(insufficientDeposit: .notEnoughMoney)
    )
    entry.reason = reason
    return verdict(entry, record, request)
  }

  /// Completions and presentments: hold becomes booking.
  func clear(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> Verdict {
    let parties = try parties(of: request)
    let isCredit = request.trace.isCredit
    let isRequest = request.kind == .debit
    let wasApproved = isRequest || details.advisedCode?.isApproval ?? true
    guard let charge = parties.snapshot.charge, parties.card != nil, wasApproved else {
      if isRequest { return try begin(request, details) }
      return try refuseAdvice(request, details, parties)
    }
    guard let original = try original(of: request, details, isCredit: isCredit) else {
      if isRequest { return try refuseUnknown(request, details) }
      return try forcePost(request, details, parties, charge)
    }
    let record = original.record
    let group = catalog.group(of: record.trace.merchantCategory)
    let limit = (group ?? MerchantGroup(name: "", categories: [])).limit(for: record.held)
    let isWithinLimit = isCredit || charge.billed.money <= limit
    if isRequest {
      let reason =
        refusal(record) ?? (isWithinLimit ? nil : .exceedsAuthorizedAmount)
        ?? (isCredit ? nil : shortage(charge.billed.money - record.held, parties))
      if let reason {
        return refused(record, .clearing, request, details, reason, charge.billed)
      }
    }
    var entry = newEntry(
      record,
      .clearing,
      request,
      details,
      charge.billed,
      isRequest ? .approved : details.policy.advice
    )
    let amount = isCredit ? -charge.billed.money : charge.billed.money
    let isAwaited =
      record.flags.contains(.singleMessage) && !record.flags.contains(.presented)
    // A hold that was made when there was no deposit must end without one too.
    entry.deposit =
      record.deposit
      ?? (record.held == .zero ? parties.depositID.map { PartnerBalanceID($0.number) } : nil)
    if isAwaited { entry.flags.insert(.presented) }
    if isAwaited, record.state == .cleared {
      // One message has booked the payment already: only what differs is booked now.
      _ = advance(&entry, record, .presented(as: amount))
      entry.undoes = 0
      return verdict(entry, record, request)
    }
    if !record.standing.isOpen {
      entry.flags.insert(.forcePost)
    } else if !isWithinLimit {
      entry.flags.insert(.overCleared)
    }
    // DE 24 = 201 clears what was authorized, so that nothing is left for another one.
    let releasesRest = isCredit || details.functionCode == 201 || group?.remainder != .keep
    _ = advance(&entry, record, .cleared(amount, releasesRest: releasesRest))
    if entry.standing.held > .zero, let days = group?.remainderDays, days > 0 {
      entry.expires = end(days: days)
    }
    return verdict(entry, record, request)
  }

  /// Why what a requested clearing takes beyond its hold cannot be taken.
  func shortage(_ excess: Money, _ parties: Parties) -> DeclineReason? {
    guard excess > .zero, let card = parties.snapshot.card else { return nil }
    if let deposit = card.deposit, deposit.available < excess { return .insufficientDeposit }
    return card.balance.available < excess ? .insufficientUserFunds : nil
  }

  /// A clearing of what nobody authorized.
  func forcePost(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails,
    _ parties: Parties,
    _ charge: Charge
  ) throws(LedgerError) -> Verdict {
    var record = newRecord(of: request, parties)
    record.flags = Self.flags(of: request, details, charge)
    record.flags.insert(request.trace.isCredit ? .credit : .forcePost)
    record.amount = charge.billed
    record.deposit = parties.depositID.map { PartnerBalanceID($0.number) }
    record.actionCode = details.policy.advice
    record.state = .cleared
    record.booked = request.trace.isCredit ? -charge.billed.money : charge.billed.money
    let entry = firstEntry(record, request, details)
    return verdict(record, try effects(record, entry, request, details), entry)
  }
}

extension DeclineReason {
  /// Whether the money is short; who asks for no more than is held needs none.
  fileprivate var isShortage: Bool {
    self == .insufficientDeposit || self == .insufficientUserFunds
  }
}
