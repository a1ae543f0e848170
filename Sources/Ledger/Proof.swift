public import Authorization
public import Cryptography

/// A proof of the books: what the journal adds up to, computed anew and held against what is stored.
public struct Proof: Sendable {
  /// The last entry that the proof covers.
  public var sequence: UInt64 = 0
  /// The head of the hash chain there.
  public var hash: Digest256 = .zero
  /// The time of that entry.
  public var time = Instant(microsecondsSinceEpoch: 0)
  /// Entries walked, from the genesis entry on.
  public var entries: UInt64 = 0
  /// Effects walked.
  public var effects: UInt64 = 0
  /// Sound entries behind the last one that the books hold, posted at the next start; looked at
  /// off-line only.
  public var unpostedEntries: UInt64 = 0
  /// What was found per currency.
  public var currencies: [CurrencyProof] = []
  /// Everything that does not agree, in sentences; empty when the books are consistent.
  ///
  /// At most 100 are kept, `differenceCount` has them all.
  public var differences: [String] = []
  /// How many differences there are.
  public var differenceCount = 0

  /// Whether everything agrees.
  public var isConsistent: Bool { differenceCount == 0 }

  /// The sums of one currency.
  public struct CurrencyProof: Sendable {
    /// The currency.
    public var currency: Currency
    /// What is booked on all accounts of a kind.
    public var ledger: [AccountKind: Money]
    /// What is held on users' balances.
    public var usersHeld: Money
    /// What is held on deposits.
    public var depositsHeld: Money
    /// The sum over all accounts; zero when the books are consistent.
    public var sum: Money
  }

  fileprivate mutating func differ(_ what: @autoclosure () -> String) {
    differenceCount += 1
    if differences.count < 100 { differences.append(what()) }
  }
}

/// Recomputes the books from the journal in the simplest way there is, with none of the code that
/// posts: plain sums in dictionaries.
struct Prover {
  private struct Sums {
    var ledger: Int64 = 0
    var held: Int64 = 0
    var currency: Currency?
  }

  private var proof = Proof()
  private var accounts: [AccountID: Sums] = [:]
  private var cards: [PANToken: CardRecord] = [:]
  private var states: [AccountID: BalanceState] = [:]
  private var authorizations: UInt64 = 0
  private var entries: UInt64 = 0
  private var messages: UInt64 = 0
  /// The number that the next event must have.
  private var nextEvent: UInt64 = 1
  /// Accounts that an advice or a reversal may have left with less than nothing.
  private var forced: Set<AccountID> = []
  /// Payments with more than one message, as the journal leaves them.
  private var payments: [AuthorizationID: AuthorizationRecord] = [:]
  private var customers: Set<UserID> = []
  private var days = DayProver()
  /// Heads of the balances' chains of authorizations.
  private var newest: [AccountID: UInt64] = [:]

  /// Proves the books of a view against the journal up to the view's position.
  ///
  /// With `toEnd`, chain and checksums of the entries that the books do not hold yet are proven too.
  static func prove(
    _ books: BooksAccess,
    _ journal: any Journal,
    toEnd: Bool = false,
    progress: (UInt64, UInt64) -> Void = { _, _ in }
  ) throws(LedgerError) -> Proof {
    guard let state = try books.state() else { throw .damaged("the books have no state") }
    var prover = Prover()
    try prover.walk(journal, books, through: state, toEnd: toEnd, progress: progress)
    try prover.compare(books)
    return prover.proof
  }

  private mutating func walk(
    _ journal: any Journal,
    _ books: BooksAccess,
    through state: BooksState,
    toEnd: Bool,
    progress: (UInt64, UInt64) -> Void
  ) throws(LedgerError) {
    var next: UInt64 = 0
    var hash = Digest256.zero
    var time = Instant(microsecondsSinceEpoch: .min)
    let last = toEnd ? try journal.lastSequence() ?? 0 : state.applied
    var me = self
    try journal.read(from: 0) { (sequence, stored) throws(LedgerError) in
      guard sequence <= last else { return false }
      if sequence != next { me.proof.differ("journal entry \(next) is missing") }
      next = sequence + 1
      let entry: JournalEntry
      do throws(LedgerError) {
        entry = try JournalEntry(verifying: stored, at: sequence)
      } catch .damaged(let what) {
        me.proof.differ(what)
        return true
      }
      if entry.previous != hash {
        me.proof.differ("journal entry \(sequence) does not follow from the one before it")
      }
      if entry.time < time { me.proof.differ("journal entry \(sequence) goes back in time") }
      if entry.firstEvent != me.nextEvent {
        me.proof.differ(
          "journal entry \(sequence) numbers its events from \(entry.firstEvent) instead of "
            + "\(me.nextEvent)"
        )
      }
      me.nextEvent = entry.firstEvent
      hash = entry.hash
      time = entry.time
      progress(sequence, last)
      guard sequence <= state.applied else {
        me.proof.unpostedEntries += 1
        try entry.forEachEffect { if $0.isEvent { me.nextEvent &+= 1 } }
        return true
      }
      try entry.forEachEffect { (effect) throws(LedgerError) in
        if effect.isEvent { me.nextEvent &+= 1 }
        me.add(effect)
        switch effect {
        case .authorized(let record): try me.compare(record, books)
        case .entered(let entry): try me.compare(entry, books)
        default: break
        }
      }
      me.proof.entries += 1
      me.proof.effects += UInt64(entry.effectCount)
      if sequence == state.applied {
        me.proof.sequence = sequence
        me.proof.hash = hash
        me.proof.time = time
        if state.counters.event != me.nextEvent {
          me.proof.differ(
            "the books number the next event \(state.counters.event), the journal \(me.nextEvent)"
          )
        }
      }
      return true
    }
    self = me
    if next <= state.applied {
      proof.differ("the journal ends before entry \(state.applied), which the books hold")
    }
    if proof.hash != state.hash {
      proof.differ("the books name another chain head than the journal has")
    }
  }

  private mutating func add(_ effect: Effect) {
    switch effect {
    case .accountOpened(let id, let record):
      accounts[id, default: Sums()].currency = record.currency
    case .transferred(let transfer):
      move(transfer.amount.minorUnits, transfer.amount.currency, transfer.from, transfer.to)
    case .dayBegun(let day):
      days.add(day)
    case .authorized(let record):
      authorizations += 1
      days.add(record)
      messages += record.reason == .reversedBeforeArrival ? 0 : 1
      guard let balance = record.balance else { return }
      let user = AccountID(balance)
      newest[user] = record.id.number
      charge(
        record.held,
        record.booked,
        record.amount.currency,
        user,
        record.deposit,
        isForced: record.kind.isAdvice
      )
    case .entered(let entry):
      entries += 1
      guard entry.number > 0 else { return }
      messages += entry.message == nil ? 0 : 1
      days.add(entry)
      guard let balance = entry.balance else { return }
      charge(
        entry.heldChange,
        entry.bookedChange,
        entry.amount.currency,
        AccountID(balance),
        entry.deposit,
        isForced: entry.message?.kind.isAdvice ?? false || entry.bookedChange > .zero
      )
    case .originalAwaited, .messageAnswered:
      messages += 1
    case .cardIssued(let card, let detail):
      cards[detail.token] = card
    case .cardChanged(let change):
      cards[change.token]?.status = change.status
      cards[change.token]?.lock = change.lock
      cards[change.token]?.lockOrigin = change.lockOrigin
    case .balanceStateChanged(let id, let state):
      states[id] = state
    case .customerStored(let record, _):
      customers.insert(record.id)
    case .founded, .partnerCreated, .programCreated, .referenceBound, .requestAnswered,
      .settingChanged, .expiriesSwept:
      break
    }
  }

  /// What a payment or an entry holds and books: on the user's balance and on the deposit behind it.
  private mutating func charge(
    _ held: Money,
    _ booked: Money,
    _ currency: Currency,
    _ user: AccountID,
    _ partner: PartnerBalanceID?,
    isForced: Bool
  ) {
    let deposit = partner.map { AccountID(.deposit, $0.number) }
    for id in [user, deposit].compactMap({ $0 }) {
      if held != .zero { accounts[id, default: Sums()].held += held.minorUnits }
      if isForced { forced.insert(id) }
    }
    guard booked != .zero else { return }
    let settlement = AccountID(.settlement, currency)
    if let deposit {
      move(booked.minorUnits, currency, deposit, settlement)
      move(booked.minorUnits, currency, user, AccountID(.bank, currency))
    } else {
      move(booked.minorUnits, currency, user, settlement)
    }
  }

  private mutating func move(
    _ minorUnits: Int64,
    _ currency: Currency,
    _ from: AccountID,
    _ to: AccountID
  ) {
    accounts[from, default: Sums()].ledger -= minorUnits
    accounts[to, default: Sums()].ledger += minorUnits
    for id in [from, to] where accounts[id]?.currency == nil {
      accounts[id]?.currency = currency
    }
  }

  /// An entry must stand in the books as it was decided, its message be remembered, and its payment
  /// follow from the entry before.
  private mutating func compare(
    _ entry: PaymentEntry,
    _ books: BooksAccess
  ) throws(LedgerError) {
    let name = "entry \(entry.number) of authorization \(entry.payment)"
    do throws(LedgerError) {
      if try books.entry(EntryKey(payment: entry.payment, number: entry.number)) != entry {
        proof.differ("\(name) is not in the books as it was decided")
      }
      guard entry.number > 0 else { return }
      if let message = entry.message {
        let remembered = DuplicateRecord(
          target: .entry(entry.payment, entry.number),
          content: message.content
        )
        if try books.duplicate(message.key) != remembered {
          proof.differ("the message of \(name) is not remembered")
        }
      }
    } catch .damaged(let what) {
      proof.differ(what)
    }
    guard var record = payments[entry.payment] else {
      proof.differ("\(name) belongs to a payment that the books show without it")
      return
    }
    if entry.number != record.entryCount + 1
      || entry.standing.held != record.held + entry.heldChange
      || entry.standing.booked != record.booked + entry.bookedChange
    {
      proof.differ("\(name) does not follow from the one before it")
    }
    record.standing = entry.standing
    record.expires = entry.expires
    record.flags = entry.flags
    record.deposit = entry.deposit
    record.entryCount = entry.number
    payments[entry.payment] = record
  }

  /// An authorization must stand in the books as it was decided, and its message be remembered.
  private mutating func compare(
    _ record: AuthorizationRecord,
    _ books: BooksAccess
  ) throws(LedgerError) {
    do throws(LedgerError) {
      if let stored = try books.authorization(record.id), stored.entryCount > 0 {
        payments[record.id] = record
      } else if try books.authorization(record.id) != record {
        proof.differ("authorization \(record.id) is not in the books as it was decided")
      }
      let remembered = DuplicateRecord(target: .payment(record.id), content: record.content)
      if try books.duplicate(record.key) != remembered {
        proof.differ("the message of authorization \(record.id) is not remembered")
      }
    } catch .damaged(let what) {
      proof.differ(what)
    }
  }

  private mutating func compare(_ books: BooksAccess) throws(LedgerError) {
    var me = self
    var sums: [Currency: Proof.CurrencyProof] = [:]
    var stored = 0
    var totals: [TotalKey: (ledger: Int64, accounts: UInt64)] = [:]
    try books.access.walk(books.schema.accounts, from: .first) { (key, value) throws(LedgerError) in
      guard key.count == 8 else { throw .damaged("an account key has \(key.count) bytes") }
      let id = AccountID(word: key.loadUnaligned(as: UInt64.self))
      stored += 1
      let record: AccountRecord
      do throws(LedgerError) {
        record = try AccountRecord(stored: value)
      } catch .damaged(let what) {
        me.proof.differ("account \(id.word): \(what)")
        return true
      }
      let expected = me.accounts[id] ?? Sums()
      if me.accounts[id] == nil { me.proof.differ("account \(id.word) is in no journal entry") }
      if expected.ledger != record.ledger.minorUnits || expected.held != record.held.minorUnits {
        me.proof.differ(
          "account \(id.word) has \(record.ledger.minorUnits) booked and "
            + "\(record.held.minorUnits) held; the journal gives \(expected.ledger) and "
            + "\(expected.held)"
        )
      }
      if expected.currency != record.currency {
        me.proof.differ("account \(id.word) has another currency than the journal gives")
      }
      if record.state != me.states[id] ?? .active {
        me.proof.differ("account \(id.word) is \(record.state.name) against the journal")
      }
      if record.kind == .user, record.newestAuthorization != me.newest[id] ?? 0 {
        me.proof.differ(
          "account \(id.word) has another newest authorization than the journal gives"
        )
      }
      // Damaged numbers may be of any size, so nothing here may overflow into a trap.
      let mayBeNegative = record.kind.rawValue >= AccountKind.feeIncome.rawValue
      if !mayBeNegative, record.ledger < record.held, !me.forced.contains(id) {
        me.proof.differ("account \(id.word) has a negative available balance")
      }
      if record.held < .zero { me.proof.differ("account \(id.word) holds a negative sum") }
      var sum =
        sums[record.currency]
        ?? Proof.CurrencyProof(
          currency: record.currency,
          ledger: [:],
          usersHeld: .zero,
          depositsHeld: .zero,
          sum: .zero
        )
      sum.ledger[record.kind, default: .zero].addWrapping(record.ledger)
      sum.sum.addWrapping(record.ledger)
      if record.kind == .user { sum.usersHeld.addWrapping(record.held) }
      if record.kind == .deposit { sum.depositsHeld.addWrapping(record.held) }
      sums[record.currency] = sum
      let total = TotalKey(kind: record.kind, currency: record.currency)
      totals[total, default: (0, 0)].ledger &+= record.ledger.minorUnits
      totals[total, default: (0, 0)].accounts += 1
      return true
    }
    if stored != me.accounts.count {
      me.proof.differ("the books have \(stored) accounts, the journal gives \(me.accounts.count)")
    }
    for (currency, sum) in sums where sum.sum != .zero {
      me.proof.differ("the accounts in \(currency) add up to \(sum.sum.minorUnits) instead of 0")
    }
    let storedTotals = try books.totals()
    for key in totals.keys where storedTotals[key] == nil {
      me.proof.differ("the total of \(key.kind.name) in \(key.currency) is not maintained")
    }
    for (key, total) in storedTotals {
      let expected = totals[key] ?? (0, 0)
      if expected.ledger != total.ledger.minorUnits || expected.accounts != total.accounts {
        me.proof.differ(
          "the maintained total of \(key.kind.name) in \(key.currency) is \(total.ledger.minorUnits)"
            + " over \(total.accounts) accounts; the accounts give \(expected.ledger) over "
            + "\(expected.accounts)"
        )
      }
    }
    try me.compareRest(books)
    let settled = me.accounts
    for difference in try days.differences(
      books,
      settled: {
        settled[AccountID(.settlement, $0)]?.ledger ?? 0
      }
    ) {
      me.proof.differ(difference)
    }
    me.proof.currencies = sums.values.sorted { $0.currency.code < $1.currency.code }
    self = me
  }

  private mutating func compareRest(_ books: BooksAccess) throws(LedgerError) {
    var me = self
    for (id, expected) in payments where try books.authorization(id) != expected {
      me.proof.differ("authorization \(id) is not in the books as its entries left it")
    }
    var storedCards = 0
    try books.access.walk(books.schema.cards, from: .first) { (key, value) throws(LedgerError) in
      guard key.count == 16 else { throw .damaged("a card key has \(key.count) bytes") }
      let token = PANToken(
        high: UInt64(bigEndian: key.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: key.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
      storedCards += 1
      let record: CardRecord
      do throws(LedgerError) {
        record = try CardRecord(stored: value)
      } catch .damaged(let what) {
        me.proof.differ("a card: \(what)")
        return true
      }
      guard let expected = me.cards[token] else {
        me.proof.differ("card \(record.card) is in no journal entry")
        return true
      }
      if expected.status != record.status || expected.lock != record.lock {
        me.proof.differ("card \(expected.card) has another state or lock than the journal gives")
      } else if expected != record {
        me.proof.differ("card \(expected.card) is not what the journal gives")
      }
      return true
    }
    if storedCards != me.cards.count {
      me.proof.differ("the books have \(storedCards) cards, the journal gives \(me.cards.count)")
    }
    for (what, stored, expected) in [
      ("authorizations", try books.access.count(books.schema.authorizations), me.authorizations),
      ("entries of payments", try books.access.count(books.schema.entries), me.entries),
      ("remembered messages", try books.access.count(books.schema.duplicates), me.messages),
      ("users", try books.access.count(books.schema.customers), UInt64(me.customers.count)),
    ] where UInt64(stored) != expected {
      me.proof.differ("the books have \(stored) \(what), the journal gives \(expected)")
    }
    self = me
  }
}

extension Money {
  /// Adds and wraps around: a wrong sum is told, a trap tells nothing.
  fileprivate mutating func addWrapping(_ other: Money) { minorUnits &+= other.minorUnits }
}
