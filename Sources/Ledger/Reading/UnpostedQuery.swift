import Authorization

/// What a read asks the writer: which of these records are decided and not posted yet.
///
/// The writer looks into its layers only, never into the books, so an answer costs it a few looks into
/// hash tables and no disk.
struct UnpostedQuery: Sendable {
  /// A stretch of authorizations, the newest first.
  struct Run: Sendable {
    /// Where it begins: below this one, or with the newest.
    var before: AuthorizationID?
    /// How many at most.
    var count: Int
  }

  /// A balance's authorizations, the newest first.
  struct Chain: Sendable {
    var balance: BalanceID
    /// Where it begins: behind this one, or with the newest.
    var after: AuthorizationID?
    /// How many at most.
    var count: Int
  }

  var accounts: [AccountID] = []
  var cards: [PANToken] = []
  var cardDetails: [CardID] = []
  var authorizations: [AuthorizationID] = []
  var entries: [EntryKey] = []
  var networkDays: [NetworkDayID] = []
  var partners: [PartnerID] = []
  var programs: [ProgramID] = []
  var customers: [UserID] = []
  var references: [ReferenceKey] = []
  var run: Run?
  var chain: Chain?
  /// Whether the sums and the newest entry are asked for.
  var wantsTotals = false

  /// How many records may be looked for.
  var recordCount: Int {
    accounts.count + cards.count + cardDetails.count + authorizations.count + entries.count
      + networkDays.count + partners.count + programs.count + customers.count + references.count
      + (run?.count ?? 0)
      + (chain?.count ?? 0)
  }

  var isEmpty: Bool { recordCount == 0 && !wantsTotals }

  /// The writer's work, counted in records looked for; waking who asked is some twenty of them.
  var cost: Int { 20 + recordCount }
}

/// What the writer holds of what a read asks for, in the order of the question.
struct UnpostedAnswer: Sendable {
  var accounts: [AccountRecord?] = []
  var cards: [CardRecord?] = []
  var cardDetails: [CardDetailRecord?] = []
  var authorizations: [AuthorizationRecord?] = []
  var entries: [PaymentEntry?] = []
  var networkDays: [NetworkDay?] = []
  var partners: [PartnerRecord?] = []
  var programs: [ProgramRecord?] = []
  var customers: [CustomerRecord?] = []
  var references: [ReferenceRecord?] = []
  /// The stretch asked for; what is below `end` is posted when `reachesBooks`.
  var run: (records: [AuthorizationRecord], end: UInt64, reachesBooks: Bool)?
  /// What the chain asked for has in the layers, and where it leaves them.
  var chain: (records: [AuthorizationRecord], next: AuthorizationID?) = ([], nil)
  /// The sums, and the entry that they hold.
  var totals: (sums: [TotalKey: TotalRecord], state: BooksState)?
}

/// A question that waits for the writer.
struct QueuedRead: Sendable {
  let query: UnpostedQuery
  /// Called once, on the writer's thread.
  let reply: @Sendable (Result<UnpostedAnswer, LedgerError>) -> Void
}
