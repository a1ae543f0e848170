import Authorization
import Telemetry

/// The books as of the last decided effect: what is posted, and over it what is not posted yet.
///
/// Used by one thread at a time. The writer keeps one for the life of the process, hands its layers to
/// the poster and drops them once they are posted; recovery makes one for each transaction and writes
/// its layer. Both change it through `apply`, so live and rebuilt books cannot differ.
final class WorkingSet {
  /// Records changed since a point of the journal.
  final class Layer {
    let accounts = RecordTable<AccountID, AccountRecord>()
    let cards = RecordTable<PANToken, CardRecord>()
    let cardDetails = RecordTable<CardID, CardDetailRecord>()
    let authorizations = RecordTable<AuthorizationID, AuthorizationRecord>()
    let duplicates = RecordTable<DuplicateKey, DuplicateRecord>()
    /// The local times of its messages.
    var messageTimes: Set<UInt64> = []
    var entries: [EntryKey: PaymentEntry] = [:]
    var expiries: [ExpiryKey: ExpirySpan] = [:]
    var settings: [SettingKey: SettingRecord] = [:]
    var networkDays: [NetworkDayID: NetworkDay] = [:]
    var dayTotals: [DayTotalsKey: DayTotals] = [:]
    var partners: [PartnerID: PartnerRecord] = [:]
    var programs: [ProgramID: ProgramRecord] = [:]
    var customers: [UserID: CustomerRecord] = [:]
    var members: Set<MemberKey> = []
    var references: [ReferenceKey: ReferenceRecord] = [:]
    var requests: [RequestKey: RequestRecord] = [:]

    deinit {
      accounts.deallocate()
      cards.deallocate()
      cardDetails.deallocate()
      authorizations.deallocate()
      duplicates.deallocate()
    }

    /// How many records the layer holds, a measure of its memory.
    var count: Int {
      accounts.count + cards.count + cardDetails.count + authorizations.count + duplicates.count
        + entries.count + expiries.count + settings.count + networkDays.count + dayTotals.count
        + partners.count + programs.count + customers.count + members.count + references.count
        + requests.count
    }

    /// Empties the layer.
    ///
    /// Its tables keep their memory for the next batches, but not that of an import or of a peak,
    /// which would otherwise stay for the life of the process.
    func removeAll(keepingInTable kept: Int = LedgerLimits.keptTableCapacity) {
      accounts.removeAll(keepingCapacity: kept)
      cards.removeAll(keepingCapacity: kept)
      cardDetails.removeAll(keepingCapacity: kept)
      authorizations.removeAll(keepingCapacity: kept)
      duplicates.removeAll(keepingCapacity: kept)
      messageTimes.removeAll()
      entries.empty()
      expiries.empty()
      settings.empty()
      networkDays.empty()
      dayTotals.empty()
      partners.empty()
      programs.empty()
      customers.empty()
      references.empty()
      requests.empty()
      members.removeAll(keepingCapacity: members.count <= kept)
    }
  }

  /// The newest cards and accounts, whether posted or not; kept by the writer alone.
  final class Cache {
    let accounts: RecordCache<AccountID, AccountRecord>
    let cards: RecordCache<PANToken, CardRecord>

    /// - Parameter count: how many of each.
    init(count: Int) {
      accounts = RecordCache(count: count)
      cards = RecordCache(count: count)
    }

    deinit {
      accounts.deallocate()
      cards.deallocate()
    }

    /// Takes cards and accounts of posted books up, as many as there is room for, so that the first
    /// payment of a card is as quick as the next one.
    func fill(from books: BooksAccess) throws(LedgerError) {
      var effort = FillEffort(records: cards.capacity)
      try books.walkCards { token, card in
        cards.set(token, card)
        return effort.goesOn()
      }
      effort = FillEffort(records: accounts.capacity)
      try books.walkAccounts { id, account in
        accounts.set(id, account)
        return effort.goesOn()
      }
    }

    /// How much more is taken up: a start does not wait for a disk that has to be asked for each page.
    private struct FillEffort {
      private var room: Int
      private let deadline = MonotonicTime.now()
        .advanced(by: .milliseconds(LedgerLimits.cacheFillMilliseconds))

      init(records: Int) { room = records }

      mutating func goesOn() -> Bool {
        room -= 1
        guard room > 0 else { return false }
        return room & 0xFFF != 0 || .now() < deadline
      }
    }
  }

  /// What is posted.
  private let base: BooksAccess
  private let keptInTable: Int
  /// Owns the memory of the two below, which are used in its place.
  private let cache: Cache?
  private let cachedAccounts: RecordCache<AccountID, AccountRecord>?
  private let cachedCards: RecordCache<PANToken, CardRecord>?
  /// What changed since the layer below was closed.
  private(set) var young: Layer
  /// What changed before that and is being posted.
  private(set) var old = Layer()
  /// When the messages were sent that the layers do not hold.
  private var postedTimes: PostedTimes
  /// The last local time that was added to the young layer's.
  private var lastMessageTime: LocalTime?
  /// The last entry whose effects are in the closed layer, of which there is at most one; `nil` while
  /// there is none.
  private(set) var closedThrough: UInt64?

  /// The next numbers to assign.
  private(set) var counters: Counters
  /// The maintained sums, all of them: a few kinds times a few currencies.
  private(set) var totals: [TotalKey: TotalRecord]
  /// What the card numbers are sealed under.
  private(set) var vaultFingerprint: String
  /// The span of the hold before, which is nearly always that of the next one too; it belongs to the
  /// young layer.
  private var lastSpan: (key: ExpiryKey, span: ExpirySpan)?
  /// The totals that were counted into last, which are nearly always those of the next message too;
  /// while they have a name they belong to the young layer.
  private var counted = DayTotals()
  private var countedKey: DayTotalsKey?

  /// - Parameters:
  ///   - base: what is posted.
  ///   - layer: an empty layer to use, so that its memory serves more than one set.
  ///   - cache: an empty cache, for a set that lives long.
  ///   - keptInTable: for how many records each table of a dropped layer keeps its memory.
  /// - Throws: `LedgerError` when the books cannot be read.
  init(
    base: BooksAccess,
    layer: Layer = Layer(),
    cache: Cache? = nil,
    keptInTable: Int = LedgerLimits.keptTableCapacity
  ) throws(LedgerError) {
    self.base = base
    self.cache = cache
    self.keptInTable = keptInTable
    cachedAccounts = cache?.accounts
    cachedCards = cache?.cards
    young = layer
    let state = try base.state()
    counters = state?.counters ?? Counters()
    vaultFingerprint = state?.vaultFingerprint ?? ""
    totals = try base.totals()
    postedTimes = PostedTimes(newest: try base.newestMessageTime())
  }

  /// How many records are not dropped yet.
  var count: Int { young.count + old.count }

  /// Drops the closed layer once a read of the base sees what is in it.
  /// - Parameter applied: the last entry that a read of the base sees.
  func dropPosted(applied: UInt64) {
    guard let through = closedThrough, applied >= through else { return }
    postedTimes.add(old.messageTimes)
    old.removeAll(keepingInTable: keptInTable)
    closedThrough = nil
  }

  /// Puts everything that is at hand into the young layer, which is then complete.
  func settle() {
    keepSpan()
    keepTotals()
  }

  /// Closes the layer of the newest changes and begins a new one.
  /// - Parameter decided: the last entry whose effects are in this set.
  /// - Returns: the closed layer, which does not change until it is dropped.
  func closeLayer(through decided: UInt64) -> Layer {
    precondition(closedThrough == nil, "a layer is closed before the last one is dropped")
    closedThrough = decided
    settle()
    lastMessageTime = nil
    swap(&young, &old)
    return old
  }

  // MARK: Fetching ahead

  /// Begins to fetch what the decision about a request far ahead will look at, a step at a time: where
  /// the card is, the card, where its balance is, the balance.
  ///
  /// The tables are far larger than the processor's caches, and a request that waits for its memory
  /// waits longer than its decision takes.
  @inline(__always)
  func fetch(_ card: PANToken, _ message: DuplicateKey, step: FetchStep) {
    guard let cachedCards, let cachedAccounts else { return }
    switch step {
    case .places:
      cachedCards.prefetch(card)
      young.duplicates.prefetch(message)
      old.duplicates.prefetch(message)
      // Numbers are given in order, so the one that this request will get is known but for refusals.
      young.authorizations.prefetch(AuthorizationID(counters.authorization + 16))
    case .card: cachedCards.prefetchRecord(card)
    case .balancePlace:
      guard let balance = cachedCards[card]?.balance else { return }
      cachedAccounts.prefetch(AccountID(balance))
      young.accounts.prefetch(AccountID(balance))
    case .balance:
      guard let balance = cachedCards[card]?.balance else { return }
      cachedAccounts.prefetchRecord(AccountID(balance))
    }
  }

  /// The steps of `fetch`.
  enum FetchStep {
    case places, card, balancePlace, balance
  }

  // MARK: Reading

  func account(_ id: AccountID) throws(LedgerError) -> AccountRecord? {
    if let record = cachedAccounts?[id] { return record }
    if let record = young.accounts[id] ?? old.accounts[id] { return record }
    let record = try base.account(id)
    if let record { cachedAccounts?.set(id, record) }
    return record
  }

  func card(_ token: PANToken) throws(LedgerError) -> CardRecord? {
    if let record = cachedCards?[token] { return record }
    if let record = young.cards[token] ?? old.cards[token] { return record }
    let record = try base.card(token)
    if let record { cachedCards?.set(token, record) }
    return record
  }

  func cardDetail(_ id: CardID) throws(LedgerError) -> CardDetailRecord? {
    if let record = young.cardDetails[id] ?? old.cardDetails[id] { return record }
    return try base.cardDetail(id)
  }

  func authorization(_ id: AuthorizationID) throws(LedgerError) -> AuthorizationRecord? {
    if let record = young.authorizations[id] ?? old.authorizations[id] { return record }
    return try base.authorization(id)
  }

  func duplicate(_ key: DuplicateKey) throws(LedgerError) -> DuplicateRecord? {
    if let record = young.duplicates[key] ?? old.duplicates[key] { return record }
    return postedTimes.mayHold(key.localTime) ? try base.duplicate(key) : nil
  }

  func entry(_ key: EntryKey) throws(LedgerError) -> PaymentEntry? {
    if let record = young.entries[key] ?? old.entries[key] { return record }
    return try base.entry(key)
  }

  func partner(_ id: PartnerID) throws(LedgerError) -> PartnerRecord? {
    if let record = young.partners[id] ?? old.partners[id] { return record }
    return try base.partner(id)
  }

  func program(_ id: ProgramID) throws(LedgerError) -> ProgramRecord? {
    if let record = young.programs[id] ?? old.programs[id] { return record }
    return try base.program(id)
  }

  func customer(_ id: UserID) throws(LedgerError) -> CustomerRecord? {
    if let record = young.customers[id] ?? old.customers[id] { return record }
    return try base.customer(id)
  }

  func reference(_ key: ReferenceKey) throws(LedgerError) -> ReferenceRecord? {
    if let record = young.references[key] ?? old.references[key] { return record }
    return try base.reference(key)
  }

  func request(_ key: RequestKey) throws(LedgerError) -> RequestRecord? {
    if let record = young.requests[key] ?? old.requests[key] { return record }
    return try base.request(key)
  }

  // MARK: Changing

  /// Applies one effect.
  ///
  /// Everything that posting means stands in this one function. It counts the events itself, since to
  /// ask each effect again whether it is one (`Effect.isEvent`) costs more; the proof asks.
  func apply(_ effect: Effect, at time: Instant) throws(LedgerError) {
    switch effect {
    case .authorized(let record):
      try applyAuthorization(record, at: time)
    case .entered(let entry):
      try applyEntry(entry, at: time)
    case .originalAwaited(let key, let id):
      // No message has content 0, so that the original is told from a repeat of anything.
      remember(key, DuplicateRecord(target: .reversedBeforehand(id), content: ContentDigest(0)))
    case .messageAnswered(let key, let content, let code):
      remember(key, DuplicateRecord(target: .answered(code, at: time), content: content))
    case .settingChanged(let key, let record):
      young.settings[key] = record
    case .expiriesSwept(let hour):
      counters.sweptHour = max(counters.sweptHour, hour)
    case .dayBegun(let day):
      young.networkDays[day.id] = day
    case .founded(let fingerprint):
      vaultFingerprint = fingerprint
    case .partnerCreated(let record):
      young.partners[record.id] = record
      counters.partner = max(counters.partner, record.id.number + 1)
    case .programCreated(let record):
      young.programs[record.id] = record
      young.members.insert(
        MemberKey(
          list: .programsOfPartner,
          owner: record.partner.number,
          member: record.id.number
        )
      )
      counters.program = max(counters.program, record.id.number + 1)
    case .accountOpened(let id, let record):
      if effect.isEvent { counters.event += 1 }
      open(id, record)
    case .balanceStateChanged(let id, let state):
      counters.event += 1
      try change(id) { $0.state = state }
    case .customerStored(let record, _):
      counters.event += 1
      young.customers[record.id] = record
      young.members.insert(
        MemberKey(
          list: .customersOfPartner,
          owner: record.partner.number,
          member: record.id.number
        )
      )
      counters.user = max(counters.user, record.id.number + 1)
    case .cardIssued(let card, let detail):
      counters.event += 1
      put(detail.token, card)
      young.cardDetails.set(card.card, detail)
      young.members.insert(
        MemberKey(list: .cardsOfBalance, owner: card.balance.number, member: card.card.number)
      )
      young.members.insert(
        MemberKey(list: .cardsOfCustomer, owner: detail.user.number, member: card.card.number)
      )
      counters.card = max(counters.card, card.card.number + 1)
    case .cardChanged(let change):
      counters.event += 1
      guard var card = try card(change.token), var detail = try cardDetail(change.card) else {
        throw .damaged("a card that changes does not exist")
      }
      card.status = change.status
      card.lock = change.lock
      card.lockOrigin = change.lockOrigin
      detail.locked = change.locked
      detail.lockRequester = change.requester
      put(change.token, card)
      young.cardDetails.set(change.card, detail)
    case .transferred(let transfer):
      counters.event += 1
      try move(
        transfer.amount.money,
        transfer.amount.currency,
        from: transfer.from,
        to: transfer.to,
        at: time
      )
    case .referenceBound(let key, let record):
      young.references[key] = record
    case .requestAnswered(let key, let record):
      young.requests[key] = record
    }
  }

  private func put(_ id: AccountID, _ record: AccountRecord) {
    young.accounts.set(id, record)
    cachedAccounts?.set(id, record)
  }

  private func put(_ token: PANToken, _ record: CardRecord) {
    young.cards.set(token, record)
    cachedCards?.set(token, record)
  }

  @inline(__always)
  private func remember(_ key: DuplicateKey, _ record: DuplicateRecord) {
    young.duplicates.set(key, record)
    if lastMessageTime != key.localTime {
      lastMessageTime = key.localTime
      young.messageTimes.insert(key.localTime.digits)
    }
  }

  private func applyAuthorization(
    _ record: AuthorizationRecord,
    at time: Instant
  ) throws(LedgerError) {
    young.authorizations.set(record.id, record)
    remember(record.key, DuplicateRecord(target: .payment(record.id), content: record.content))
    counters.noteAuthorization(record.id)
    try count(DayTotalsKey(day: record.day, currency: record.amount.currency)) { $0.add(record) }
    if let expires = record.expires { try include(record.id, expires, record.decided) }
    guard let balance = record.balance.map(AccountID.init) else { return }
    let deposit = record.deposit.map { AccountID(.deposit, $0.number) }
    try change(balance) {
      $0.newestAuthorization = record.id.number
      $0.held += record.held
    }
    if record.held != .zero, let deposit { try change(deposit) { $0.held += record.held } }
    if record.booked != .zero {
      try book(record.booked, record.amount.currency, balance, deposit, at: time)
    }
  }

  private func applyEntry(_ entry: PaymentEntry, at time: Instant) throws(LedgerError) {
    young.entries[EntryKey(payment: entry.payment, number: entry.number)] = entry
    if let message = entry.message {
      // The first message is remembered with its payment.
      if entry.number > 0 {
        remember(
          message.key,
          DuplicateRecord(
            target: .entry(entry.payment, entry.number),
            content: message.content
          )
        )
      }
    }
    guard entry.number > 0 else { return }
    counters.event += 1
    guard var record = try authorization(entry.payment) else {
      throw .damaged("an entry belongs to a payment that does not exist")
    }
    if let expires = entry.expires, expires != record.expires {
      let key = ExpiryKey(expires, of: record.id)
      young.expiries[key] = ExpirySpan(record.id)
    }
    record.apply(entry)
    young.authorizations.set(record.id, record)
    guard entry.heldChange != .zero || entry.bookedChange != .zero,
      let balance = entry.balance.map(AccountID.init)
    else { return }
    let deposit = entry.deposit.map { AccountID(.deposit, $0.number) }
    if entry.heldChange != .zero {
      try change(balance) { $0.held += entry.heldChange }
      if let deposit { try change(deposit) { $0.held += entry.heldChange } }
    }
    if entry.bookedChange != .zero {
      try count(DayTotalsKey(day: entry.day, currency: entry.amount.currency)) { $0.add(entry) }
      try book(entry.bookedChange, entry.amount.currency, balance, deposit, at: time)
    }
  }

  /// Books what a user pays, or below zero what a user gets back.
  ///
  /// A deposit pays the network. The user's money is with the partner then, outside, so the user's
  /// share leaves through the bank account.
  private func book(
    _ money: Money,
    _ currency: Currency,
    _ balance: AccountID,
    _ deposit: AccountID?,
    at time: Instant
  ) throws(LedgerError) {
    let settlement = AccountID(.settlement, currency)
    if let deposit {
      try move(money, currency, from: deposit, to: settlement, at: time)
      try move(money, currency, from: balance, to: AccountID(.bank, currency), at: time)
    } else {
      try move(money, currency, from: balance, to: settlement, at: time)
    }
  }

  /// Notes where a new hold stands among those that run out in its hour.
  @inline(__always)
  private func include(
    _ id: AuthorizationID,
    _ expires: Instant,
    _ decided: Instant
  ) throws(LedgerError) {
    let key = ExpiryKey(expires, since: decided)
    if lastSpan?.key == key {
      lastSpan?.span.include(id)
    } else {
      keepSpan()
      let stored: ExpirySpan? =
        if let span = young.expiries[key] ?? old.expiries[key] { span } else {
          try base.expiry(key)
        }
      var span = stored ?? ExpirySpan(id)
      span.include(id)
      lastSpan = (key, span)
    }
  }

  /// Puts the span that is at hand into the young layer.
  private func keepSpan() {
    if let (key, span) = lastSpan { young.expiries[key] = span }
    lastSpan = nil
  }

  /// Counts into the totals of a day.
  @inline(__always)
  private func count(
    _ key: DayTotalsKey,
    _ body: (inout DayTotals) -> Void
  ) throws(LedgerError) {
    if countedKey != key {
      keepTotals()
      counted = try totals(key)
      countedKey = key
    }
    body(&counted)
  }

  private func totals(_ key: DayTotalsKey) throws(LedgerError) -> DayTotals {
    if let totals = young.dayTotals[key] ?? old.dayTotals[key] { return totals }
    return try base.dayTotals(key) ?? DayTotals()
  }

  /// Puts the totals that are at hand into the young layer.
  private func keepTotals() {
    if let key = countedKey { young.dayTotals[key] = counted }
    countedKey = nil
  }

  private func open(_ id: AccountID, _ record: AccountRecord) {
    put(id, record)
    totals[TotalKey(kind: record.kind, currency: record.currency), default: TotalRecord()]
      .accounts += 1
    switch record.kind {
    case .user:
      young.members.insert(
        MemberKey(list: .balancesOfCustomer, owner: record.owner, member: id.number)
      )
      counters.balance = max(counters.balance, id.number + 1)
    case .deposit, .credit:
      young.members.insert(
        MemberKey(list: .balancesOfPartner, owner: record.owner, member: id.word)
      )
      counters.partnerBalance = max(counters.partnerBalance, id.number + 1)
    case .feeIncome, .settlement, .suspense, .bank:
      break
    }
  }

  private func change(
    _ id: AccountID,
    _ body: (inout AccountRecord) -> Void
  ) throws(LedgerError) {
    guard var record = try account(id) else {
      throw .damaged("account \(id.word) is moved and does not exist")
    }
    body(&record)
    put(id, record)
  }

  /// Moves a booked amount: both accounts, both totals.
  ///
  /// Accounts of the house open themselves.
  private func move(
    _ money: Money,
    _ currency: Currency,
    from: AccountID,
    to: AccountID,
    at time: Instant
  ) throws(LedgerError) {
    for (id, money) in [(from, -money), (to, money)] {
      if try account(id) == nil {
        guard let kind = id.kind, kind.rawValue >= AccountKind.feeIncome.rawValue else {
          throw .damaged("account \(id.word) is moved and does not exist")
        }
        open(
          id,
          AccountRecord(
            owner: 0,
            created: time,
            program: 0,
            currency: currency,
            kind: kind
          )
        )
      }
      guard var record = try account(id), record.currency == currency else {
        throw .damaged("account \(id.word) is moved in another currency than its own")
      }
      record.ledger += money
      put(id, record)
      totals[TotalKey(kind: record.kind, currency: record.currency), default: TotalRecord()]
        .ledger += money
    }
  }
}

extension Dictionary {
  fileprivate mutating func empty() {
    removeAll(keepingCapacity: count <= LedgerLimits.keptTableCapacity)
  }
}
