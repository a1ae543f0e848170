import Authorization

/// Looks up what an effect does not say of its objects: only what never changes, so that it makes no
/// difference how new the books are, as long as they know the objects.
struct EventResolver {
  /// What became of an event.
  enum Resolution {
    /// It is shown.
    case event(LedgerEvent)
    /// It is about another partner's object.
    case hidden
    /// The books do not know an object yet.
    case unknown
  }

  let books: NewestBooks
  /// Shows only events of this partner; `nil` shows all.
  let partner: PartnerID?
  /// The partners of programmes that were looked up.
  private var partners: [UInt32: PartnerID] = [:]
  /// Business days that were looked up.
  private var days: [NetworkDayID: NetworkDay] = [:]

  init(books: NewestBooks, partner: PartnerID?) {
    self.books = books
    self.partner = partner
  }

  mutating func resolve(_ found: EventReader.Found) throws(LedgerError) -> Resolution {
    switch found.effect {
    case .authorized(let record):
      return try payment(found, record, nil)
    case .entered(let entry):
      guard var record = try books.authorization(entry.payment) else { return .unknown }
      record.apply(entry)
      record.number = record.number.kept
      return try payment(found, record, entry)
    case .cardIssued(let card, let detail):
      return try inProgram(card.program, found) { .card(card, detail) }
    case .cardChanged(let change):
      guard var detail = try books.cardDetail(change.card),
        var card = try books.card(change.token)
      else { return .unknown }
      card.status = change.status
      card.lock = change.lock
      card.lockOrigin = change.lockOrigin
      detail.locked = change.locked
      detail.lockRequester = change.requester
      detail.number = detail.number.kept
      return try inProgram(card.program, found) { [card, detail] in .card(card, detail) }
    case .customerStored(let record, _):
      return shown(found, record.partner) { .customer(record) }
    case .accountOpened(let id, let record):
      return try account(found, id, record, .opened)
    case .balanceStateChanged(let id, let state):
      guard let record = try books.account(id) else { return .unknown }
      return try account(found, id, record, .state(state))
    case .transferred(let transfer):
      guard let record = try books.account(transfer.to) else { return .unknown }
      let change = LedgerEvent.AccountChange.reloaded(
        transfer.amount,
        from: transfer.from,
        reference: transfer.reference
      )
      return try account(found, transfer.to, record, change)
    case .founded, .partnerCreated, .programCreated, .referenceBound, .requestAnswered,
      .originalAwaited, .messageAnswered, .settingChanged, .expiriesSwept,
      .dayBegun:
      preconditionFailure("an effect that is no event was read as one")
    }
  }

  private mutating func payment(
    _ found: EventReader.Found,
    _ record: AuthorizationRecord,
    _ entry: PaymentEntry?
  ) throws(LedgerError) -> Resolution {
    var payment = LedgerEvent.Payment(record: record, entry: entry)
    if let balance = record.balance {
      guard let owner = try books.owner(ofBalance: AccountID(balance)) else { return .unknown }
      payment.customer = UserID(owner)
    }
    if record.day != .none {
      guard let day = try day(record.day) else { return .unknown }
      payment.day = day
    }
    if let entry, entry.day != .none {
      guard let day = try day(entry.day) else { return .unknown }
      payment.entryDay = day.day
    }
    guard record.program > 0 else { return shown(found, nil) { .payment(payment) } }
    return try inProgram(record.program, found) { .payment(payment) }
  }

  /// A business day with what never changes of it.
  private mutating func day(_ id: NetworkDayID) throws(LedgerError) -> NetworkDay? {
    if let known = days[id] { return known }
    guard var day = try books.networkDay(id) else { return nil }
    day.cutOver = nil
    days[id] = day
    return day
  }

  /// A balance with what never changes of it.
  private mutating func account(
    _ found: EventReader.Found,
    _ id: AccountID,
    _ record: AccountRecord,
    _ change: LedgerEvent.AccountChange
  ) throws(LedgerError) -> Resolution {
    let opened = AccountRecord(
      owner: record.owner,
      created: record.created,
      program: record.program,
      currency: record.currency,
      kind: record.kind
    )
    guard record.kind == .user else {
      return shown(found, PartnerID(record.owner)) { .account(id, opened, change) }
    }
    return try inProgram(record.program, found) { .account(id, opened, change) }
  }

  private mutating func inProgram(
    _ number: UInt32,
    _ found: EventReader.Found,
    _ subject: () -> LedgerEvent.Subject
  ) throws(LedgerError) -> Resolution {
    if let owner = partners[number] { return shown(found, owner, subject) }
    guard let owner = try books.program(ProgramID(UInt64(number)))?.partner else { return .unknown }
    partners[number] = owner
    return shown(found, owner, subject)
  }

  private func shown(
    _ found: EventReader.Found,
    _ owner: PartnerID?,
    _ subject: () -> LedgerEvent.Subject
  ) -> Resolution {
    guard partner == nil || partner == owner else { return .hidden }
    return .event(
      LedgerEvent(
        number: found.number,
        type: found.type,
        time: found.time,
        partner: owner,
        subject: subject()
      )
    )
  }
}

extension CardNumberFacts {
  /// What the books keep: a record that is not posted yet knows more.
  fileprivate var kept: CardNumberFacts {
    CardNumberFacts(count: count, firstSix: firstSix, lastFour: lastFour)
  }
}
