public import Authorization
public import Cryptography

/// A frozen view of the books for reading; valid inside the call that hands it out.
public struct BooksView {
  let books: NewestBooks

  /// How far the view goes: everything through this journal entry, and nothing after it.
  public func position() throws(LedgerError) -> (sequence: UInt64, hash: Digest256, time: Instant) {
    guard let state = try books.state() else { throw .damaged("the books have no state") }
    return (state.applied, state.hash, state.time)
  }

  /// The entries of a payment in order; the first message's only where it says more than the payment.
  public func entries(of payment: AuthorizationID) throws(LedgerError) -> [PaymentEntry] {
    guard let record = try authorization(payment) else { return [] }
    var entries: [PaymentEntry] = []
    for number in 0...record.entryCount {
      let key = EntryKey(payment: payment, number: number)
      if let entry = try books.entry(key) { entries.append(entry) }
    }
    return entries
  }

  /// The merchant groups, by name.
  public func merchantGroups() throws(LedgerError) -> [MerchantGroup] {
    var groups: [MerchantGroup] = []
    try books.access.walk(books.schema.settings, from: .first) { (_, value) throws(LedgerError) in
      if case .merchantGroup(let group) = try SettingRecord(stored: value) { groups.append(group) }
      return true
    }
    return groups
  }

  /// The exchange rates, by currencies.
  public func exchangeRates() throws(LedgerError) -> [ExchangeRate] {
    var rates: [ExchangeRate] = []
    try books.access.walk(books.schema.settings, from: .first) { (_, value) throws(LedgerError) in
      if case .exchangeRate(let rate) = try SettingRecord(stored: value) { rates.append(rate) }
      return true
    }
    return rates
  }

  /// A partner.
  public func partner(_ id: PartnerID) throws(LedgerError) -> PartnerRecord? {
    try books.partner(id)
  }

  /// Partners in order of creation.
  public func partners(
    after: PartnerID?,
    limit: Int
  ) throws(LedgerError) -> [PartnerRecord] {
    try all(books.schema.partners, after: after?.number ?? 0, limit: limit)
  }

  /// A programme.
  public func program(_ id: ProgramID) throws(LedgerError) -> ProgramRecord? {
    try books.program(id)
  }

  /// Programmes in order of creation.
  public func programs(
    after: ProgramID?,
    limit: Int
  ) throws(LedgerError) -> [ProgramRecord] {
    try all(books.schema.programs, after: after?.number ?? 0, limit: limit)
  }

  private func all<Record: VariableRecord>(
    _ table: LMDBTable,
    after: UInt64,
    limit: Int
  ) throws(LedgerError) -> [Record] {
    var records: [Record] = []
    guard after < .max else { return records }
    let start = withUnsafeBytes(of: after + 1) { Array($0) }
    try books.walkList(table, from: .atOrAfter(start)) { (_, value) throws(LedgerError) in
      guard records.count < limit else { return false }
      records.append(try Record(stored: value))
      return true
    }
    return records
  }

  /// A partner's deposit or credit balance.
  public func partnerBalance(
    _ partner: PartnerID,
    _ kind: ManagementCommand.PartnerBalanceKind,
    _ currency: Currency
  ) throws(LedgerError) -> (AccountID, AccountRecord)? {
    let key = ReferenceKey.partnerBalance(partner, kind.account, currency)
    guard let known = try books.reference(key) else { return nil }
    let id = AccountID(kind.account, known.object)
    guard let record = try books.account(id) else {
      throw .damaged("a partner balance is named and does not exist")
    }
    return (id, record)
  }

  /// All balances of a partner.
  public func partnerBalances(
    _ partner: PartnerID
  ) throws(LedgerError) -> [(AccountID, AccountRecord)] {
    var found: [(AccountID, AccountRecord)] = []
    for word in try books.members(.balancesOfPartner, of: partner.number, limit: 1000) {
      let id = AccountID(word: word)
      if let record = try books.account(id) { found.append((id, record)) }
    }
    return found
  }

  /// A user.
  public func customer(_ id: UserID) throws(LedgerError) -> CustomerRecord? {
    try books.customer(id)
  }

  /// A partner's users in order of creation.
  public func customers(
    of partner: PartnerID,
    after: UserID?,
    limit: Int
  ) throws(LedgerError) -> [CustomerRecord] {
    var found: [CustomerRecord] = []
    for number in try books.members(
      .customersOfPartner,
      of: partner.number,
      after: after?.number ?? 0,
      limit: limit
    ) {
      if let record = try books.customer(UserID(number)) { found.append(record) }
    }
    return found
  }

  /// All users in order of creation.
  public func customers(after: UserID?, limit: Int) throws(LedgerError) -> [CustomerRecord] {
    try all(books.schema.customers, after: after?.number ?? 0, limit: limit)
  }

  /// A user's balance.
  public func balance(_ id: BalanceID) throws(LedgerError) -> AccountRecord? {
    try books.account(AccountID(id))
  }

  /// The user that a balance belongs to.
  public func owner(of balance: BalanceID) throws(LedgerError) -> UserID? {
    try books.owner(ofBalance: AccountID(balance)).map { UserID($0) }
  }

  /// A user's balances in order of creation.
  public func balances(
    of customer: UserID,
    after: BalanceID?,
    limit: Int
  ) throws(LedgerError) -> [(BalanceID, AccountRecord)] {
    var found: [(BalanceID, AccountRecord)] = []
    // Members are account words; a user's balance has its kind in the top byte.
    let start = after.map { AccountID($0).number } ?? 0
    for number in try books.members(
      .balancesOfCustomer,
      of: customer.number,
      after: start,
      limit: limit
    ) {
      if let record = try books.account(AccountID(.user, number)) {
        found.append((BalanceID(number), record))
      }
    }
    return found
  }

  /// A card, removed ones included.
  public func card(_ id: CardID) throws(LedgerError) -> (CardRecord, CardDetailRecord)? {
    guard let detail = try books.cardDetail(id) else { return nil }
    guard let card = try books.card(detail.token) else {
      throw .damaged("a card has details and no record")
    }
    return (card, detail)
  }

  /// The card that has a number; `nil` when none has.
  public func card(
    numbered token: PANToken
  ) throws(LedgerError) -> (CardRecord, CardDetailRecord)? {
    try books.card(token).flatMap { (record) throws(LedgerError) in try card(record.card) }
  }

  /// The cards on a balance in order of creation.
  public func cards(
    onBalance balance: BalanceID,
    after: CardID?,
    limit: Int
  ) throws(LedgerError) -> [(CardRecord, CardDetailRecord)] {
    try cards(.cardsOfBalance, balance.number, after, limit)
  }

  /// A user's cards in order of creation.
  public func cards(
    of customer: UserID,
    after: CardID?,
    limit: Int
  ) throws(LedgerError) -> [(CardRecord, CardDetailRecord)] {
    try cards(.cardsOfCustomer, customer.number, after, limit)
  }

  private func cards(
    _ list: MemberKey.List,
    _ owner: UInt64,
    _ after: CardID?,
    _ limit: Int
  ) throws(LedgerError) -> [(CardRecord, CardDetailRecord)] {
    var found: [(CardRecord, CardDetailRecord)] = []
    for number in try books.members(list, of: owner, after: after?.number ?? 0, limit: limit) {
      if let card = try card(CardID(number)) { found.append(card) }
    }
    return found
  }

  /// An authorization.
  public func authorization(
    _ id: AuthorizationID
  ) throws(LedgerError) -> AuthorizationRecord? {
    try books.authorization(id)
  }

  /// Which authorizations a list shows.
  public enum AuthorizationFilter: Sendable {
    /// All of them.
    case all
    /// Those of one card.
    case card(CardID)
    /// Those of one balance.
    case balance(BalanceID)
  }

  /// Authorizations, the newest first, from behind `after`.
  /// - Returns: at most `limit` records, and whether the walk ended because the bound of records
  ///   looked at was reached; then `continueAfter` says where to go on.
  public func authorizations(
    _ filter: AuthorizationFilter,
    after: AuthorizationID?,
    limit: Int,
    where matches: (AuthorizationRecord) -> Bool
  ) throws(LedgerError) -> (found: [AuthorizationRecord], continueAfter: AuthorizationID?) {
    var found: [AuthorizationRecord] = []
    // A filter that matches little must not hold the view for long: the caller goes on from here.
    var budget = 20_000
    switch filter {
    case .all:
      var last: AuthorizationID?
      try books.walkAuthorizations(before: after, expecting: limit) {
        (record) throws(LedgerError) in
        guard found.count < limit, budget > 0 else { return false }
        if matches(record) { found.append(record) }
        last = record.id
        budget -= 1
        return true
      }
      return (found, budget == 0 ? last : nil)
    case .card(let id):
      guard let (card, _) = try card(id) else { return ([], nil) }
      return try chain(card.balance, after: after, limit: limit, &budget) {
        $0.card == id && matches($0)
      }
    case .balance(let id):
      return try chain(id, after: after, limit: limit, &budget, where: matches)
    }
  }

  /// Follows the chain of a balance's authorizations backwards in time.
  private func chain(
    _ balance: BalanceID,
    after: AuthorizationID?,
    limit: Int,
    _ budget: inout Int,
    where matches: (AuthorizationRecord) -> Bool
  ) throws(LedgerError) -> (found: [AuthorizationRecord], continueAfter: AuthorizationID?) {
    var found: [AuthorizationRecord] = []
    var next: AuthorizationID?
    books.noteChain(balance, after: after, count: limit)
    if let after {
      guard let record = try authorization(after), record.balance == balance else {
        return ([], nil)
      }
      next = record.previous
    } else {
      let newest = try books.account(AccountID(balance))?.newestAuthorization ?? 0
      next = newest == 0 ? nil : AuthorizationID(newest)
    }
    var last: AuthorizationID?
    while let id = next, found.count < limit {
      guard budget > 0 else { return (found, last) }
      guard let record = try authorization(id) else {
        throw .damaged("a balance's chain of authorizations is broken")
      }
      if matches(record) { found.append(record) }
      last = id
      next = record.previous
      budget -= 1
    }
    return (found, nil)
  }

  /// A business day of a network; `nil` for none.
  public func networkDay(_ id: NetworkDayID) throws(LedgerError) -> NetworkDay? {
    id == .none ? nil : try books.networkDay(id)
  }

  /// Business days with their totals, by network.
  ///
  /// - Parameters:
  ///   - day: which day; `nil` for the newest of each network.
  ///   - network: whose; `nil` for all networks.
  /// - Returns: at most one day of each network.
  /// - Throws: `LedgerError`.
  public func dayTotals(
    on day: BusinessDay?,
    of network: String?
  ) throws(LedgerError) -> [NetworkDayTotals] {
    let (access, schema) = (books.access, books.schema)
    var days: [NetworkDay] = []
    try access.walk(schema.networkDays, from: .first) { (_, value) throws(LedgerError) in
      let found = try NetworkDay(stored: value)
      if network == nil || found.network == network { days.append(found) }
      return true
    }
    var reports: [NetworkDayTotals] = []
    for (_, days) in Dictionary(grouping: days, by: \.network).sorted(by: { $0.key < $1.key }) {
      guard let index = day.map({ day in days.firstIndex { $0.day == day } }) ?? days.indices.last
      else { continue }
      reports.append(
        NetworkDayTotals(
          day: days[index],
          ended: index + 1 < days.count ? days[index + 1].began : nil,
          totals: try totals(of: days[index].id, access, schema)
        )
      )
    }
    return reports
  }

  private func totals(
    of day: NetworkDayID,
    _ access: LMDBAccess,
    _ schema: Schema
  ) throws(LedgerError) -> [NetworkDayTotals.InCurrency] {
    var totals: [NetworkDayTotals.InCurrency] = []
    try access.walk(schema.dayTotals, from: .atOrAfter(day.storedBytes)) {
      (key, value) throws(LedgerError) in
      let key = try DayTotalsKey(stored: key)
      guard key.day == day else { return false }
      totals.append(
        NetworkDayTotals.InCurrency(currency: key.currency, totals: try DayTotals(stored: value))
      )
      return true
    }
    return totals
  }

  /// The maintained sums, by kind of account and currency.
  public func totals() throws(LedgerError) -> [LedgerTotal] {
    try books.totals().sorted { $0.key < $1.key }.map {
      LedgerTotal(
        kind: $0.key.kind,
        currency: $0.key.currency,
        ledger: $0.value.ledger,
        accounts: $0.value.accounts
      )
    }
  }

  /// How many objects of each kind there are.
  public func counts() throws(LedgerError) -> LedgerCounts {
    LedgerCounts(
      partners: try books.access.count(books.schema.partners),
      programs: try books.access.count(books.schema.programs),
      customers: try books.access.count(books.schema.customers),
      cards: try books.access.count(books.schema.cards),
      authorizations: try books.access.count(books.schema.authorizations)
    )
  }
}

/// A maintained sum of ledger balances.
public struct LedgerTotal: Hashable, Sendable {
  /// The kind of account.
  public var kind: AccountKind
  /// The currency.
  public var currency: Currency
  /// What is booked on all of them together.
  public var ledger: Money
  /// How many accounts there are.
  public var accounts: UInt64
}

/// One business day of one network for reconciliation.
public struct NetworkDayTotals: Hashable, Sendable {
  /// The totals of one currency.
  public struct InCurrency: Hashable, Sendable {
    /// The currency.
    public var currency: Currency
    /// The totals.
    public var totals: DayTotals
  }

  /// The day.
  public var day: NetworkDay
  /// When the network's next day began; `nil` while this one lasts, and its totals still grow.
  public var ended: Instant?
  /// The totals, by currency.
  public var totals: [InCurrency]
}

/// How many objects of each kind there are.
public struct LedgerCounts: Hashable, Sendable {
  /// Partners.
  public var partners: Int
  /// Programmes.
  public var programs: Int
  /// Users.
  public var customers: Int
  /// Cards.
  public var cards: Int
  /// Authorizations, declined ones included.
  public var authorizations: Int
}
