import Authorization

/// Decides everything that a network asks or tells about payments, against the working set; the
/// effects it returns are the whole change.
///
/// A plain purchase goes through `decide` alone; messages with details come through `execute`.
struct PaymentExecutor {
  let set: WorkingSet
  let catalog: Catalog
  let now: Instant

  /// What a message would change, and its answer.
  struct Verdict {
    var effects: [Effect] = []
    var actionCode: ActionCode
    var reason: DeclineReason?
    var approvalCode: ApprovalCode?
    var authorization: AuthorizationID?
    var amendment: AnswerAmendment?
  }

  /// The card with everything that its payments draw on.
  struct Parties {
    var card: CardRecord?
    var balance: AccountRecord?
    var depositID: AccountID?
    var insufficientDepositCode = ActionCode.notEnoughMoney
    var snapshot: AuthorizationSnapshot
  }

  /// Decides any message that has not been decided before.
  func decide(_ request: AuthorizationRequest) throws(LedgerError) -> Verdict {
    if let details = request.details { return try execute(request, details) }
    let record = try record(of: request)
    if record.reason == .currencyNotAccepted, try needsConversion(request) {
      return try execute(request, Self.convertible(request))
    }
    return verdict(record, [.authorized(record)])
  }

  /// A plain purchase in another currency, for which there may be a rate.
  static func convertible(_ request: AuthorizationRequest) -> PaymentDetails {
    PaymentDetails(purpose: .purchase, functionCode: request.kind == .debit ? 200 : 100)
  }

  // MARK: First messages

  /// Loads what a decision depends on.
  func parties(of request: AuthorizationRequest) throws(LedgerError) -> Parties {
    var parties = Parties(
      snapshot: AuthorizationSnapshot(
        isInBINRange: catalog.isInBINRange(request.number.leadingNine),
        card: nil
      )
    )
    guard let card = try set.card(request.card) else { return parties }
    guard let account = try set.account(AccountID(card.balance)),
      let program = catalog.program(card.program)
    else { throw .damaged("a card's balance or programme does not exist") }
    parties.card = card
    parties.balance = account
    parties.insufficientDepositCode = program.insufficientDepositCode
    var deposit: FundsSnapshot?
    if program.funding == .deposit {
      parties.depositID = catalog.deposit(ofProgram: card.program)
      // A deposit that nobody opened backs nothing.
      deposit = FundsSnapshot(
        currency: program.currency,
        state: .active,
        ledger: .zero,
        held: .zero
      )
      if let depositID = parties.depositID {
        guard let account = try set.account(depositID) else {
          throw .damaged("a programme's deposit does not exist")
        }
        deposit = account.funds
      }
    }
    parties.snapshot.card = CardSnapshot(
      status: card.status,
      lock: card.lock,
      expiry: card.expiry,
      balance: account.funds,
      deposit: deposit,
      terms: program.terms
    )
    if let details = request.details {
      parties.snapshot.charge = charge(request, details, account.currency)
    }
    return parties
  }

  /// What a message costs in the balance's currency.
  private func charge(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails,
    _ currency: Currency
  ) -> Charge? {
    Charge(
      request.amount,
      details,
      in: currency,
      rate: catalog.rate(from: request.amount.currency, to: currency),
      group: catalog.group(of: request.trace.merchantCategory),
      isCredit: request.trace.isCredit
    )
  }

  /// Decides a plain purchase and puts the result into a record.
  func record(of request: AuthorizationRequest) throws(LedgerError) -> AuthorizationRecord {
    let parties = try parties(of: request)
    var record = newRecord(of: request, parties)
    switch Authorization.decide(request, parties.snapshot, now: now) {
    case .approved, .approvedInPart:
      record.deposit = parties.depositID.map { PartnerBalanceID($0.number) }
      switch request.kind {
      case .debit:
        record.state = .cleared
        record.booked = request.amount.money
        record.flags = .singleMessage
      default:
        record.state = .authorized
        record.held = request.amount.money
        record.expires = end(ofHoldAt: request.trace.merchantCategory)
      }
    case .declined(let reason):
      record.reason = reason
      record.actionCode = reason.actionCode(insufficientDeposit: parties.insufficientDepositCode)
      record.failedChecks = allFailures(request, parties.snapshot, now: now)
    }
    return record
  }

  /// The record of a request, refused for no reason yet.
  private func newRecord(
    of request: AuthorizationRequest,
    _ parties: Parties
  ) -> AuthorizationRecord {
    var record = AuthorizationRecord(
      id: AuthorizationID(set.counters.authorization),
      card: parties.card?.card,
      balance: parties.card?.balance,
      deposit: nil,
      previous: parties.balance.flatMap {
        $0.newestAuthorization == 0 ? nil : AuthorizationID($0.newestAuthorization)
      },
      amount: request.amount,
      held: .zero,
      decided: now,
      key: request.key,
      content: request.content,
      trace: request.trace,
      kind: request.kind,
      state: .declined,
      reason: nil,
      number: request.number,
      actionCode: .approved,
      program: parties.card?.program ?? 0
    )
    record.userAvailable = parties.balance?.available ?? .zero
    record.depositAvailable = parties.snapshot.card?.deposit?.available ?? .zero
    return record
  }

  /// When a hold that is made now runs out at a merchant of this category, to the second.
  private func end(ofHoldAt category: UInt16) -> Instant {
    end(days: catalog.holdDays(for: category))
  }

  private func end(days: UInt16) -> Instant {
    let seconds = now.microsecondsSinceEpoch / 1_000_000 + Int64(days) * 86_400
    return Instant(secondsSinceEpoch: UInt32(clamping: seconds))
  }

  /// Whether a purchase in another currency can be converted, and so is more than a plain purchase.
  func needsConversion(_ request: AuthorizationRequest) throws(LedgerError) -> Bool {
    guard catalog.rateCount > 0, let card = try set.card(request.card),
      let program = catalog.program(card.program)
    else { return false }
    return program.currency != request.amount.currency
  }

  // MARK: Messages with details

  /// Decides a message that asks more than a plain purchase.
  func execute(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> Verdict {
    var request = request
    // A plain purchase that is converted comes without, and what it costs depends on them.
    if request.details == nil { request.details = details }
    switch details.purpose {
    case .purchase, .credit, .verification, .inquiry:
      if request.kind == .advice, details.purpose == .purchase {
        return try advise(request, details)
      }
      return try begin(request, details)
    case .increment, .replacement: return try raise(request, details)
    case .clearing: return try clear(request, details)
    case .reversal, .partialReversal: return try reverse(request, details)
    case .cardAction: return try act(request, details)
    }
  }

  /// A message whose reversal has come before it: recorded as refused, whatever it asks.
  func refuseReversed(_ request: AuthorizationRequest) throws(LedgerError) -> Verdict {
    var record = newRecord(of: request, try parties(of: request))
    record.reason = .reversedBeforeArrival
    record.failedChecks.insert(.reversedBeforeArrival)
    record.actionCode =
      request.kind.isAdvice
      ? acknowledgement(request.details) : .doNotHonour
    return verdict(record, [.authorized(record)])
  }

  /// To an advice that changed nothing.
  private func acknowledgement(_ details: PaymentDetails?) -> ActionCode {
    let agreed = details?.policy.advice ?? .adviceAccepted
    return agreed == .adviceAccepted ? .adviceAcknowledged : agreed
  }

  /// Begins a payment: purchases with details, credits, checks and inquiries.
  private func begin(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> Verdict {
    let parties = try parties(of: request)
    var record = newRecord(of: request, parties)
    record.flags = Self.flags(of: request, details, parties.snapshot.charge)
    if details.hasAmount {
      if let charge = parties.snapshot.charge { record.amount = charge.billed }
    } else if let currency = parties.balance?.currency {
      record.amount = .zero(in: currency)
    }
    let decision: Decision =
      details.advisedCode.map { !$0.isApproval } ?? false
      ? .declined(.declinedElsewhere) : Authorization.decide(request, parties.snapshot, now: now)
    switch decision {
    case .approved:
      record.deposit = parties.depositID.map { PartnerBalanceID($0.number) }
      record.state = .authorized
      switch details.purpose {
      case .verification:
        record.actionCode = .noReasonToDecline
      case .inquiry:
        break
      case .credit:
        if request.kind == .debit {
          record.state = .cleared
          record.booked = -record.amount.money
          record.flags.insert(.singleMessage)
        }
      default:
        take(record.amount.money, parties.snapshot.charge?.hold, request, &record)
      }
    case .approvedInPart(let part):
      record.deposit = parties.depositID.map { PartnerBalanceID($0.number) }
      record.flags.insert(.partiallyApproved)
      record.actionCode = .approvedInPart
      take(part, part, request, &record)
    case .declined(let reason):
      record.reason = reason
      record.actionCode = reason.actionCode(insufficientDeposit: parties.insufficientDepositCode)
      record.failedChecks = allFailures(request, parties.snapshot, now: now)
      record.failedChecks.insert(reason)
    }
    if request.kind.isAdvice {
      record.actionCode = record.reason == nil ? details.policy.advice : acknowledgement(details)
    }
    var entry = firstEntry(record, request, details)
    if record.flags.contains(.partiallyApproved) {
      entry.approved = Amount(
        minorUnits: (record.held + record.booked).minorUnits,
        currency: request.amount.currency
      )
    }
    if details.purpose == .inquiry, record.reason == nil, let balance = parties.balance {
      entry.balances = PaymentEntry.Balances(
        currency: balance.currency,
        ledger: balance.ledger,
        available: balance.available
      )
    }
    return verdict(record, try effects(record, entry, request, details), entry)
  }

  private func take(
    _ billed: Money,
    _ hold: Money?,
    _ request: AuthorizationRequest,
    _ record: inout AuthorizationRecord
  ) {
    if request.kind == .debit {
      record.state = .cleared
      record.booked = billed
      record.flags.insert(.singleMessage)
    } else {
      record.state = .authorized
      record.held = hold ?? billed
      record.expires = end(ofHoldAt: request.trace.merchantCategory)
    }
  }

  private static func flags(
    of request: AuthorizationRequest,
    _ details: PaymentDetails,
    _ charge: Charge?
  ) -> PaymentFlags {
    var flags: PaymentFlags = []
    switch details.purpose {
    case .verification: flags.insert(.verification)
    case .inquiry: flags.insert(.inquiry)
    case .credit: flags.insert(.credit)
    default: break
    }
    if charge?.isConverted ?? false { flags.insert(.converted) }
    if details.isEstimated { flags.insert(.estimated) }
    if request.kind.isAdvice { flags.formUnion(adviceFlags(details)) }
    return flags
  }

  private static func adviceFlags(_ details: PaymentDetails) -> PaymentFlags {
    // DE 25: 1000 issuer's choice, 1001 signed off, 1002 timed out, 1003 unavailable, 1007 to 1011 the
    // same of others on the way.
    switch details.reasonCode {
    case 1000...1003, 1007...1011: [.forced, .standIn]
    default: .forced
    }
  }

  private func firstEntry(
    _ record: AuthorizationRecord,
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) -> PaymentEntry {
    PaymentEntry(
      payment: record.id,
      number: 0,
      kind: request.kind == .hold || request.kind == .debit || request.kind == .verification
        || request.kind == .advice
        ? .authorization : details.purpose == .clearing ? .clearing : .reversal,
      message: message(request, details),
      balance: record.balance,
      deposit: record.deposit,
      amount: record.amount,
      heldChange: record.held,
      bookedChange: record.booked,
      standing: record.standing,
      expires: record.expires,
      flags: record.flags,
      decided: now,
      actionCode: record.actionCode,
      reason: record.reason
    )
  }

  private func message(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) -> PaymentEntry.Message {
    PaymentEntry.Message(
      kind: request.kind,
      key: request.key,
      content: request.content,
      stan: request.trace.stan,
      functionCode: details.functionCode,
      reasonCode: details.reasonCode,
      amount: details.hasAmount ? request.amount : nil
    )
  }

  private func effects(
    _ record: AuthorizationRecord,
    _ entry: PaymentEntry?,
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> [Effect] {
    var effects: [Effect] = [.authorized(record)]
    if let entry { effects.append(.entered(entry)) }
    if details.lifeCycle != 0, record.card != nil {
      let key = ReferenceKey.lifeCycle(request.card, details.lifeCycle)
      // A try that was refused does not stand in the way of the one that is accepted.
      if try set.reference(key).map({ (bound) throws(LedgerError) in
        try set.authorization(AuthorizationID(bound.object))?.state == .declined
      }) ?? true {
        effects.append(.referenceBound(key, ReferenceRecord(object: record.id.number)))
      }
    }
    return effects
  }

  private func verdict(
    _ record: AuthorizationRecord,
    _ effects: [Effect],
    _ entry: PaymentEntry? = nil
  ) -> Verdict {
    Verdict(
      effects: effects,
      actionCode: record.actionCode,
      reason: record.reason,
      approvalCode: record.kind.isAdvice ? nil : record.approvalCode,
      authorization: record.id,
      amendment: entry.flatMap(Self.amendment)
    )
  }

  /// What the recorded answer of an entry says beyond its codes.
  static func amendment(_ entry: PaymentEntry) -> AnswerAmendment? {
    guard entry.approved != nil || entry.balances != nil else { return nil }
    return AnswerAmendment(approved: entry.approved, balances: entry.balances)
  }

  // MARK: Finding the original

  /// An earlier message: a payment's first, or one of its entries.
  private struct Original {
    var record: AuthorizationRecord
    var entry: PaymentEntry?
  }

  /// How far back a payment is looked for among those of its balance, when its message named it by
  /// nothing that is indexed: a flood of such messages must not hold the writer up.
  private static let searchLimit = 256

  /// Finds what a message is about (dialect, section 6.3): by DE 56, by DE 21, then by what stays the
  /// same over a payment's life, DE 37, else DE 12, 32 and 41, else DE 38.
  ///
  /// Only a reversal may mean a payment of either direction, or one that no money was concerned in:
  /// a refund that names the purchase it refunds is no clearing of that purchase.
  private func original(
    of request: AuthorizationRequest,
    _ details: PaymentDetails,
    isCredit: Bool?
  ) throws(LedgerError) -> Original? {
    for key in details.original?.keys ?? [] {
      guard let known = try set.duplicate(key) else { continue }
      switch known.target {
      case .payment(let id):
        if let record = try set.authorization(id), agrees(record, request),
          isCredit == nil || suits(record, isCredit)
        {
          return Original(record: record)
        }
      case .entry(let id, let number):
        if let record = try set.authorization(id), agrees(record, request),
          isCredit == nil || suits(record, isCredit),
          let entry = try set.entry(EntryKey(payment: id, number: number))
        {
          return Original(record: record, entry: entry)
        }
      case .reversedBeforehand, .answered: continue
      }
    }
    if details.lifeCycle != 0,
      let known = try set.reference(.lifeCycle(request.card, details.lifeCycle)),
      let record = try set.authorization(AuthorizationID(known.object)),
      suits(record, isCredit)
    {
      return Original(record: record)
    }
    return try search(request, details, isCredit).map { Original(record: $0) }
  }

  /// DE 37 must be the same where both have it.
  private func agrees(_ record: AuthorizationRecord, _ request: AuthorizationRequest) -> Bool {
    let mine = request.trace.retrievalReference
    let its = record.trace.retrievalReference
    return mine == FixedText() || its == FixedText() || mine == its
  }

  /// Checks, inquiries and reversals without original are no payments to act on, nor are those of a
  /// number that was no card's then.
  private func suits(_ record: AuthorizationRecord, _ isCredit: Bool?) -> Bool {
    record.balance != nil && record.flags.isDisjoint(with: [.verification, .inquiry, .unmatched])
      && (isCredit == nil || record.flags.contains(.credit) == isCredit)
  }

  private func search(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails,
    _ isCredit: Bool?
  ) throws(LedgerError) -> AuthorizationRecord? {
    guard let card = try set.card(request.card),
      let balance = try set.account(AccountID(card.balance))
    else { return nil }
    var next = balance.newestAuthorization
    // The best match of each rank, open payments before ended ones, then the newest.
    var found: [Int: AuthorizationRecord] = [:]
    for _ in 0..<Self.searchLimit where next != 0 {
      guard let record = try set.authorization(AuthorizationID(next)) else {
        throw .damaged("a balance's chain of authorizations is broken")
      }
      next = record.previous?.number ?? 0
      guard record.card == card.card, suits(record, isCredit),
        let rank = rank(record, request, details)
      else { continue }
      if rank == 0 { return record }
      let place = 2 * rank + (record.standing.isOpen ? 0 : 1)
      if found[place] == nil { found[place] = record }
    }
    return found.min { $0.key < $1.key }?.value
  }

  /// How well a payment fits a message, 0 best; `nil` when it does not.
  private func rank(
    _ record: AuthorizationRecord,
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) -> Int? {
    if let original = details.original, let kind = original.kind, record.kind == kind,
      record.trace.stan == original.stan, record.key.localTime == original.localTime,
      record.trace.acquirer == original.acquirer || original.acquirer == 0,
      agrees(record, request)
    {
      return 0
    }
    let isSameTime =
      record.key.localTime == request.key.localTime
      && record.trace.acquirer == request.trace.acquirer
      && record.trace.terminal == request.trace.terminal
    let reference = request.trace.retrievalReference
    if reference != FixedText(), record.trace.retrievalReference == reference {
      // An advice begins a payment of its own unless it is plainly about one that is there.
      return isSameTime || details.purpose != .purchase ? 1 : nil
    }
    guard details.purpose != .purchase else { return nil }
    // DE 56 names one message: another one of the same second is not meant.
    if isSameTime, agrees(record, request), details.original?.kind == nil || isClearing(details) {
      return 2
    }
    if isClearing(details), let code = record.approvalCode,
      details.approvalCode == FixedText(bytes: code.text.utf8)
    {
      return 3
    }
    return nil
  }

  private func isClearing(_ details: PaymentDetails) -> Bool { details.purpose == .clearing }

  // MARK: Later messages

  /// An entry that changes nothing yet.
  private func newEntry(
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
      decided: now,
      actionCode: code
    )
  }

  /// The verdict of an entry; the limit of entries holds for every payment.
  private func verdict(
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
  private func advance(
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
  private func refuseUnknown(
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
  private func refusal(_ record: AuthorizationRecord) -> DeclineReason? {
    switch record.state {
    case .authorized, .partiallyCleared: nil
    case .declined: .originalDeclined
    case .expired: .lifeCycleExpired
    case .reversed, .cleared: .lifeCycleNotAcceptable
    }
  }

  /// An advice of an authorization that others decided: the money is held whatever is there.
  private func advise(
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
      if advance(&entry, record, .replaced(with: charge.hold)) {
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
  private func refuseAdvice(
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
  private func raise(
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
    if advance(&entry, record, event) {
      entry.expires = end(ofHoldAt: request.trace.merchantCategory)
    }
    return verdict(entry, record, request)
  }

  private func refused(
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
  private func clear(
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
  private func shortage(_ excess: Money, _ parties: Parties) -> DeclineReason? {
    guard excess > .zero, let card = parties.snapshot.card else { return nil }
    if let deposit = card.deposit, deposit.available < excess { return .insufficientDeposit }
    return card.balance.available < excess ? .insufficientUserFunds : nil
  }

  /// A clearing of what nobody authorized.
  private func forcePost(
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

  // MARK: Reversals

  private func reverse(
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
  private func billed(_ original: Original) throws(LedgerError) -> Amount {
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
  private func number(_ original: Original) -> UInt16 {
    guard let entry = original.entry else { return 0 }
    return isPresentment(entry) || isStandIn(entry) ? 0 : entry.number
  }

  private func isPresentment(_ entry: PaymentEntry) -> Bool {
    entry.kind == .clearing && entry.undoes != nil
  }

  private func isStandIn(_ entry: PaymentEntry) -> Bool {
    guard entry.kind == .replacement, let message = entry.message, message.kind == .advice else {
      return false
    }
    return message.functionCode != 102 && message.functionCode != 103
  }

  /// What undoes a message that was not undone before; `nil` when there is nothing to undo.
  ///
  /// A reversal of an authorization gives back what is held. A void undoes the payment, also what was
  /// cleared of it.
  private func undoing(
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
  private func booked(
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
  private static func least(_ money: Money, _ limit: Money) -> Money {
    if money >= .zero { return max(min(money, limit), .zero) }
    return min(max(money, limit), .zero)
  }

  /// Whether a later entry has undone a message of the payment already.
  private func isUndone(
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
  private enum Rest {
    /// Everything: nothing changes.
    case all
    /// Less.
    case part(PaymentEvent)
    /// The amounts do not say.
    case mismatch
  }

  /// What a partial reversal leaves (dialect, section 6.4): of DE 4 and DE 30 the one that equals what is
  /// held or booked is the original, the other stays.
  private func rest(
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
  private func claimed(
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
  private func keepUnmatched(
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

  // MARK: The end of holds

  /// Ends a hold that has run out; `nil` when it has not, or is gone.
  func expire(_ id: AuthorizationID) throws(LedgerError) -> Effect? {
    guard let record = try set.authorization(id), let expires = record.expires, expires <= now
    else { return nil }
    return ending(record, .expiry, .expired, nil).map { .entered($0) }
  }

  /// Releases a hold by hand; `nil` when nothing is held.
  func release(_ record: AuthorizationRecord, because note: String) -> PaymentEntry? {
    ending(record, .release, .released, note)
  }

  private func ending(
    _ record: AuthorizationRecord,
    _ kind: PaymentEntry.Kind,
    _ event: PaymentEvent,
    _ note: String?
  ) -> PaymentEntry? {
    var entry = PaymentEntry(
      payment: record.id,
      number: record.entryCount + 1,
      kind: kind,
      message: nil,
      balance: record.balance,
      deposit: record.deposit,
      amount: record.amount,
      standing: record.standing,
      expires: record.expires,
      flags: record.flags,
      decided: now,
      actionCode: .approved
    )
    entry.note = note
    return advance(&entry, record, event) ? entry : nil
  }

  // MARK: Cards

  /// What the network does to a card (dialect, section 6.5).
  private func act(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> Verdict {
    let (effects, code) = try cardChange(request, details)
    let isAdministrative = request.kind == .administrative
    let answer: ActionCode =
      isAdministrative ? (code.isFileSuccess ? .administrativeAccepted : .invalidTransaction) : code
    return Verdict(
      effects: effects + [.messageAnswered(request.key, request.content, answer)],
      actionCode: answer
    )
  }

  private func cardChange(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> ([Effect], ActionCode) {
    guard request.number.isPlausible else { return ([], .fileInvalidCardNumber) }
    guard let action = details.cardAction else { return ([], .fileActionNotSupported) }
    guard let card = try set.card(request.card), card.status != .removed else {
      return ([], .fileRecordNotFound)
    }
    let address = CardAddress(owner: nil, card: card.card)
    let command: ManagementCommand
    switch action {
    case .lock(let code):
      command = .lockCard(address, code, .outside, requester: request.trace.requester)
    case .unlock:
      guard card.lock != nil else { return ([], .fileRecordNotFound) }
      // Who locked it inside takes it off inside.
      guard card.lockOrigin == .outside else { return ([], .fileActionFailed) }
      command = .unlockCard(address)
    case .activate:
      guard card.status == .inactive else { return ([], .fileActionDone) }
      command = .activateCard(address)
    }
    do throws(CommandFault) {
      let executor = CommandExecutor(set: set, catalog: catalog, now: now)
      let effects = try executor.execute(command).effects
      if case .lock(let code) = action, let before = card.lock, before != code {
        return (effects, .fileRecordReplaced)
      }
      return (effects, .fileActionDone)
    } catch {
      switch error {
      case .refused: return ([], .fileActionFailed)
      case .fault(let fault): throw fault
      }
    }
  }
}

extension ActionCode {
  fileprivate var isFileSuccess: Bool { self == .fileActionDone || self == .fileRecordReplaced }
}

extension DeclineReason {
  /// Whether the money is short; who asks for no more than is held needs none.
  fileprivate var isShortage: Bool {
    self == .insufficientDeposit || self == .insufficientUserFunds
  }
}

extension MessageTrace {
  /// The institution that asks for something, as text.
  fileprivate var requester: FixedText {
    acquirer == 0 ? FixedText() : FixedText(bytes: String(acquirer).utf8)
  }

  /// Whether the processing code sends money to the user: transaction types 20 to 29.
  var isCredit: Bool { processingCode >> 40 & 0xFF == UInt64(UInt8(ascii: "2")) }
}

extension AuthorizationRecord {
  /// Whether the first message booked the payment, so that there was no hold.
  var isBookedAtOnce: Bool {
    switch kind {
    case .debit, .clearing, .clearingNotification: true
    default: false
    }
  }
}
