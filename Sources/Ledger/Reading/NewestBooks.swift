import Authorization

/// The books as of the newest durable entry: what is posted, and over it what a read has learned from
/// the writer.
///
/// Whatever has no accessor here goes through `access` and needs posted books.
struct NewestBooks {
  let posted: BooksAccess
  /// What is known of the records that are not posted; `nil` where the books themselves are new enough.
  let newest: NewestRecords?

  var schema: Schema { posted.schema }

  /// The trees, for what is read in no other way.
  var access: LMDBAccess {
    newest?.requirePosted()
    return posted.access
  }

  private func find<Key, Record>(
    _ section: NewestRecords.Section<Key, Record>?,
    _ key: Key,
    orPosted posted: () throws(LedgerError) -> Record?
  ) throws(LedgerError) -> Record? {
    guard let newest, let section else { return try posted() }
    return try newest.find(section, key, orPosted: posted)
  }

  func account(_ id: AccountID) throws(LedgerError) -> AccountRecord? {
    try find(newest?.accounts, id) { () throws(LedgerError) in try posted.account(id) }
  }

  func card(_ token: PANToken) throws(LedgerError) -> CardRecord? {
    try find(newest?.cards, token) { () throws(LedgerError) in try posted.card(token) }
  }

  func cardDetail(_ id: CardID) throws(LedgerError) -> CardDetailRecord? {
    try find(newest?.cardDetails, id) { () throws(LedgerError) in try posted.cardDetail(id) }
  }

  func authorization(_ id: AuthorizationID) throws(LedgerError) -> AuthorizationRecord? {
    try find(newest?.authorizations, id) { () throws(LedgerError) in try posted.authorization(id) }
  }

  func entry(_ key: EntryKey) throws(LedgerError) -> PaymentEntry? {
    try find(newest?.entries, key) { () throws(LedgerError) in try posted.entry(key) }
  }

  func networkDay(_ id: NetworkDayID) throws(LedgerError) -> NetworkDay? {
    try find(newest?.networkDays, id) { () throws(LedgerError) in try posted.networkDay(id) }
  }

  func partner(_ id: PartnerID) throws(LedgerError) -> PartnerRecord? {
    try find(newest?.partners, id) { () throws(LedgerError) in try posted.partner(id) }
  }

  func program(_ id: ProgramID) throws(LedgerError) -> ProgramRecord? {
    try find(newest?.programs, id) { () throws(LedgerError) in try posted.program(id) }
  }

  func customer(_ id: UserID) throws(LedgerError) -> CustomerRecord? {
    try find(newest?.customers, id) { () throws(LedgerError) in try posted.customer(id) }
  }

  func reference(_ key: ReferenceKey) throws(LedgerError) -> ReferenceRecord? {
    try find(newest?.references, key) { () throws(LedgerError) in try posted.reference(key) }
  }

  /// Which user a balance belongs to; asks nobody about a balance that is posted, since its owner
  /// never changes.
  func owner(ofBalance id: AccountID) throws(LedgerError) -> UInt64? {
    if let record = try posted.account(id) { return record.owner }
    return try account(id)?.owner
  }

  func members(
    _ list: MemberKey.List,
    of owner: UInt64,
    after: UInt64 = 0,
    limit: Int
  ) throws(LedgerError) -> [UInt64] {
    newest?.noteList()
    return try posted.members(list, of: owner, after: after, limit: limit)
  }

  /// Walks a tree that changes only when lists do: partners, programmes or users.
  func walkList(
    _ table: LMDBTable,
    from start: LMDBAccess.Start,
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(LedgerError) -> Bool
  ) throws(LedgerError) {
    newest?.noteList()
    try posted.access.walk(table, from: start, body)
  }

  /// Authorizations below one, or from the newest on, downwards, while `body` says so; `count` is how
  /// many it is expected to take.
  func walkAuthorizations(
    before: AuthorizationID?,
    expecting count: Int,
    _ body: (AuthorizationRecord) throws(LedgerError) -> Bool
  ) throws(LedgerError) {
    var end = before?.number
    if let newest {
      end = try newest.walkAuthorizations(before: before, expecting: count, body)
      guard end != nil else { return }
    }
    let start = end.map { number in withUnsafeBytes(of: number) { Array($0) } }
    try posted.access.walk(
      schema.authorizations,
      from: start.map { .before($0) } ?? .last,
      downwards: true
    ) { (_, value) throws(LedgerError) in
      let record = try AuthorizationRecord(stored: value)
      return try body(
        try find(newest?.authorizations, record.id) { () throws(LedgerError) in record } ?? record
      )
    }
  }

  /// Says that a balance's authorizations are about to be followed.
  func noteChain(_ balance: BalanceID, after: AuthorizationID?, count: Int) {
    newest?.noteChain(balance, after: after, count: count)
  }

  func state() throws(LedgerError) -> BooksState? {
    guard let newest else { return try posted.state() }
    return try newest.requireTotals().state
  }

  func totals() throws(LedgerError) -> [TotalKey: TotalRecord] {
    guard let newest else { return try posted.totals() }
    return try newest.requireTotals().sums
  }
}
