import Authorization
import Cryptography

/// Decides management commands against the working set; the effects it returns are the whole change.
struct CommandExecutor {
  let set: WorkingSet
  let catalog: Catalog
  let now: Instant

  /// What a command would change, and its answer.
  struct Verdict {
    var effects: [Effect]
    var outcome: CommandOutcome
  }

  /// Decides one command other than an import.
  func execute(_ command: ManagementCommand) throws(CommandFault) -> Verdict {
    switch command {
    case .createPartner(let name):
      let record = PartnerRecord(id: PartnerID(set.counters.partner), name: name, created: now)
      return Verdict(effects: [.partnerCreated(record)], outcome: .partner(record))

    case .createProgram(let draft):
      let record = try program(draft)
      return Verdict(effects: [.programCreated(record)], outcome: .program(record))

    case .openPartnerBalance(let partner, let kind, let currency):
      return try openPartnerBalance(partner, kind, currency)

    case .reloadPartnerBalance(let partner, let kind, let amount, let reference):
      return try reloadPartnerBalance(partner, kind, amount, reference)

    case .createCustomer(let partner, let profile):
      guard try read({ () throws(LedgerError) in try set.partner(partner) }) != nil else {
        throw .refused(.partnerNotFound)
      }
      let record = CustomerRecord(
        id: UserID(set.counters.user),
        partner: partner,
        profile: profile,
        kycStatus: .new,
        kycLevel: .none,
        kycSource: nil,
        created: now
      )
      return Verdict(
        effects: [.customerStored(record, .created)] + (try identities(of: record)),
        outcome: .customer(record)
      )

    case .setKYC(let address, let status, let level, let source):
      var record = try customer(address)
      record.kycStatus = status
      record.kycLevel = level
      record.kycSource = source
      return Verdict(effects: [.customerStored(record, .kyc)], outcome: .customer(record))

    case .openBalance(let address, let program, let currency):
      let (id, record) = try newBalance(try customer(address), program, currency)
      return Verdict(effects: [.accountOpened(id, record)], outcome: .account(id, record))

    case .reloadBalance(let address, let amount, let reference):
      let (id, record) = try balance(address)
      let (transfer, reloaded) = try topUp(id, record, amount, reference)
      return Verdict(effects: [.transferred(transfer)], outcome: .account(id, reloaded))

    case .setBalanceState(let address, let state):
      return try setState(address, state)

    case .lockCard(let address, let code, let origin, let requester):
      return try lock(address, code, origin, requester)

    case .unlockCard(let address):
      var (card, detail) = try usableCard(address)
      guard let lock = card.lock else { throw .refused(.cardNotLocked) }
      guard !lock.isIrreversible else { throw .refused(.lockIrreversible) }
      card.lock = nil
      card.lockOrigin = .inside
      detail.locked = nil
      detail.lockRequester = FixedText()
      return changed(card, detail, by: .unlocked)

    case .activateCard(let address):
      var (card, detail) = try usableCard(address)
      guard card.lock != .inactive else { throw .refused(.cardInactiveForEver) }
      guard card.status == .inactive else { throw .refused(.cardAlreadyActive) }
      card.status = .active
      return changed(card, detail, by: .activated)

    case .removeCard(let address):
      var (card, detail) = try usableCard(address)
      card.status = .removed
      return changed(card, detail, by: .removed)

    case .releaseHold(let id, let note):
      let executor = PaymentExecutor(set: set, catalog: catalog, now: now)
      guard var record = try read({ () throws(LedgerError) in try set.authorization(id) }) else {
        throw .refused(.authorizationNotFound)
      }
      guard let entry = executor.release(record, because: note) else {
        throw .refused(.nothingHeld)
      }
      record.apply(entry)
      return Verdict(effects: [.entered(entry)], outcome: .authorization(record))

    case .expireHolds(let ids):
      let executor = PaymentExecutor(set: set, catalog: catalog, now: now)
      // Each once, so that none is decided against the state before the other.
      var effects: [Effect] = []
      for id in Set(ids).sorted(by: { $0.number < $1.number }) {
        let effect = try read { () throws(LedgerError) in try executor.expire(id) }
        if let effect { effects.append(effect) }
      }
      return Verdict(effects: effects, outcome: .expired(effects.count))

    case .noteSweep(let hour):
      guard hour > set.counters.sweptHour else {
        return Verdict(effects: [], outcome: .expired(0))
      }
      return Verdict(effects: [.expiriesSwept(hour: hour)], outcome: .expired(0))

    case .setMerchantGroup(let group, let mustBeNew):
      guard !mustBeNew || catalog.group(named: group.name) == nil else {
        throw .refused(.merchantGroupExists)
      }
      guard catalog.groupOverlapping(group) == nil else { throw .refused(.merchantCategoryTaken) }
      guard
        catalog.group(named: group.name) != nil
          || catalog.groupCount < LedgerLimits.merchantGroups
      else { throw .refused(.tooMany) }
      return Verdict(
        effects: [.settingChanged(.merchantGroup(group.name), .merchantGroup(group))],
        outcome: .merchantGroup(group)
      )

    case .removeMerchantGroup(let name):
      guard catalog.group(named: name) != nil else { throw .refused(.merchantGroupNotFound) }
      return Verdict(
        effects: [.settingChanged(.merchantGroup(name), .removed)],
        outcome: .removed
      )

    case .setExchangeRate(let rate):
      guard
        catalog.rate(from: rate.from, to: rate.to) != nil
          || catalog.rateCount < LedgerLimits.exchangeRates
      else { throw .refused(.tooMany) }
      return Verdict(
        effects: [
          .settingChanged(.exchangeRate(from: rate.from, to: rate.to), .exchangeRate(rate))
        ],
        outcome: .exchangeRate(rate)
      )

    case .removeExchangeRate(let from, let to):
      guard catalog.rate(from: from, to: to) != nil else {
        throw .refused(.exchangeRateNotFound)
      }
      return Verdict(
        effects: [.settingChanged(.exchangeRate(from: from, to: to), .removed)],
        outcome: .removed
      )

    case .dryRun(let request):
      return Verdict(effects: [], outcome: .tried(try tryOut(request)))

    case .importLines:
      preconditionFailure("import lines are decided one by one")
    }
  }

  /// The decision that a message would get, by the code that decides real ones.
  private func tryOut(_ request: AuthorizationRequest) throws(CommandFault) -> DryRun {
    let executor = PaymentExecutor(set: set, catalog: catalog, now: now)
    let verdict = try read { () throws(LedgerError) in try executor.decide(request) }
    var run = DryRun(actionCode: verdict.actionCode, reason: verdict.reason)
    for effect in verdict.effects {
      switch effect {
      case .authorized(let record): run.authorization = record
      case .entered(let entry): run.entry = entry
      default: break
      }
    }
    if let balance = run.authorization?.balance {
      run.balance = try read { () throws(LedgerError) in try set.account(AccountID(balance)) }
    }
    if let program = run.authorization?.program, let deposit = catalog.deposit(ofProgram: program) {
      run.deposit = try read { () throws(LedgerError) in try set.account(deposit) }
    }
    if run.authorization == nil, let id = verdict.authorization {
      run.authorization = try read { () throws(LedgerError) in try set.authorization(id) }
    }
    return run
  }

  /// Decides one line of an import.
  func execute(_ line: ImportLine) throws(CommandFault) -> (effects: [Effect], result: ImportResult)
  {
    switch line {
    case .partner(let reference, let name):
      let key = ReferenceKey(.importedPartner, reference)
      let content = digest("partner", name)
      if let known = try known(key, content) { return unchanged(PartnerID(known).text) }
      let record = PartnerRecord(id: PartnerID(set.counters.partner), name: name, created: now)
      return created(
        record.id.text,
        [.partnerCreated(record), bind(key, record.id.number, content)]
      )

    case .program(let reference, let partner, var draft):
      let key = ReferenceKey(.importedProgram, reference)
      let content = digest(
        "program",
        partner,
        draft.name,
        "\(draft.binRange.from)-\(draft.binRange.to)",
        draft.currency.code,
        draft.funding.name,
        draft.remoteURL ?? "",
        draft.insufficientDepositCode.text,
        draft.requiredKYCLevel.name + draft.terms.importSuffix
      )
      if let known = try known(key, content) { return unchanged(ProgramID(known).text) }
      draft.partner = PartnerID(try resolve(ReferenceKey(.importedPartner, partner)))
      let record = try program(draft)
      return created(
        record.id.text,
        [.programCreated(record), bind(key, record.id.number, content)]
      )

    case .partnerBalance(let reference, let kind, let currency, let reload):
      let partner = PartnerID(try resolve(ReferenceKey(.importedPartner, reference)))
      let key = ReferenceKey.partnerBalance(partner, kind.account, currency)
      let content = digest(
        "partnerBalance",
        reference,
        String(kind.rawValue),
        currency.code,
        reload.map { String($0.minorUnits) } ?? ""
      )
      if let known = try read({ () throws(LedgerError) in try set.reference(key) }) {
        // A line that brings money must not pass for done when its money was never booked.
        guard reload == nil || known.content == content else { throw .refused(.referenceConflict) }
        return unchanged(PartnerBalanceID(known.object).text)
      }
      let opened = try openPartnerBalance(partner, kind, currency, content: content)
      guard case .account(let id, let record) = opened.outcome else {
        preconditionFailure("opening a balance answers with the balance")
      }
      var effects = opened.effects
      if let reload {
        guard reload.currency == currency else { throw .refused(.currencyMismatch) }
        try refuseAboveLimit(record, reload)
        effects.append(
          .transferred(
            Transfer(
              from: AccountID(.bank, currency),
              to: id,
              amount: reload,
              reason: .partnerReload,
              reference: "import"
            )
          )
        )
      }
      return created(PartnerBalanceID(id.number).text, effects)

    case .customer(let reference, let partner, let profile, let level):
      let key = ReferenceKey(.importedCustomer, reference)
      let content = digest(
        "customer",
        partner,
        profile.externalID ?? "",
        profile.firstName ?? "",
        profile.lastName ?? "",
        profile.phone ?? "",
        profile.email ?? "",
        level.name
      )
      if let known = try known(key, content) { return unchanged(UserID(known).text) }
      let record = CustomerRecord(
        id: UserID(set.counters.user),
        partner: PartnerID(try resolve(ReferenceKey(.importedPartner, partner))),
        profile: profile,
        kycStatus: level == .none ? .new : .accepted,
        kycLevel: level,
        kycSource: level == .none ? nil : .partner,
        created: now
      )
      return created(
        record.id.text,
        [.customerStored(record, .created), bind(key, record.id.number, content)]
          + (try identities(of: record))
      )

    case .balance(let reference, let customer, let program, let currency, let reload):
      let key = ReferenceKey(.importedBalance, reference)
      let content = digest(
        "balance",
        customer,
        program,
        currency.code,
        reload.map { String($0.minorUnits) } ?? ""
      )
      if let known = try known(key, content) { return unchanged(BalanceID(known).text) }
      let user = UserID(try resolve(ReferenceKey(.importedCustomer, customer)))
      let owner = try self.customer(CustomerAddress(partner: nil, customer: user))
      let (id, record) = try newBalance(
        owner,
        ProgramID(try resolve(ReferenceKey(.importedProgram, program))),
        currency
      )
      var effects: [Effect] = [.accountOpened(id, record), bind(key, id.number, content)]
      if let reload { effects.append(.transferred(try topUp(id, record, reload, "import").0)) }
      return created(BalanceID(id.number).text, effects)

    case .card(let reference, let balance, let material):
      return try importCard(reference, balance, material)
    }
  }

  // MARK: Parts

  private func program(_ draft: ProgramDraft) throws(CommandFault) -> ProgramRecord {
    guard try read({ () throws(LedgerError) in try set.partner(draft.partner) }) != nil else {
      throw .refused(.partnerNotFound)
    }
    guard !catalog.overlaps(draft.binRange) else { throw .refused(.binRangeOverlap) }
    return ProgramRecord(
      id: ProgramID(set.counters.program),
      partner: draft.partner,
      name: draft.name,
      binRange: draft.binRange,
      currency: draft.currency,
      funding: draft.funding,
      remoteURL: draft.remoteURL,
      insufficientDepositCode: draft.insufficientDepositCode,
      requiredKYCLevel: draft.requiredKYCLevel,
      terms: draft.terms,
      created: now
    )
  }

  private func openPartnerBalance(
    _ partner: PartnerID,
    _ kind: ManagementCommand.PartnerBalanceKind,
    _ currency: Currency,
    content: UInt64 = 0
  ) throws(CommandFault) -> Verdict {
    guard try read({ () throws(LedgerError) in try set.partner(partner) }) != nil else {
      throw .refused(.partnerNotFound)
    }
    let key = ReferenceKey.partnerBalance(partner, kind.account, currency)
    guard try read({ () throws(LedgerError) in try set.reference(key) }) == nil else {
      throw .refused(.partnerBalanceExists)
    }
    let id = AccountID(kind.account, set.counters.partnerBalance)
    let record = AccountRecord(
      owner: partner.number,
      created: now,
      program: 0,
      currency: currency,
      kind: kind.account
    )
    return Verdict(
      effects: [
        .accountOpened(id, record),
        .referenceBound(key, ReferenceRecord(object: id.number, content: content)),
      ],
      outcome: .account(id, record)
    )
  }

  private func reloadPartnerBalance(
    _ partner: PartnerID,
    _ kind: ManagementCommand.PartnerBalanceKind,
    _ amount: Amount,
    _ reference: String
  ) throws(CommandFault) -> Verdict {
    guard try read({ () throws(LedgerError) in try set.partner(partner) }) != nil else {
      throw .refused(.partnerNotFound)
    }
    guard !amount.isZero else { throw .refused(.amountInvalid) }
    let name = ReferenceKey.partnerBalance(partner, kind.account, amount.currency)
    guard let known = try read({ () throws(LedgerError) in try set.reference(name) }) else {
      throw .refused(.partnerBalanceNotFound)
    }
    let id = AccountID(kind.account, known.object)
    guard var record = try read({ () throws(LedgerError) in try set.account(id) }) else {
      throw .fault(.damaged("a partner balance is named and does not exist"))
    }
    let used = ReferenceKey(.bankReference, owner: partner.number, reference)
    guard try read({ () throws(LedgerError) in try set.reference(used) }) == nil else {
      throw .refused(.bankReferenceUsed)
    }
    try refuseAboveLimit(record, amount)
    record.ledger += amount.money
    let transfer = Transfer(
      from: AccountID(.bank, amount.currency),
      to: id,
      amount: amount,
      reason: .partnerReload,
      reference: reference
    )
    return Verdict(
      effects: [
        .transferred(transfer), .referenceBound(used, ReferenceRecord(object: id.number)),
      ],
      outcome: .account(id, record)
    )
  }

  /// Binds what identifies a user within the partner; refuses what another user has.
  private func identities(of record: CustomerRecord) throws(CommandFault) -> [Effect] {
    var effects: [Effect] = []
    let names: [(ReferenceKey.Space, String?)] = [
      (.customerExternalID, record.profile.externalID), (.customerPhone, record.profile.phone),
      (.customerEmail, record.profile.email),
    ]
    for case (let space, let name?) in names {
      let key = ReferenceKey(space, owner: record.partner.number, name)
      guard try read({ () throws(LedgerError) in try set.reference(key) }) == nil else {
        throw .refused(.userExists)
      }
      effects.append(.referenceBound(key, ReferenceRecord(object: record.id.number)))
    }
    return effects
  }

  private func newBalance(
    _ owner: CustomerRecord,
    _ program: ProgramID,
    _ currency: Currency
  ) throws(CommandFault) -> (AccountID, AccountRecord) {
    guard let terms = catalog.program(UInt32(truncatingIfNeeded: program.number)),
      terms.id == program, terms.partner == owner.partner
    else { throw .refused(.programNotFound) }
    guard owner.kycStatus == .accepted, owner.kycLevel >= terms.requiredKYCLevel else {
      throw .refused(.kycRequired)
    }
    guard currency == terms.currency else { throw .refused(.currencyNotSupported) }
    return (
      AccountID(.user, set.counters.balance),
      AccountRecord(
        owner: owner.id.number,
        created: now,
        program: UInt32(program.number),
        currency: currency,
        kind: .user
      )
    )
  }

  /// The transfer that tops a balance up, and the balance after it.
  private func topUp(
    _ id: AccountID,
    _ record: AccountRecord,
    _ amount: Amount,
    _ reference: String
  ) throws(CommandFault) -> (Transfer, AccountRecord) {
    guard !amount.isZero else { throw .refused(.amountInvalid) }
    guard amount.currency == record.currency else { throw .refused(.currencyMismatch) }
    guard record.state != .closed else { throw .refused(.balanceClosed) }
    guard let terms = catalog.program(record.program) else {
      throw .fault(.damaged("a balance belongs to no programme"))
    }
    try refuseAboveLimit(record, amount)
    var source = AccountID(.bank, amount.currency)
    if terms.funding == .credit {
      let key = ReferenceKey.partnerBalance(terms.partner, .credit, amount.currency)
      guard let known = try read({ () throws(LedgerError) in try set.reference(key) }) else {
        throw .refused(.insufficientPartnerFunds)
      }
      source = AccountID(.credit, known.object)
      let credit = try read { () throws(LedgerError) in try set.account(source) }
      guard let credit, credit.available >= amount.money else {
        throw .refused(.insufficientPartnerFunds)
      }
    }
    var reloaded = record
    reloaded.ledger += amount.money
    return (
      Transfer(from: source, to: id, amount: amount, reason: .userReload, reference: reference),
      reloaded
    )
  }

  /// Keeps sums far from the end of 64 bits, where arithmetic would trap: on the account and on the
  /// bank account of the currency, which carries the opposite of everything that came in.
  private func refuseAboveLimit(
    _ record: AccountRecord,
    _ amount: Amount
  ) throws(CommandFault) {
    guard record.ledger.minorUnits + amount.minorUnits <= LedgerLimits.accountLedgerMinorUnits
    else { throw .refused(.balanceLimitExceeded) }
    let bank = try read { () throws(LedgerError) in
      try set.account(AccountID(.bank, amount.currency))
    }
    guard (bank?.ledger.minorUnits ?? 0) - amount.minorUnits >= -LedgerLimits.bankLedgerMinorUnits
    else { throw .refused(.balanceLimitExceeded) }
  }

  private func setState(
    _ address: BalanceAddress,
    _ state: BalanceState
  ) throws(CommandFault) -> Verdict {
    var (id, record) = try balance(address)
    guard record.state != .closed else { throw .refused(.balanceClosed) }
    if state == .closed {
      guard record.ledger == .zero, record.held == .zero else {
        throw .refused(.balanceNotEmpty)
      }
    }
    guard record.state != state else { return Verdict(effects: [], outcome: .account(id, record)) }
    record.state = state
    return Verdict(effects: [.balanceStateChanged(id, state)], outcome: .account(id, record))
  }

  private func lock(
    _ address: CardAddress,
    _ code: LockCode,
    _ origin: LockOrigin,
    _ requester: FixedText
  ) throws(CommandFault) -> Verdict {
    var (card, detail) = try usableCard(address)
    // The same lock again is the same state: a second try of a caller is not an error.
    guard card.lock != code else { return Verdict(effects: [], outcome: .card(card, detail)) }
    guard code.mayReplace(card.lock) else { throw .refused(.lockWeaker) }
    card.lock = code
    card.lockOrigin = origin
    detail.locked = now
    detail.lockRequester = requester
    return changed(card, detail, by: .locked)
  }

  private func importCard(
    _ reference: String,
    _ balance: String,
    _ material: CardMaterial
  ) throws(CommandFault) -> (effects: [Effect], result: ImportResult) {
    let key = ReferenceKey(.importedCard, reference)
    let content = digest(
      "card",
      balance,
      "\(material.token.high)/\(material.token.low)",
      String(material.expiry.yearMonth),
      material.type.name,
      String(material.status.rawValue)
    )
    if let known = try known(key, content) { return unchanged(CardID(known).text) }
    let number = try resolve(ReferenceKey(.importedBalance, balance))
    let account = try read { () throws(LedgerError) in
      try set.account(AccountID(.user, number))
    }
    guard let account, let terms = catalog.program(account.program) else {
      throw .fault(.damaged("a balance is named and does not exist"))
    }
    guard material.number.isPlausible else { throw .refused(.panInvalid) }
    guard terms.binRange.contains(material.number.leadingNine) else {
      throw .refused(.panOutOfRange)
    }
    guard try read({ () throws(LedgerError) in try set.card(material.token) }) == nil else {
      throw .refused(.cardExists)
    }
    let card = CardRecord(
      card: CardID(set.counters.card),
      balance: BalanceID(number),
      program: account.program,
      expiry: material.expiry,
      status: material.status,
      lock: nil,
      lockOrigin: .inside,
      type: material.type
    )
    let detail = CardDetailRecord(
      token: material.token,
      user: UserID(account.owner),
      created: now,
      locked: nil,
      number: material.number,
      sealedNumber: material.sealedNumber
    )
    return created(
      card.card.text,
      [.cardIssued(card, detail), bind(key, card.card.number, content)]
    )
  }

  // MARK: Finding

  private func customer(_ address: CustomerAddress) throws(CommandFault) -> CustomerRecord {
    let record = try read { () throws(LedgerError) in try set.customer(address.customer) }
    guard let record, address.partner == nil || record.partner == address.partner else {
      throw .refused(.userNotFound)
    }
    return record
  }

  private func balance(
    _ address: BalanceAddress
  ) throws(CommandFault) -> (AccountID, AccountRecord) {
    if let owner = address.owner { _ = try customer(owner) }
    let id = AccountID(address.balance)
    let record = try read { () throws(LedgerError) in try set.account(id) }
    guard let record, address.owner.map({ $0.customer.number == record.owner }) ?? true else {
      throw .refused(.balanceNotFound)
    }
    return (id, record)
  }

  /// A card that is not removed.
  private func usableCard(
    _ address: CardAddress
  ) throws(CommandFault) -> (CardRecord, CardDetailRecord) {
    if let owner = address.owner { _ = try customer(owner) }
    let detail = try read { () throws(LedgerError) in try set.cardDetail(address.card) }
    guard let detail, address.owner.map({ $0.customer == detail.user }) ?? true else {
      throw .refused(.cardNotFound)
    }
    guard let card = try read({ () throws(LedgerError) in try set.card(detail.token) }) else {
      throw .fault(.damaged("a card has details and no record"))
    }
    guard card.status != .removed else { throw .refused(.cardRemoved) }
    return (card, detail)
  }

  private func changed(
    _ card: CardRecord,
    _ detail: CardDetailRecord,
    by act: CardChange.Act
  ) -> Verdict {
    Verdict(
      effects: [
        .cardChanged(
          CardChange(
            card: card.card,
            token: detail.token,
            act: act,
            status: card.status,
            lock: card.lock,
            lockOrigin: card.lockOrigin,
            locked: detail.locked,
            requester: detail.lockRequester
          )
        )
      ],
      outcome: .card(card, detail)
    )
  }

  /// The object that a reference names when its line was applied before; `nil` for a new reference.
  private func known(_ key: ReferenceKey, _ content: UInt64) throws(CommandFault) -> UInt64? {
    guard let record = try read({ () throws(LedgerError) in try set.reference(key) }) else {
      return nil
    }
    guard record.content == content else { throw .refused(.referenceConflict) }
    return record.object
  }

  private func resolve(_ key: ReferenceKey) throws(CommandFault) -> UInt64 {
    guard let record = try read({ () throws(LedgerError) in try set.reference(key) }) else {
      throw .refused(.referenceUnknown)
    }
    return record.object
  }

  private func bind(_ key: ReferenceKey, _ object: UInt64, _ content: UInt64) -> Effect {
    .referenceBound(key, ReferenceRecord(object: object, content: content))
  }

  private func created(
    _ id: String,
    _ effects: [Effect]
  ) -> (effects: [Effect], result: ImportResult) {
    (effects, ImportResult(status: .created, id: id))
  }

  private func unchanged(_ id: String) -> (effects: [Effect], result: ImportResult) {
    ([], ImportResult(status: .unchanged, id: id))
  }

  /// A digest of the members of a line; the lengths keep neighbours apart.
  private func digest(_ parts: String...) -> UInt64 {
    var hash = SHA256()
    for part in parts {
      var text = part
      withUnsafeBytes(of: UInt32(text.utf8.count).littleEndian) { hash.update($0) }
      text.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
    }
    return hash.finalize().word0
  }

  private func read<Value>(
    _ body: () throws(LedgerError) -> Value
  ) throws(CommandFault) -> Value {
    do { return try body() } catch { throw .fault(error) }
  }
}

extension ProgramTerms {
  /// What a line of an import digests of the terms: nothing of the usual ones, so that lines from
  /// before there were terms stay the same lines.
  fileprivate var importSuffix: String {
    guard self != ProgramTerms() else { return "" }
    let limit = cashBackLimit.map { String($0.minorUnits) } ?? "any"
    return " partial \(acceptsPartialApproval) cash \(limit) surcharge \(permitsSurcharge)"
  }
}

/// Why a command has no verdict: it was refused, or the books could not be read.
enum CommandFault: Error {
  case refused(CommandRefusal)
  case fault(LedgerError)
}
