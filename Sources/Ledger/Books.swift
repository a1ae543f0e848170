import Authorization
import Cryptography

/// Writing to the books: the only code that does.
enum Books {
  /// The state of books that may be new, read without creating anything; `nil` when they are.
  static func existingState(_ books: LMDBEnvironment) throws(LedgerError) -> BooksState? {
    let transaction = try books.read()
    guard let meta = try transaction.access.existingTable(Schema.metaName) else { return nil }
    return try BooksState.key.withKey { (key) throws(LedgerError) -> BooksState? in
      guard let bytes = try transaction.access.value(meta, key) else { return nil }
      return try BooksState(stored: bytes)
    }
  }

  /// Writes a closed layer of the writer's overlay in one transaction.
  ///
  /// - Parameters:
  ///   - posting: the layer, and where the books stand with it.
  ///   - books: where it goes.
  ///   - schema: its trees.
  ///   - pace: how fast the commit may write.
  /// - Throws: `LedgerError.storage`; the books are as they were.
  static func post(
    _ posting: Posting,
    books: LMDBEnvironment,
    schema: Schema,
    pace: FlushPace
  ) throws(LedgerError) {
    let transaction = try books.write()
    let access = BooksAccess(access: transaction.access, schema: schema)
    try flush(posting.layer, posting.totals, posting.state, to: access)
    try pace.commit(transaction)
  }

  /// Posts entries behind the books' state from the journal in one transaction.
  ///
  /// - Parameters:
  ///   - journal: where the entries are.
  ///   - books: where they go.
  ///   - schema: the books' trees.
  ///   - target: the last entry to post.
  ///   - layer: memory to use; empty before and after.
  /// - Returns: the last entry posted and the number of effects.
  /// - Throws: `LedgerError` when an entry is missing or damaged or the books cannot be written; they
  ///   are as they were.
  static func replay(
    journal: any Journal,
    books: LMDBEnvironment,
    schema: Schema,
    through target: UInt64,
    layer: WorkingSet.Layer
  ) throws(LedgerError) -> (through: UInt64, effects: Int) {
    let transaction = try books.write()
    let access = BooksAccess(access: transaction.access, schema: schema)
    var state = try access.state()
    let set = try WorkingSet(base: access, layer: layer)
    defer { layer.removeAll() }
    var bytes = 0
    var effects = 0
    let first = state.map { $0.applied + 1 } ?? 0
    try journal.read(from: first) { (sequence, stored) throws(LedgerError) in
      guard sequence <= target, bytes < LedgerLimits.replayBytes else { return false }
      let entry = try JournalEntry(verifying: stored, at: sequence)
      guard sequence == state.map({ $0.applied + 1 }) ?? 0 else {
        throw .damaged("the journal has no entry \(state.map { $0.applied + 1 } ?? 0)")
      }
      guard entry.previous == state?.hash ?? .zero else {
        throw .damaged("journal entry \(sequence) does not follow from the one before it")
      }
      guard entry.firstEvent == set.counters.event else {
        throw .damaged("journal entry \(sequence) numbers its events wrongly")
      }
      try entry.forEachEffect { (effect) throws(LedgerError) in
        try set.apply(effect, at: entry.time)
      }
      state = BooksState(
        applied: sequence,
        hash: entry.hash,
        time: entry.time,
        counters: set.counters,
        vaultFingerprint: set.vaultFingerprint
      )
      bytes += stored.count
      effects += entry.effectCount
      return true
    }
    guard let state, state.applied >= first else {
      throw .damaged("the journal has no entry \(first)")
    }
    set.settle()
    try flush(set.young, set.totals, state, to: access)
    try transaction.commit()
    return (state.applied, effects)
  }

  /// Writes a layer sorted, so that each page is touched once.
  private static func flush(
    _ layer: WorkingSet.Layer,
    _ totals: [TotalKey: TotalRecord],
    _ state: BooksState,
    to books: BooksAccess
  ) throws(LedgerError) {
    let access = books.access
    let schema = books.schema
    try write(layer.accounts, to: schema.accounts, access)
    try write(layer.cards, to: schema.cards, access)
    try write(layer.cardDetails, to: schema.cardDetails, access)
    try write(layer.authorizations, to: schema.authorizations, access)
    try write(layer.duplicates, to: schema.duplicates, access)
    for (key, record) in layer.entries.sorted(by: { $0.key < $1.key }) {
      try put(schema.entries, key.storedBytes, record.storedBytes, access)
    }
    for (key, span) in layer.expiries.sorted(by: { $0.key < $1.key }) {
      try key.storedBytes.withKey { (key) throws(LedgerError) in
        try span.withBytes { (bytes) throws(LedgerError) in
          try access.put(schema.expiries, key, bytes)
        }
      }
    }
    for (key, record) in layer.settings.sorted(by: { $0.key < $1.key }) {
      try put(schema.settings, key.storedBytes, record.storedBytes, access)
    }
    for (id, day) in layer.networkDays.sorted(by: { $0.key < $1.key }) {
      try put(schema.networkDays, id.storedBytes, day.storedBytes, access)
    }
    for (key, totals) in layer.dayTotals.sorted(by: { $0.key < $1.key }) {
      try key.storedBytes.withKey { (key) throws(LedgerError) in
        try totals.withBytes { (bytes) throws(LedgerError) in
          try access.put(schema.dayTotals, key, bytes)
        }
      }
    }
    for (id, record) in layer.partners.sorted(by: { $0.key < $1.key }) {
      try put(schema.partners, id.number, record.storedBytes, access)
    }
    for (id, record) in layer.programs.sorted(by: { $0.key < $1.key }) {
      try put(schema.programs, id.number, record.storedBytes, access)
    }
    for (id, record) in layer.customers.sorted(by: { $0.key < $1.key }) {
      try put(schema.customers, id.number, record.storedBytes, access)
    }
    for key in layer.members.sorted() {
      try put(schema.members, key.storedBytes, [], access)
    }
    for (key, record) in layer.references.sorted(by: {
      $0.key.bytes.lexicographicallyPrecedes($1.key.bytes)
    }) {
      try key.bytes.withKey { (key) throws(LedgerError) in
        try record.withBytes { (bytes) throws(LedgerError) in
          try access.put(schema.references, key, bytes)
        }
      }
    }
    for (key, record) in layer.requests.sorted(by: {
      ($0.key.high, $0.key.low) < ($1.key.high, $1.key.low)
    }) {
      try put(schema.requests, key.storedBytes, record.storedBytes, access)
    }
    for (key, record) in totals.sorted(by: { $0.key < $1.key }) {
      try key.storedBytes.withKey { (key) throws(LedgerError) in
        try record.withBytes { (bytes) throws(LedgerError) in
          try access.put(schema.totals, key, bytes)
        }
      }
    }
    try put(schema.meta, BooksState.key, state.storedBytes, access)
  }

  /// Writes a table of the overlay: one cursor goes over the tree once, and keys behind its end are
  /// appended, which fills pages and splits none.
  private static func write<Key, Record: FixedRecord>(
    _ records: RecordTable<Key, Record>,
    to table: LMDBTable,
    _ access: LMDBAccess
  ) throws(LedgerError) {
    guard records.count > 0 else { return }
    let cursor = try WriteCursor(access, table)
    try records.forEachSorted { (key, record) throws(LedgerError) in
      try key.withStoredBytes { (key) throws(LedgerError) in
        try record.withBytes { (bytes) throws(LedgerError) in try cursor.put(key, bytes) }
      }
    }
  }

  private static func put(
    _ table: LMDBTable,
    _ key: [UInt8],
    _ value: [UInt8],
    _ access: LMDBAccess
  ) throws(LedgerError) {
    try key.withKey { (key) throws(LedgerError) in
      try value.withKey { (value) throws(LedgerError) in try access.put(table, key, value) }
    }
  }

  private static func put(
    _ table: LMDBTable,
    _ key: UInt64,
    _ value: [UInt8],
    _ access: LMDBAccess
  ) throws(LedgerError) {
    try value.withKey { (value) throws(LedgerError) in try access.put(table, key, value) }
  }
}
