import Authorization

/// What one read has learned about records that the books do not show yet, and what it has yet to ask.
///
/// A read is run against the books as they are, and everything that it looks at is noted here. What
/// was noted is asked of the writer, and the read is run again, on a view of the books that is opened
/// after the answer: now each record is the writer's or, when the writer has none, the books'. It is
/// finished when it looked at nothing that was not asked. Used by one read.
final class NewestRecords {
  /// The records of one kind.
  final class Section<Key: Hashable & Sendable, Record: Sendable> {
    private enum Standing {
      case wanted
      case posted
      case unposted(Record)
    }

    private var standings: [Key: Standing] = [:]
    private(set) var wanted: [Key] = []

    /// The unposted record of a key; `nil` when it is posted, or when that is not known and will be
    /// asked.
    func find(_ key: Key) -> Record? {
      switch standings[key] {
      case .unposted(let record): return record
      case .posted, .wanted: return nil
      case nil:
        standings[key] = .wanted
        wanted.append(key)
        return nil
      }
    }

    /// Takes the answer to what was wanted.
    func learn(_ records: [Record?]) {
      for (key, record) in zip(wanted, records) { learn(key, record) }
      wanted.removeAll()
    }

    func learn(_ key: Key, _ record: Record?) {
      standings[key] = record.map { .unposted($0) } ?? .posted
    }
  }

  /// Unposted authorizations, the newest first.
  private struct Stretch {
    /// All are below this one; `nil` when the first is the newest of all.
    var from: AuthorizationID?
    var records: [AuthorizationRecord]
    /// None is below this one.
    var end: UInt64
    /// Whether everything below is posted.
    var reachesBooks: Bool
  }

  let accounts = Section<AccountID, AccountRecord>()
  let cards = Section<PANToken, CardRecord>()
  let cardDetails = Section<CardID, CardDetailRecord>()
  let authorizations = Section<AuthorizationID, AuthorizationRecord>()
  let entries = Section<EntryKey, PaymentEntry>()
  let networkDays = Section<NetworkDayID, NetworkDay>()
  let partners = Section<PartnerID, PartnerRecord>()
  let programs = Section<ProgramID, ProgramRecord>()
  let customers = Section<UserID, CustomerRecord>()
  let references = Section<ReferenceKey, ReferenceRecord>()
  private var run: UnpostedQuery.Run?
  private var chain: UnpostedQuery.Chain?
  private var askedChains: Set<BalanceID> = []
  private var wantsTotals = false
  private var walked: Stretch?
  /// The sums, and the entry that they hold.
  private(set) var totals: (sums: [TotalKey: TotalRecord], state: BooksState)?

  /// Whether the read needs the books themselves to be new: it looks at what is not told apart here,
  /// or at more than the writer should be asked for.
  private(set) var needsPosted = false
  /// Whether the read walks lists: which partners, programmes, users, balances and cards there are.
  private(set) var readsLists = false

  /// What is still to be asked; `nil` when nothing is.
  var query: UnpostedQuery? {
    let query = UnpostedQuery(
      accounts: accounts.wanted,
      cards: cards.wanted,
      cardDetails: cardDetails.wanted,
      authorizations: authorizations.wanted,
      entries: entries.wanted,
      networkDays: networkDays.wanted,
      partners: partners.wanted,
      programs: programs.wanted,
      customers: customers.wanted,
      references: references.wanted,
      run: run,
      chain: chain,
      wantsTotals: wantsTotals
    )
    return query.isEmpty ? nil : query
  }

  /// Takes the answer to `query`.
  func learn(_ answer: UnpostedAnswer) {
    accounts.learn(answer.accounts)
    cards.learn(answer.cards)
    cardDetails.learn(answer.cardDetails)
    authorizations.learn(answer.authorizations)
    entries.learn(answer.entries)
    networkDays.learn(answer.networkDays)
    partners.learn(answer.partners)
    programs.learn(answer.programs)
    customers.learn(answer.customers)
    references.learn(answer.references)
    if let more = answer.run {
      walked = Stretch(
        from: walked == nil ? run?.before : walked?.from,
        records: (walked?.records ?? []) + more.records,
        end: min(walked?.end ?? .max, more.end),
        reachesBooks: more.reachesBooks
      )
    }
    for record in answer.chain.records { authorizations.learn(record.id, record) }
    if let next = answer.chain.next { authorizations.learn(next, nil) }
    if let totals = answer.totals { self.totals = totals }
    run = nil
    chain = nil
    wantsTotals = false
  }

  // MARK: Noting what a read looks at

  /// The newest record: the writer's, or the one in the books.
  func find<Key, Record>(
    _ section: Section<Key, Record>,
    _ key: Key,
    orPosted posted: () throws(LedgerError) -> Record?
  ) throws(LedgerError) -> Record? {
    if let record = section.find(key) { return record }
    if section.wanted.count > LedgerLimits.recordsPerRead {
      needsPosted = true
      throw Self.toBeRunAgain
    }
    return try posted()
  }

  /// The read looks at something that has no place here.
  func requirePosted() { needsPosted = true }

  /// The read walks a list.
  func noteList() { readsLists = true }

  /// The read is about to follow a balance's authorizations: spares it a round for each of them.
  func noteChain(_ balance: BalanceID, after: AuthorizationID?, count: Int) {
    guard chain == nil, askedChains.insert(balance).inserted else { return }
    chain = UnpostedQuery.Chain(
      balance: balance,
      after: after,
      count: max(1, min(count, LedgerLimits.recordsPerRead))
    )
  }

  /// The sums and the newest entry; `nil` until they are asked for.
  func requireTotals() throws(LedgerError) -> (
    sums: [TotalKey: TotalRecord], state: BooksState
  ) {
    if let totals { return totals }
    wantsTotals = true
    throw Self.toBeRunAgain
  }

  /// Hands over unposted authorizations below `before`, or from the newest on, while `body` says so.
  ///
  /// One stretch is kept: a read may walk it several times, from its beginning or from a later place.
  /// - Returns: below which one the walk goes on in the books; `nil` when it is over.
  func walkAuthorizations(
    before: AuthorizationID?,
    expecting count: Int,
    _ body: (AuthorizationRecord) throws(LedgerError) -> Bool
  ) throws(LedgerError) -> UInt64? {
    if let walked {
      guard walked.from == nil || before.map({ $0 <= walked.from ?? $0 }) == true else {
        needsPosted = true
        throw Self.toBeRunAgain
      }
      for record in walked.records where before.map({ record.id < $0 }) ?? true {
        guard try body(record) else { return nil }
      }
      if walked.reachesBooks { return min(walked.end, before?.number ?? .max) }
    }
    let missing = LedgerLimits.recordsPerRead - (walked?.records.count ?? 0)
    guard missing > 0 else {
      needsPosted = true
      throw Self.toBeRunAgain
    }
    run = UnpostedQuery.Run(
      before: walked.map { AuthorizationID($0.end) } ?? before,
      count: max(1, min(walked == nil ? count : .max, missing))
    )
    throw Self.toBeRunAgain
  }

  /// Ends a round of a read that cannot go on; nobody sees it, since something is to be asked.
  private static var toBeRunAgain: LedgerError { .busy }
}
