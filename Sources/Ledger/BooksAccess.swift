import Authorization

/// Typed reads of the books through an open transaction; valid while its owner lives.
struct BooksAccess {
  let access: LMDBAccess
  let schema: Schema

  func account(_ id: AccountID) throws(LedgerError) -> AccountRecord? {
    try fixed(schema.accounts, id.word)
  }

  func card(_ token: PANToken) throws(LedgerError) -> CardRecord? {
    try token.withStoredBytes { (key) throws(LedgerError) in try fixed(schema.cards, key) }
  }

  func cardDetail(_ id: CardID) throws(LedgerError) -> CardDetailRecord? {
    try fixed(schema.cardDetails, id.number)
  }

  func authorization(_ id: AuthorizationID) throws(LedgerError) -> AuthorizationRecord? {
    try fixed(schema.authorizations, id.number)
  }

  func duplicate(_ key: DuplicateKey) throws(LedgerError) -> DuplicateRecord? {
    try key.withStoredBytes { (key) throws(LedgerError) in try fixed(schema.duplicates, key) }
  }

  /// The latest local time of any message that is remembered; `nil` when none is.
  func newestMessageTime() throws(LedgerError) -> LocalTime? {
    var newest: LocalTime?
    try access.walk(schema.duplicates, from: .last) { (key, _) throws(LedgerError) in
      guard key.count == 24 else { throw .damaged("a message key has \(key.count) bytes") }
      let digits = UInt64(bigEndian: key.loadUnaligned(as: UInt64.self))
      newest = try storedCase(LocalTime(digits: digits), "local time")
      return false
    }
    return newest
  }

  func entry(_ key: EntryKey) throws(LedgerError) -> PaymentEntry? {
    try key.storedBytes.withKey { (key) throws(LedgerError) -> PaymentEntry? in
      guard let bytes = try access.value(schema.entries, key) else { return nil }
      return try PaymentEntry(stored: bytes)
    }
  }

  func expiry(_ key: ExpiryKey) throws(LedgerError) -> ExpirySpan? {
    try key.storedBytes.withKey { (key) throws(LedgerError) in try fixed(schema.expiries, key) }
  }

  func setting(_ key: SettingKey) throws(LedgerError) -> SettingRecord? {
    try key.storedBytes.withKey { (key) throws(LedgerError) -> SettingRecord? in
      guard let bytes = try access.value(schema.settings, key) else { return nil }
      return try SettingRecord(stored: bytes)
    }
  }

  func networkDay(_ id: NetworkDayID) throws(LedgerError) -> NetworkDay? {
    try id.storedBytes.withKey { (key) throws(LedgerError) -> NetworkDay? in
      guard let bytes = try access.value(schema.networkDays, key) else { return nil }
      return try NetworkDay(stored: bytes)
    }
  }

  func dayTotals(_ key: DayTotalsKey) throws(LedgerError) -> DayTotals? {
    try key.storedBytes.withKey { (key) throws(LedgerError) in try fixed(schema.dayTotals, key) }
  }

  func partner(_ id: PartnerID) throws(LedgerError) -> PartnerRecord? {
    try variable(schema.partners, id.number)
  }

  func program(_ id: ProgramID) throws(LedgerError) -> ProgramRecord? {
    try variable(schema.programs, id.number)
  }

  func customer(_ id: UserID) throws(LedgerError) -> CustomerRecord? {
    try variable(schema.customers, id.number)
  }

  func reference(_ key: ReferenceKey) throws(LedgerError) -> ReferenceRecord? {
    try key.bytes.withKey { (key) throws(LedgerError) in
      try fixed(schema.references, key)
    }
  }

  func request(_ key: RequestKey) throws(LedgerError) -> RequestRecord? {
    try key.storedBytes.withKey { (key) throws(LedgerError) -> RequestRecord? in
      guard let bytes = try access.value(schema.requests, key) else { return nil }
      return try RequestRecord(stored: bytes)
    }
  }

  /// Hands over cards, in no order that means anything, while `body` says so.
  func walkCards(_ body: (PANToken, CardRecord) -> Bool) throws(LedgerError) {
    try access.walk(schema.cards, from: .first) { (key, value) throws(LedgerError) in
      guard key.count == 16 else { throw .damaged("a card key has \(key.count) bytes") }
      let token = PANToken(
        high: UInt64(bigEndian: key.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
      return body(token, try CardRecord(stored: value))
    }
  }

  /// Hands over accounts, in the order of their numbers, while `body` says so.
  func walkAccounts(_ body: (AccountID, AccountRecord) -> Bool) throws(LedgerError) {
    try access.walk(schema.accounts, from: .first) { (key, value) throws(LedgerError) in
      guard key.count == 8 else { throw .damaged("an account key has \(key.count) bytes") }
      let id = AccountID(word: key.loadUnaligned(as: UInt64.self))
      return body(id, try AccountRecord(stored: value))
    }
  }

  func state() throws(LedgerError) -> BooksState? {
    try BooksState.key.withKey { (key) throws(LedgerError) -> BooksState? in
      guard let bytes = try access.value(schema.meta, key) else { return nil }
      return try BooksState(stored: bytes)
    }
  }

  func totals() throws(LedgerError) -> [TotalKey: TotalRecord] {
    var totals: [TotalKey: TotalRecord] = [:]
    try access.walk(schema.totals, from: .first) { (key, value) throws(LedgerError) in
      totals[try TotalKey(stored: key)] = try TotalRecord(stored: value)
      return true
    }
    return totals
  }

  /// Members of a list in order of creation, from behind `after`.
  func members(
    _ list: MemberKey.List,
    of owner: UInt64,
    after: UInt64 = 0,
    limit: Int
  ) throws(LedgerError) -> [UInt64] {
    var found: [UInt64] = []
    guard after < .max else { return found }
    let start = MemberKey(list: list, owner: owner, member: after + 1).storedBytes
    let prefix = Array(start.prefix(9))
    try access.walk(schema.members, from: .atOrAfter(start)) { (key, _) throws(LedgerError) in
      guard found.count < limit, key.count == 17, key.prefix(9).elementsEqual(prefix) else {
        return false
      }
      found.append(UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 9, as: UInt64.self)))
      return true
    }
    return found
  }

  private func fixed<Record: FixedRecord>(
    _ table: LMDBTable,
    _ key: UInt64
  ) throws(LedgerError) -> Record? {
    guard let bytes = try access.value(table, key) else { return nil }
    return try Record(stored: bytes)
  }

  private func fixed<Record: FixedRecord>(
    _ table: LMDBTable,
    _ key: UnsafeRawBufferPointer
  ) throws(LedgerError) -> Record? {
    guard let bytes = try access.value(table, key) else { return nil }
    return try Record(stored: bytes)
  }

  private func variable<Record: VariableRecord>(
    _ table: LMDBTable,
    _ key: UInt64
  ) throws(LedgerError) -> Record? {
    guard let bytes = try access.value(table, key) else { return nil }
    return try Record(stored: bytes)
  }
}

extension [UInt8] {
  /// Runs `body` with the bytes, keeping the type of what it throws.
  func withKey<Value>(
    _ body: (UnsafeRawBufferPointer) throws(LedgerError) -> Value
  ) throws(LedgerError) -> Value {
    let result = withUnsafeBytes { (bytes) -> Result<Value, LedgerError> in
      do throws(LedgerError) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}
