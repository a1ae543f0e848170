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
    if let most = catalog.mostAmount(for: request.trace.merchantCategory),
      most.currency == account.currency
    {
      parties.snapshot.mostAmount = most.money
    }
    if let details = request.details {
      parties.snapshot.charge = charge(request, details, account.currency)
    }
    return parties
  }

  /// What a message costs in the balance's currency.
  func charge(
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
  func newRecord(
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
    record.day = catalog.days.day(of: request.network)
    record.askedExpiry = request.expiry
    record.userAvailable = parties.balance?.available ?? .zero
    record.depositAvailable = parties.snapshot.card?.deposit?.available ?? .zero
    return record
  }

  /// When a hold that is made now runs out at a merchant of this category, to the second.
  func end(ofHoldAt category: UInt16) -> Instant {
    end(days: catalog.holdDays(for: category))
  }

  func end(days: UInt16) -> Instant {
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
  func acknowledgement(_ details: PaymentDetails?) -> ActionCode {
    let agreed = details?.policy.advice ?? .adviceAccepted
    return agreed == .adviceAccepted ? .adviceAcknowledged : agreed
  }

  /// Begins a payment: purchases with details, credits, checks and inquiries.
  func begin(
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

  func take(
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
      record.held = hold ?? billed
      // An advice may tell of nothing, which no end of a hold would ever close.
      record.state = record.held > .zero ? .authorized : .reversed
      if record.held > .zero {
        record.expires = end(ofHoldAt: request.trace.merchantCategory)
      }
    }
  }

  static func flags(
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

  static func adviceFlags(_ details: PaymentDetails) -> PaymentFlags {
    isStandIn(reasonCode: details.reasonCode) ? [.forced, .standIn] : .forced
  }

  /// Whether an advice says that the network decided in the issuer's place.
  static func isStandIn(reasonCode: UInt16) -> Bool {
    // DE 25: 1000 issuer's choice, 1001 signed off, 1002 timed out, 1003 unavailable, 1007 to 1011 the
    // same of others on the way.
    switch reasonCode {
    case 1000...1003, 1007...1011: true
    default: false
    }
  }

  func firstEntry(
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
      day: record.day,
      decided: now,
      actionCode: record.actionCode,
      reason: record.reason
    )
  }

  func message(
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
      amount: details.hasAmount ? request.amount : nil,
      cashBack: details.cashBack,
      surcharge: details.surcharge ?? details.includedSurcharge
    )
  }

  func effects(
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

  func verdict(
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
}

extension MessageTrace {
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
