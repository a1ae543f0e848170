public import Authorization
import CLMDB
import CThreads
import Cryptography
import Foundation
import Synchronization
public import Telemetry

/// The ledger of one data directory: journal, books, the writer and the poster.
///
/// Everything that changes goes through `submit` or `perform`; everything that reads the books goes
/// through `read`.
public final class Ledger: Sendable {
  /// How a ledger is opened.
  public struct Settings: Sendable {
    /// The data directory, made when missing.
    public var directory: String
    /// The fingerprint of the vault key that card numbers are sealed under.
    public var vaultFingerprint: String
    /// Where time comes from.
    public var clock: LedgerClock = .system
    /// What a new directory keeps its journal in, `.lmdb` unless said; an existing directory keeps the
    /// kind that it was made with, and refuses another.
    public var journal: JournalKind?
    /// The size of a file of a journal of kind `.log`, in bytes.
    var journalSegmentBytes = 256 << 20
    /// How far the journal may grow, in bytes; address space, not memory.
    public var journalMapBytes = 1 << 36
    /// How far the books may grow, in bytes; address space, not memory.
    public var booksMapBytes = 1 << 36
    /// Cards, and as many balances, that the writer keeps in memory: about 140 bytes each pair, taken
    /// as they come.
    public var cachedCards = 1 << 24
    /// How many records may be decided and not yet posted before the writer waits for the poster; `nil`
    /// leaves it to the number of accounts.
    var unpostedRecords: Int?
    /// Called once, on any thread, when the ledger has stopped because of a fault.
    public var fault: @Sendable (LedgerError) -> Void = { _ in }

    /// Settings for a directory.
    public init(directory: String, vaultFingerprint: String) {
      self.directory = directory
      self.vaultFingerprint = vaultFingerprint
    }
  }

  let journal: any Journal
  let books: LMDBEnvironment
  private let schema: Schema
  private let queue: CommandQueue
  let writer: LedgerWriter
  private let poster: LedgerPoster
  private let keeper: JournalKeeper
  private let metrics: LedgerMetrics
  /// Whether authorizations come.
  public let traffic = AuthorizationTraffic()
  private let stopped: Mutex<Bool>
  private let clock: LedgerClock
  /// Where the search for holds that have run out is.
  let holdSweep = HoldSweep()
  /// When the last entry before this start was written.
  public let lastEntryTime: Instant
  private let finished: DispatchGroup
  /// The last to go: until the files are closed nobody else may open them.
  private let directory: DataDirectory

  /// Opens a directory, brings its books up to its journal, and starts the threads.
  /// - Throws: `LedgerError`; the directory is then as it was.
  public convenience init(
    _ settings: Settings,
    metrics: LedgerMetrics,
    progress: (_ posted: UInt64, _ of: UInt64) -> Void = { _, _ in }
  ) throws(LedgerError) {
    let parts = try Self.open(settings, metrics, progress)
    self.init(settings, metrics, parts)
  }

  private struct Parts {
    let directory: DataDirectory
    let journal: any Journal
    let books: LMDBEnvironment
    let schema: Schema
    let state: BooksState
    let catalog: Catalog
    let cache: WorkingSet.Cache
    let bounds: UnpostedBounds
  }

  private init(_ settings: Settings, _ metrics: LedgerMetrics, _ parts: Parts) {
    directory = parts.directory
    journal = parts.journal
    books = parts.books
    schema = parts.schema
    self.metrics = metrics
    clock = settings.clock
    lastEntryTime = parts.state.time
    queue = CommandQueue()
    stopped = Mutex(false)
    finished = DispatchGroup()
    let queue = queue
    // The first fault stops the queue; a second one on the other thread adds nothing.
    let faulted = OneShot()
    let fault: @Sendable (LedgerError) -> Void = { error in
      queue.close()
      if faulted.take() { settings.fault(error) }
    }
    poster = LedgerPoster(
      books: parts.books,
      schema: parts.schema,
      applied: parts.state.applied,
      metrics: metrics,
      traffic: traffic,
      wakeWriter: { queue.poke() },
      fault: fault
    )
    keeper = JournalKeeper(journal: parts.journal)
    writer = LedgerWriter(
      queue: queue,
      journal: parts.journal,
      books: parts.books,
      schema: parts.schema,
      poster: poster,
      keeper: keeper,
      clock: settings.clock,
      metrics: metrics,
      traffic: traffic,
      catalog: parts.catalog,
      state: parts.state,
      cache: parts.cache,
      bounds: parts.bounds,
      fault: fault
    )
    start("ledger-writer", isUrgent: true, writer.run)
    start("ledger-poster", isUrgent: false, poster.run)
    start("ledger-keeper", isUrgent: false, keeper.run)
  }

  private func start(
    _ name: String,
    isUrgent: Bool,
    _ body: @escaping @Sendable () -> Void
  ) {
    let finished = finished
    let work = ThreadWork(body, holding: directory)
    finished.enter()
    let thread = Thread {
      thread_set_name(name)
      if isUrgent {
        thread_prefer_short_turns(LedgerLimits.urgentTurnNanoseconds)
      } else {
        thread_be_nice(LedgerLimits.unhurriedNice)
      }
      work.run()
      finished.leave()
    }
    thread.stackSize = 1 << 20
    thread.start()
  }

  deinit {
    // Threads of a ledger that was dropped without `stop` end by themselves, without its wait.
    queue.close()
    keeper.stop()
  }

  private static func open(
    _ settings: Settings,
    _ metrics: LedgerMetrics,
    _ progress: (UInt64, UInt64) -> Void
  ) throws(LedgerError) -> Parts {
    let directory = try DataDirectory(path: settings.directory, create: true)
    let journal = try openJournal(settings, directory)
    if try journal.lastSequence() == nil {
      guard !directory.hasBooks else {
        throw .damaged("\(directory.journalPath) is empty and there are books")
      }
      try found(settings, journal, directory)
    }
    try verifyGenesis(journal, settings)
    guard let last = try journal.lastSequence() else { throw .damaged("the journal is empty") }

    let books = try LMDBEnvironment(
      path: directory.booksPath,
      mapBytes: settings.booksMapBytes,
      tables: Schema.tableCount,
      durability: .lastTransactionsMayBeLost
    )
    // Before anything is written: books of another release or journal stay as they are.
    var state = try Books.existingState(books)
    if let state { try verify(state, journal, last) }
    let schema = try openSchema(books)
    try directory.flush()

    let layer = WorkingSet.Layer()
    while state?.applied != last {
      let posted = try Books.replay(
        journal: journal,
        books: books,
        schema: schema,
        through: last,
        layer: layer
      )
      metrics.posted.add(UInt64(posted.effects))
      progress(posted.through, last)
      state = try readState(books, schema)
    }
    guard let state else { throw .damaged("the books have no state") }
    let cache = WorkingSet.Cache(count: settings.cachedCards)
    BooksWarmUp.run(books, schema, balances: state.counters.balance)
    try fill(cache, books, schema)
    return Parts(
      directory: directory,
      journal: journal,
      books: books,
      schema: schema,
      state: state,
      catalog: try loadCatalog(books, schema),
      cache: cache,
      bounds: try bounds(settings, books, schema)
    )
  }

  private static func bounds(
    _ settings: Settings,
    _ books: LMDBEnvironment,
    _ schema: Schema
  ) throws(LedgerError) -> UnpostedBounds {
    if let asked = settings.unpostedRecords { return UnpostedBounds(most: asked) }
    let transaction = try books.read()
    return UnpostedBounds(accounts: try transaction.access.count(schema.accounts))
  }

  private static func fill(
    _ cache: WorkingSet.Cache,
    _ books: LMDBEnvironment,
    _ schema: Schema
  ) throws(LedgerError) {
    let transaction = try books.read()
    try cache.fill(from: BooksAccess(access: transaction.access, schema: schema))
  }

  private static func openJournal(
    _ settings: Settings,
    _ directory: DataDirectory
  ) throws(LedgerError) -> any Journal {
    if let asked = settings.journal, let kept = directory.journalKind, asked != kept {
      throw .directoryUnusable(
        path: directory.path,
        reason: "its journal is of kind \(kept.rawValue) and the setting asks for "
          + "\(asked.rawValue); name \(kept.rawValue) or nothing, or another directory"
      )
    }
    switch directory.journalKind ?? settings.journal ?? .lmdb {
    case .lmdb:
      return try LMDBJournal(path: directory.journalPath, mapBytes: settings.journalMapBytes)
    case .log:
      return try LogFileJournal(
        LogFileJournal.Layout(
          directory: directory.journalPath,
          segmentBytes: settings.journalSegmentBytes,
          limitBytes: settings.journalMapBytes
        )
      )
    }
  }

  /// Whether a ledger was founded in a directory, or had begun to be.
  public static func exists(in directory: String) -> Bool {
    !DataDirectory.journalKinds(in: directory).isEmpty
  }

  /// Writes the first entry of a new journal.
  private static func found(
    _ settings: Settings,
    _ journal: any Journal,
    _ directory: DataDirectory
  ) throws(LedgerError) {
    let entry = JournalEntryBuilder(capacity: 4096)
    entry.begin(firstEvent: Counters().event)
    Effect.founded(vaultFingerprint: settings.vaultFingerprint).append(to: entry)
    for group in MerchantGroup.usual {
      Effect.settingChanged(.merchantGroup(group.name), .merchantGroup(group)).append(to: entry)
    }
    let (bytes, _) = entry.seal(sequence: 0, time: settings.clock.now(), previous: .zero)
    try journal.append(sequence: 0, bytes)
    try directory.flush()
  }

  private static func verifyGenesis(
    _ journal: any Journal,
    _ settings: Settings
  ) throws(LedgerError) {
    var fingerprint: String?
    try journal.read(from: 0) { (sequence, bytes) throws(LedgerError) in
      let entry = try JournalEntry(verifying: bytes, at: 0)
      try entry.forEachEffect { (effect) throws(LedgerError) in
        if case .founded(let found) = effect { fingerprint = found }
      }
      return false
    }
    guard let fingerprint else { throw .damaged("the journal does not begin with its founding") }
    guard fingerprint == settings.vaultFingerprint else { throw .otherVaultKey }
  }

  private static func openSchema(_ books: LMDBEnvironment) throws(LedgerError) -> Schema {
    let transaction = try books.write()
    let schema = try Schema(transaction.access, create: true)
    try transaction.commit()
    return schema
  }

  private static func readState(
    _ books: LMDBEnvironment,
    _ schema: Schema
  ) throws(LedgerError) -> BooksState? {
    let transaction = try books.read()
    return try BooksAccess(access: transaction.access, schema: schema).state()
  }

  /// The books must have come from this journal.
  private static func verify(
    _ state: BooksState,
    _ journal: any Journal,
    _ last: UInt64
  ) throws(LedgerError) {
    guard state.applied <= last else {
      throw .damaged("the books hold entry \(state.applied), the journal ends at \(last)")
    }
    try journal.read(from: state.applied) { (sequence, bytes) throws(LedgerError) in
      let entry = try JournalEntry(verifying: bytes, at: state.applied)
      guard entry.hash == state.hash else {
        throw .damaged("the books were posted from another journal")
      }
      return false
    }
  }

  private static func loadCatalog(
    _ books: LMDBEnvironment,
    _ schema: Schema
  ) throws(LedgerError) -> Catalog {
    let transaction = try books.read()
    let access = transaction.access
    var catalog = Catalog()
    try access.walk(schema.programs, from: .first) { (_, value) throws(LedgerError) in
      catalog.add(try ProgramRecord(stored: value))
      return true
    }
    try access.walk(schema.settings, from: .first) { (_, value) throws(LedgerError) in
      switch try SettingRecord(stored: value) {
      case .merchantGroup(let group): catalog.add(.merchantGroup(group.name), .merchantGroup(group))
      case .exchangeRate(let rate):
        catalog.add(.exchangeRate(from: rate.from, to: rate.to), .exchangeRate(rate))
      case .removed: break
      }
      return true
    }
    try access.walk(schema.networkDays, from: .first) { (_, value) throws(LedgerError) in
      catalog.days.add(try NetworkDay(stored: value))
      return true
    }
    let space = ReferenceKey.Space.partnerBalance.rawValue
    try access.walk(schema.references, from: .atOrAfter([space])) {
      (key, value) throws(LedgerError) in
      guard key.first == space else { return false }
      catalog.add(ReferenceKey(bytes: Array(key)), try ReferenceRecord(stored: value))
      return true
    }
    return catalog
  }

  // MARK: Changing

  /// Registers where outcomes of submitted requests go.
  public func register(_ inbox: any OutcomeInbox) -> InboxID { writer.register(inbox) }

  /// Queues a request; its outcome goes to the inbox under the ticket.
  ///
  /// - Parameters:
  ///   - request: what the network asks.
  ///   - inbox: where the outcome goes.
  ///   - ticket: the caller's name for the request.
  ///   - deadline: a request that is still waiting then is not decided.
  /// - Returns: `false` when the queue is full or closed; nothing was and nothing will be done.
  public func submit(
    _ request: AuthorizationRequest,
    to inbox: InboxID,
    ticket: UInt64,
    deadline: MonotonicTime
  ) -> Bool {
    withUnsafeTemporaryAllocation(of: AuthorizationRequest.self, capacity: 1) { memory in
      guard let place = memory.baseAddress else { preconditionFailure("memory has an address") }
      place.initialize(to: request)
      return submit(moving: place, to: inbox, ticket: ticket, deadline: deadline)
    }
  }

  /// Queues a request as above.
  ///
  /// - Parameters:
  ///   - request: memory that holds the request; it is moved out, whatever the result, and the memory
  ///     is left without a value.
  ///   - inbox: where the outcome goes.
  ///   - ticket: the caller's name for the request.
  ///   - deadline: a request that is still waiting then is not decided.
  /// - Returns: `false` when the queue is full or closed; nothing was and nothing will be done.
  public func submit(
    moving request: UnsafeMutablePointer<AuthorizationRequest>,
    to inbox: InboxID,
    ticket: UInt64,
    deadline: MonotonicTime
  ) -> Bool {
    let queued = queue.submit(
      QueuedAuthorization(
        request: request.move(),
        inbox: inbox,
        ticket: ticket,
        deadline: deadline,
        queued: .now()
      )
    )
    if !queued { metrics.refusedFull.add() }
    return queued
  }

  /// Registers a network, at most 255 of them; the same name has the same number.
  ///
  /// From the next batch on it has a business day: the one that its last cut-over began, or the
  /// calendar's, in UTC, before the first.
  public func register(network name: String) -> NetworkID { writer.register(network: name) }

  /// Queues a cut-over behind every request that waits; the outcome goes to the inbox when the new day
  /// is durable: 8000, or 9100 for a day that cannot be (`BusinessDayState.cutOver`).
  ///
  /// - Returns: `false` when too many wait or the ledger has stopped; nothing was and nothing will be
  ///   done.
  public func submit(
    _ cutOver: CutOver,
    of network: NetworkID,
    to inbox: InboxID,
    ticket: UInt64
  ) -> Bool {
    queue.submit(QueuedCutOver(cutOver, of: network, to: inbox, ticket: ticket))
  }

  /// The business day of a network; the calendar's, in UTC, before its first cut-over.
  public func businessDay(of network: String) -> BusinessDay {
    let newest = writer.businessDay(of: network)
    let calendar = BusinessDay(of: clock.now())
    guard let newest else { return calendar }
    return newest.cutOver == nil ? max(newest.day, calendar) : newest.day
  }

  /// Executes a management command; returns when its effects are durable.
  public func perform(
    _ command: ManagementCommand,
    identity: RequestIdentity? = nil
  ) async throws(LedgerError) -> CommandOutcome {
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<CommandOutcome, LedgerError>, Never>) in
      do throws(LedgerError) {
        try submit(command, identity: identity) { continuation.resume(returning: $0) }
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    return try result.get()
  }

  /// Queues a management command: commands are executed in the order in which they were submitted,
  /// so several that depend on one another can be under way at once.
  ///
  /// - Parameters:
  ///   - command: what to do.
  ///   - identity: names the request, so that a second try gets the first answer.
  ///   - reply: called once, on the writer's thread, when the effects are durable or the command has
  ///     failed; must be quick.
  /// - Throws: `LedgerError.busy` or `.stopped`; nothing was and nothing will be done, and `reply` is
  ///   not called.
  public func submit(
    _ command: ManagementCommand,
    identity: RequestIdentity? = nil,
    reply: @escaping @Sendable (Result<CommandOutcome, LedgerError>) -> Void
  ) throws(LedgerError) {
    try queue.submit(QueuedCommand(command: command, identity: identity, reply: reply))
  }

  // MARK: Reading

  /// Reads the books as of now: at least as new as every answer that anybody has got.
  ///
  /// Does not wait until the books are that new: what is not posted comes from the writer, in its turn.
  /// A read of a list waits while the list itself has changes that are not posted.
  ///
  /// - Parameter body: reads at once and keeps no part of the view; may be called several times, of
  ///   which only the last counts.
  /// - Returns: what `body` returns.
  /// - Throws: `LedgerError`: what `body` throws, `stopped` when the books will never be that new.
  public func read<Value>(
    _ body: (BooksView) throws(LedgerError) -> Value
  ) async throws(LedgerError) -> Value {
    let durable = writer.durable.load(ordering: .acquiring)
    let listed = writer.listed.load(ordering: .acquiring)
    guard poster.applied.load(ordering: .acquiring) < durable else {
      return try readBooks(nil, body)
    }
    let newest = NewestRecords()
    for _ in 0..<LedgerLimits.readRounds {
      // Before the view is opened, so that the view shows at least that much.
      let applied = poster.applied.load(ordering: .acquiring)
      let result = attempt(newest, body)
      if newest.needsPosted { break }
      let query = newest.query
      let showsLists = !newest.readsLists || applied >= listed
      if showsLists, query == nil { return try result.get() }
      if !showsLists { try await waitUntilPosted(listed) }
      if let query {
        guard let answer = try await ask(query) else { break }
        newest.learn(answer)
      }
    }
    try await waitUntilPosted(durable)
    return try readBooks(nil, body)
  }

  /// Reads the posted books, as of now.
  func readPosted<Value>(
    _ body: (BooksView) throws(LedgerError) -> Value
  ) async throws(LedgerError) -> Value {
    try await waitUntilPosted(writer.durable.load(ordering: .acquiring))
    return try readBooks(nil, body)
  }

  private func readBooks<Value>(
    _ newest: NewestRecords?,
    _ body: (BooksView) throws(LedgerError) -> Value
  ) throws(LedgerError) -> Value {
    let transaction = try books.read()
    let access = BooksAccess(access: transaction.access, schema: schema)
    return try body(BooksView(books: NewestBooks(posted: access, newest: newest)))
  }

  /// One round of a read: what comes out counts only when nothing is left to ask.
  private func attempt<Value>(
    _ newest: NewestRecords,
    _ body: (BooksView) throws(LedgerError) -> Value
  ) -> Result<Value, LedgerError> {
    do throws(LedgerError) { return .success(try readBooks(newest, body)) } catch {
      return .failure(error)
    }
  }

  /// Asks the writer; `nil` when it has ended and everything gets posted.
  private func ask(_ query: UnpostedQuery) async throws(LedgerError) -> UnpostedAnswer? {
    let result = await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<UnpostedAnswer, LedgerError>, Never>) in
      do throws(LedgerError) {
        try queue.submit(QueuedRead(query: query) { continuation.resume(returning: $0) })
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    if case .failure(.stopped) = result { return nil }
    return try result.get()
  }

  private func waitUntilPosted(_ sequence: UInt64) async throws(LedgerError) {
    guard poster.applied.load(ordering: .acquiring) < sequence else { return }
    let posted = await withCheckedContinuation { continuation in
      poster.whenPosted(sequence) { continuation.resume(returning: $0) }
    }
    guard posted else { throw .stopped }
  }

  /// Reads the books as they are posted, which is a moment behind what was answered; waits for nothing.
  func glance<Value>(
    _ body: (BooksAccess) throws(LedgerError) -> Value
  ) throws(LedgerError) -> Value {
    let transaction = try books.read()
    return try body(BooksAccess(access: transaction.access, schema: schema))
  }

  /// The present instant of the ledger's clock.
  public var now: Instant { clock.now() }

  /// Proves the books against the journal over a frozen view, while everything else goes on.
  ///
  /// Takes time and memory in proportion to accounts and journal; call it off the event loops.
  public func prove() async throws(LedgerError) -> Proof {
    let journal = journal
    return try await readPosted { (view) throws(LedgerError) in
      try Prover.prove(view.books.posted, journal)
    }
  }

  /// The last durable entry and the last posted one.
  public var positions: (durable: UInt64, posted: UInt64) {
    (writer.durable.load(ordering: .acquiring), poster.applied.load(ordering: .acquiring))
  }

  /// Bytes used and available in both files, and open readers of the books.
  public var usage:
    (journalBytes: Int, journalLimit: Int, booksBytes: Int, booksLimit: Int, readers: Int)
  {
    let journal = journal.usage
    let books = books.usage
    return (
      journal.usedBytes, journal.limitBytes, books.usedBytes, books.mapBytes, books.readers
    )
  }

  /// Requests that wait for the writer.
  public var queueDepth: Int { queue.depth }

  /// Whether commands are taken.
  public var isServing: Bool { !stopped.withLock { $0 } && !queue.isClosed }

  // MARK: Ending

  /// Refuses new work, finishes what waits, posts it, and ends the threads.
  public func stop() {
    let first = stopped.withLock { stopped in
      defer { stopped = true }
      return !stopped
    }
    guard first else { return }
    queue.close()
    // The writer ends when its queue is empty and lets the poster end behind it.
    writer.waitUntilFinished()
    keeper.stop()
    _ = finished.wait(timeout: .now() + .seconds(LedgerLimits.stopSeconds))
  }

  /// Proves a data directory that no daemon uses; nothing in it is changed.
  /// - Throws: `LedgerError` when it cannot be read at all.
  public static func check(
    directory path: String,
    progress: (_ entry: UInt64, _ of: UInt64) -> Void = { _, _ in }
  ) throws(LedgerError) -> Proof {
    let directory = try DataDirectory(path: path, create: false)
    let journal: any Journal
    switch directory.journalKind {
    case .lmdb, nil:
      journal = try LMDBJournal(path: directory.journalPath, mapBytes: 1 << 40, readOnly: true)
    case .log:
      journal = try LogFileJournal(
        LogFileJournal.Layout(directory: directory.journalPath, limitBytes: .max),
        readOnly: true
      )
    }
    let books = try LMDBEnvironment(
      path: directory.booksPath,
      mapBytes: 1 << 38,
      tables: Schema.tableCount,
      durability: .lastTransactionsMayBeLost,
      readOnly: true
    )
    let transaction = try books.read()
    let schema = try Schema(transaction.access, create: false)
    let access = BooksAccess(access: transaction.access, schema: schema)
    return try withExtendedLifetime(directory) { () throws(LedgerError) in
      try Prover.prove(access, journal, toEnd: true, progress: progress)
    }
  }
}

/// What a thread does.
///
/// Before the thread counts as finished it lets go of everything: LMDB does not bear a file that is
/// opened again in this process while its old environment is still open.
private final class ThreadWork: @unchecked Sendable {
  private var body: (@Sendable () -> Void)?
  /// Kept locked while the thread runs, whoever forgets the ledger.
  private var directory: DataDirectory?

  init(_ body: @escaping @Sendable () -> Void, holding directory: DataDirectory) {
    self.body = body
    self.directory = directory
  }

  func run() {
    body?()
    body = nil
    directory = nil
  }
}

/// Lets one caller through.
private final class OneShot: Sendable {
  private let taken = Mutex(false)

  func take() -> Bool {
    taken.withLock { taken in
      defer { taken = true }
      return !taken
    }
  }
}
