import Authorization
import Cryptography
import Foundation
import Synchronization
import Telemetry

/// The one thread that changes anything: takes what has queued up, decides it, makes all of it durable
/// with one commit, then releases the answers.
final class LedgerWriter: @unchecked Sendable {
  private let queue: CommandQueue
  private let journal: any Journal
  private let books: LMDBEnvironment
  private let schema: Schema
  private let poster: LedgerPoster
  private let keeper: JournalKeeper
  private let clock: LedgerClock
  private let metrics: LedgerMetrics
  private let traffic: AuthorizationTraffic
  private let bounds: UnpostedBounds
  private let fault: @Sendable (LedgerError) -> Void
  private let inboxes = Mutex<[any OutcomeInbox]>([])
  /// The networks' names, at their numbers; 0 is none.
  private let networks = Mutex<[String]>([""])
  /// How many networks are registered, for a look without the lock.
  private let networkCount = Atomic(0)
  /// The newest durable business day of each network.
  private let businessDays = Mutex<[String: NetworkDay]>([:])

  /// The last entry that is durable.
  let durable: Atomic<UInt64>
  /// The last durable entry that changed a list (`Effect.changesLists`).
  let listed: Atomic<UInt64>
  /// The last durable event; 0 while there is none.
  let lastEvent: Atomic<UInt64>

  private let finished = DispatchSemaphore(value: 0)

  // The state below belongs to the writer's thread.
  private let cache: WorkingSet.Cache
  private let entry = JournalEntryBuilder()
  private var catalog: Catalog
  private var sequence: UInt64
  private var hash: Digest256
  private var time: Instant
  /// When the last entry was written.
  private var entryTime: Instant
  /// Approvals that the metrics do not count yet: to count is an atomic operation, which waits for
  /// every write to memory that is under way.
  @exclusivity(unchecked) private var approvedUncounted: UInt64 = 0
  /// What the overlay's newest layer holds.
  private var effectsInYoungLayer = 0
  /// Whether the entry that is being made changes a list.
  private var changesLists = false
  /// Whether it begins business days.
  private var changesDays = false

  init(
    queue: CommandQueue,
    journal: any Journal,
    books: LMDBEnvironment,
    schema: Schema,
    poster: LedgerPoster,
    keeper: JournalKeeper,
    clock: LedgerClock,
    metrics: LedgerMetrics,
    traffic: AuthorizationTraffic,
    catalog: Catalog,
    state: BooksState,
    cache: WorkingSet.Cache,
    bounds: UnpostedBounds,
    fault: @escaping @Sendable (LedgerError) -> Void
  ) {
    self.queue = queue
    self.journal = journal
    self.books = books
    self.schema = schema
    self.poster = poster
    self.keeper = keeper
    self.clock = clock
    self.metrics = metrics
    self.traffic = traffic
    self.cache = cache
    self.bounds = bounds
    self.catalog = catalog
    self.fault = fault
    sequence = state.applied
    hash = state.hash
    time = state.time
    entryTime = state.time
    durable = Atomic(state.applied)
    listed = Atomic(state.applied)
    lastEvent = Atomic(state.counters.event - 1)
    let days = catalog.days.all
    businessDays.withLock { $0 = days }
  }

  func register(_ inbox: any OutcomeInbox) -> InboxID {
    inboxes.withLock { inboxes in
      precondition(inboxes.count < Int(UInt16.max), "there are more inboxes than numbers for them")
      inboxes.append(inbox)
      return InboxID(index: UInt16(inboxes.count - 1))
    }
  }

  /// The number of a network; the same for the same name.
  func register(network name: String) -> NetworkID {
    networks.withLock { networks in
      if let known = networks.dropFirst().firstIndex(of: name) { return NetworkID(UInt8(known)) }
      precondition(networks.count <= LedgerLimits.networks, "there are more networks than numbers")
      networks.append(name)
      networkCount.store(networks.count - 1, ordering: .releasing)
      return NetworkID(UInt8(networks.count - 1))
    }
  }

  /// The newest durable business day of a network; `nil` before its first message.
  func businessDay(of network: String) -> NetworkDay? {
    businessDays.withLock { $0[network] }
  }

  /// The body of the writer's thread: returns when the queue is closed and empty, or on a fault.
  func run() {
    defer {
      poster.stop()
      finished.signal()
    }
    do throws(LedgerError) {
      try serve()
    } catch {
      // Whether the batch is durable is known only after the journal has been read again, so none of
      // its requests was or will be answered. What waits behind it is refused.
      queue.close()
      refuseWaiting()
      fault(error)
    }
  }

  /// Waits until `run` has returned; for one caller.
  func waitUntilFinished() { finished.wait() }

  private func refuseWaiting() {
    var requests: [QueuedAuthorization] = []
    var cutOvers: [QueuedCutOver] = []
    var commands: [QueuedCommand] = []
    var reads: [QueuedRead] = []
    while queue.take(&requests, &cutOvers, &commands, takesCommands: true) {
      queue.take(&reads)
      for read in reads { read.reply(.failure(.stopped)) }
      for command in commands { command.reply(.failure(.stopped)) }
      var outcomes = OutcomeBatches(count: inboxes.withLock { $0.count })
      for request in requests {
        outcomes.append(
          Self.undecided(request.ticket, .tooOld, .issuerInoperative, time),
          to: request.inbox
        )
      }
      for cutOver in cutOvers {
        outcomes.append(
          Self.undecided(cutOver.ticket, .tooOld, .issuerInoperative, time),
          to: cutOver.inbox
        )
      }
      deliver(&outcomes)
    }
  }

  private func serve() throws(LedgerError) {
    let view = try books.read()
    let set = try WorkingSet(
      base: BooksAccess(access: view.access, schema: schema),
      cache: cache,
      keptInTable: bounds.keptInTable
    )
    var requests: [QueuedAuthorization] = []
    var cutOvers: [QueuedCutOver] = []
    var commands: [QueuedCommand] = []
    var reads: [QueuedRead] = []
    while true {
      try renew(view, set)
      if poster.isWaitingForLayer.load(ordering: .acquiring)
        || set.count > bounds.handedOver
      {
        handOver(set)
      }
      if set.count > bounds.beforeHaste { poster.makeHaste() }
      try waitForPoster(view, set)
      let takesCommands = set.count < bounds.beforeCommandsWait
      guard queue.take(&requests, &cutOvers, &commands, takesCommands: takesCommands) else {
        break
      }
      do throws(LedgerError) {
        try execute(requests, cutOvers, commands, set)
      } catch {
        // A caller of a command waits for nothing else; a network repeats its request by itself.
        for command in commands { command.reply(.failure(.stopped)) }
        throw error
      }
      // Behind the answers: whatever the set holds here is durable.
      queue.take(&reads)
      for read in reads { answer(read, set) }
    }
    while effectsInYoungLayer > 0 {
      try renew(view, set)
      handOver(set)
      if effectsInYoungLayer > 0 { try waitForPosting(set) }
    }
  }

  /// Lets the view see what has been posted, and drops that from the overlay.
  private func renew(
    _ view: borrowing ReadTransaction,
    _ set: WorkingSet
  ) throws(LedgerError) {
    // Read before the view moves on, so that the view holds at least that much.
    let applied = poster.applied.load(ordering: .acquiring)
    try view.renew()
    set.dropPosted(applied: applied)
    metrics.unposted.set(Int64(set.count))
  }

  /// Gives the newest layer to the poster, unless it still works on the one before.
  private func handOver(_ set: WorkingSet) {
    guard effectsInYoungLayer > 0, set.closedThrough == nil else { return }
    let state = state(set)
    let hasAuthorizations = set.young.authorizations.count > 0
    poster.post(
      Posting(
        layer: set.closeLayer(through: sequence),
        totals: set.totals,
        state: state,
        effects: effectsInYoungLayer,
        hasAuthorizations: hasAuthorizations
      )
    )
    effectsInYoungLayer = 0
  }

  /// The newest entry, as the books will keep it.
  private func state(_ set: WorkingSet) -> BooksState {
    BooksState(
      applied: sequence,
      hash: hash,
      time: entryTime,
      counters: set.counters,
      vaultFingerprint: set.vaultFingerprint
    )
  }

  /// Tells a reader what is not posted of the records that it asks for.
  private func answer(_ read: QueuedRead, _ set: WorkingSet) {
    metrics.reads.add()
    var answer = set.unposted(read.query)
    if read.query.wantsTotals { answer.totals = (set.totals, state(set)) }
    read.reply(.success(answer))
  }

  /// Holds the writer up while the poster is far behind, so that memory stays bounded.
  private func waitForPoster(
    _ view: borrowing ReadTransaction,
    _ set: WorkingSet
  ) throws(LedgerError) {
    while set.count > bounds.most {
      handOver(set)
      try waitForPosting(set)
      try renew(view, set)
    }
  }

  private func waitForPosting(_ set: WorkingSet) throws(LedgerError) {
    guard let through = set.closedThrough else { return }
    guard poster.wait(for: through) else { throw .stopped }
  }

  /// One batch: decide, make durable, answer.
  private func execute(
    _ requests: [QueuedAuthorization],
    _ cutOvers: [QueuedCutOver],
    _ commands: [QueuedCommand],
    _ set: WorkingSet
  ) throws(LedgerError) {
    guard !requests.isEmpty || !cutOvers.isEmpty || !commands.isEmpty else { return }
    let started = MonotonicTime.now()
    let oldest = requests.first?.queued ?? started
    // Stamps never go back, even when the wall clock does.
    time = max(time, clock.now())
    entry.begin(firstEvent: set.counters.event)
    changesLists = false
    changesDays = false
    try beginDays(set)
    var replies: [(QueuedCommand, CommandOutcome)] = []
    for command in commands {
      replies.append((command, try execute(command, set)))
    }
    var outcomes = OutcomeBatches(count: inboxes.withLock { $0.count })
    var next = 0
    for cutOver in cutOvers {
      try decide(requests[next..<cutOver.requestsBefore], set, at: started, into: &outcomes)
      next = cutOver.requestsBefore
      outcomes.append(try cutOverDay(cutOver, set), to: cutOver.inbox)
    }
    try decide(requests[next...], set, at: started, into: &outcomes)
    let decided = MonotonicTime.now()
    if !requests.isEmpty {
      traffic.note(at: started)
      metrics.queue.record(from: oldest, to: started)
    }
    metrics.decide.record(from: started, to: decided)

    if entry.effectCount > 0 {
      let (bytes, newHash) = entry.seal(sequence: sequence + 1, time: time, previous: hash)
      try journal.append(sequence: sequence + 1, bytes)
      sequence += 1
      hash = newHash
      entryTime = time
      effectsInYoungLayer += Int(entry.effectCount)
      if changesLists { listed.store(sequence, ordering: .releasing) }
      // In this order: whoever sees the entry as durable may ask the poster for it at once.
      poster.entryDurable(sequence, bytes: bytes.count)
      durable.store(sequence, ordering: .releasing)
      lastEvent.store(set.counters.event - 1, ordering: .releasing)
      keeper.journalGrew()
      metrics.append.record(from: decided, to: .now())
      metrics.entries.add()
      metrics.entryBytes.add(UInt64(bytes.count))
    }

    // From here on everything in the batch is durable.
    if changesDays {
      let days = catalog.days.all
      businessDays.withLock { $0 = days }
    }
    let durable = MonotonicTime.now()
    deliver(&outcomes)
    for (command, outcome) in replies { command.reply(.success(outcome)) }
    metrics.release.record(from: durable, to: .now())
  }

  private func deliver(_ outcomes: inout OutcomeBatches) {
    let inboxes = inboxes.withLock { $0 }
    for (index, inbox) in inboxes.enumerated() where index < outcomes.batches.count {
      if !outcomes.batches[index].isEmpty { inbox.deliver(&outcomes.batches[index]) }
    }
  }

  // MARK: Business days

  /// Begins the business days that the calendar begins, and those of networks that had none.
  private func beginDays(_ set: WorkingSet) throws(LedgerError) {
    let count = networkCount.load(ordering: .acquiring)
    guard catalog.days.isDue(networks: count, at: time) else { return }
    let names = networks.withLock { Array($0.dropFirst()) }
    let begun = catalog.days.begin(networks: names, at: time)
    changesDays = changesDays || !begun.isEmpty
    try commit(begun.map { .dayBegun($0) }, set)
  }

  /// Begins the business day that a network's cut-over asks for; every request behind it counts on
  /// that day.
  private func cutOverDay(
    _ queued: QueuedCutOver,
    _ set: WorkingSet
  ) throws(LedgerError) -> AuthorizationOutcome {
    let code: ActionCode
    switch catalog.days.change(queued.cutOver, of: queued.network, at: time) {
    case .begins(let day):
      try commit([.dayBegun(day)], set)
      changesDays = true
      code = .networkManagementAccepted
    case .nothing: code = .networkManagementAccepted
    case .refused: code = .messageError
    }
    return Self.undecided(queued.ticket, .decided, code, time)
  }

  // MARK: Authorizations

  /// Decides requests of a batch in their order.
  private func decide(
    _ requests: ArraySlice<QueuedAuthorization>,
    _ set: WorkingSet,
    at started: MonotonicTime,
    into outcomes: inout OutcomeBatches
  ) throws(LedgerError) {
    let executor = PaymentExecutor(set: set, catalog: catalog, now: time)
    for index in requests.indices {
      fetch(requests, ahead: 16, of: index, .places, set)
      fetch(requests, ahead: 12, of: index, .card, set)
      fetch(requests, ahead: 8, of: index, .balancePlace, set)
      fetch(requests, ahead: 4, of: index, .balance, set)
      let request = requests[index]
      outcomes.append(try decide(request, set, executor, at: started), to: request.inbox)
    }
    metrics.approved.add(approvedUncounted)
    approvedUncounted = 0
  }

  /// Begins to fetch what a later request of the batch needs.
  @inline(__always)
  private func fetch(
    _ requests: ArraySlice<QueuedAuthorization>,
    ahead distance: Int,
    of index: Int,
    _ step: WorkingSet.FetchStep,
    _ set: WorkingSet
  ) {
    let next = index + distance
    guard next < requests.endIndex else { return }
    set.fetch(requests[next].request.card, requests[next].request.key, step: step)
  }

  /// Decides one request, unless it was decided before.
  private func decide(
    _ queued: QueuedAuthorization,
    _ set: WorkingSet,
    _ executor: PaymentExecutor,
    at started: MonotonicTime
  ) throws(LedgerError) -> AuthorizationOutcome {
    let request = queued.request
    if let known = try set.duplicate(request.key) {
      if case .reversedBeforehand = known.target {
        return try enter(executor.refuseReversed(request), queued, set, executor)
      }
      guard known.content == request.content else {
        metrics.conflicting.add()
        return Self.undecided(queued.ticket, .conflicting, Self.conflictCode(request.kind), time)
      }
      metrics.repeated.add()
      return try repeated(queued, known.target, set)
    }
    guard started < queued.deadline else {
      metrics.tooOld.add()
      return Self.undecided(queued.ticket, .tooOld, .systemMalfunction, time)
    }
    if let details = request.details {
      return try enter(executor.execute(request, details), queued, set, executor)
    }
    let record = try executor.record(of: request)
    if record.reason == .currencyNotAccepted, try executor.needsConversion(request) {
      return try enter(
        executor.execute(request, PaymentExecutor.convertible(request)),
        queued,
        set,
        executor
      )
    }
    let effect = Effect.authorized(record)
    effect.append(to: entry)
    try set.apply(effect, at: time)
    if let reason = record.reason {
      metrics.declined[Int(reason.rawValue)].add()
    } else {
      approvedUncounted += 1
    }
    return Self.outcome(queued, .decided, record)
  }

  private static func conflictCode(_ kind: AuthorizationRequest.Kind) -> ActionCode {
    switch kind {
    case .fileAction, .fileActionAdvice: .fileActionDuplicate
    default: .duplicateTransmission
    }
  }

  /// Makes a verdict part of the entry and of the working set.
  private func enter(
    _ verdict: PaymentExecutor.Verdict,
    _ queued: QueuedAuthorization,
    _ set: WorkingSet,
    _ executor: PaymentExecutor
  ) throws(LedgerError) -> AuthorizationOutcome {
    guard try executor.staysWithinLimits(verdict.effects) else {
      return Self.undecided(queued.ticket, .decided, .systemMalfunction, time)
    }
    try commit(verdict.effects, set)
    metrics.countMessage(queued.request.kind)
    if let reason = verdict.reason { metrics.declined[Int(reason.rawValue)].add() }
    return AuthorizationOutcome(
      ticket: queued.ticket,
      origin: .decided,
      actionCode: verdict.actionCode,
      reason: verdict.reason,
      approvalCode: verdict.approvalCode,
      authorization: verdict.authorization,
      decided: time,
      amendment: verdict.amendment
    )
  }

  /// The recorded answer of a message that was decided before.
  private func repeated(
    _ queued: QueuedAuthorization,
    _ target: MessageTarget,
    _ set: WorkingSet
  ) throws(LedgerError) -> AuthorizationOutcome {
    switch target {
    case .payment(let id):
      guard let record = try set.authorization(id) else {
        throw .damaged("a message is remembered and its authorization is not")
      }
      var outcome = Self.outcome(queued, .repeated, record)
      if !record.flags.isDisjoint(with: [.partiallyApproved, .inquiry]) {
        outcome.amendment = try set.entry(EntryKey(payment: id, number: 0))
          .flatMap(PaymentExecutor.amendment)
      }
      return outcome
    case .entry(let id, let number):
      guard let entry = try set.entry(EntryKey(payment: id, number: number)) else {
        throw .damaged("a message is remembered and its entry is not")
      }
      return AuthorizationOutcome(
        ticket: queued.ticket,
        origin: .repeated,
        actionCode: entry.actionCode,
        reason: entry.reason,
        approvalCode: PaymentExecutor.approvalCode(entry),
        authorization: id,
        decided: entry.decided,
        amendment: PaymentExecutor.amendment(entry)
      )
    case .answered(let code, let answered):
      return Self.undecided(queued.ticket, .repeated, code, answered)
    case .reversedBeforehand:
      preconditionFailure("a message that has not come yet is no repeat")
    }
  }

  private static func outcome(
    _ queued: QueuedAuthorization,
    _ origin: AuthorizationOutcome.Origin,
    _ record: AuthorizationRecord
  ) -> AuthorizationOutcome {
    AuthorizationOutcome(
      ticket: queued.ticket,
      origin: origin,
      actionCode: record.actionCode,
      reason: record.reason,
      approvalCode: record.kind.isAdvice ? nil : record.approvalCode,
      authorization: record.id,
      decided: record.decided
    )
  }

  private static func undecided(
    _ ticket: UInt64,
    _ origin: AuthorizationOutcome.Origin,
    _ code: ActionCode,
    _ time: Instant
  ) -> AuthorizationOutcome {
    AuthorizationOutcome(
      ticket: ticket,
      origin: origin,
      actionCode: code,
      reason: nil,
      approvalCode: nil,
      authorization: nil,
      decided: time
    )
  }

  // MARK: Management

  private func execute(
    _ queued: QueuedCommand,
    _ set: WorkingSet
  ) throws(LedgerError) -> CommandOutcome {
    metrics.commands.add()
    if case .importLines(let lines) = queued.command { return .imported(try execute(lines, set)) }
    if let identity = queued.identity, let known = try set.request(identity.key) {
      return known.content == identity.content ? known.outcome : .refused(.idempotencyConflict)
    }
    let outcome: CommandOutcome
    do {
      let executor = CommandExecutor(set: set, catalog: catalog, now: time)
      let verdict = try executor.execute(queued.command)
      try commit(verdict.effects, set)
      outcome = verdict.outcome
    } catch let error as LedgerError {
      throw error
    } catch CommandFault.fault(let error) {
      throw error
    } catch CommandFault.refused(let refusal) {
      outcome = .refused(refusal)
    } catch {
      preconditionFailure("an executor throws command faults only")
    }
    if let identity = queued.identity {
      try commit(
        [
          .requestAnswered(
            identity.key,
            RequestRecord(content: identity.content, outcome: outcome)
          )
        ],
        set
      )
    }
    return outcome
  }

  private func execute(
    _ lines: [ImportLine],
    _ set: WorkingSet
  ) throws(LedgerError) -> [ImportResult] {
    var results: [ImportResult] = []
    results.reserveCapacity(lines.count)
    for line in lines {
      switch verdict(line, set) {
      case .success(let (effects, result)):
        try commit(effects, set)
        results.append(result)
      case .failure(.refused(let refusal)):
        results.append(ImportResult(status: .refused(refusal), id: nil))
      case .failure(.fault(let error)):
        throw error
      }
    }
    return results
  }

  private func verdict(
    _ line: ImportLine,
    _ set: WorkingSet
  ) -> Result<(effects: [Effect], result: ImportResult), CommandFault> {
    do throws(CommandFault) {
      return .success(try CommandExecutor(set: set, catalog: catalog, now: time).execute(line))
    } catch {
      return .failure(error)
    }
  }

  private func commit(_ effects: [Effect], _ set: WorkingSet) throws(LedgerError) {
    for effect in effects {
      effect.append(to: entry)
      try set.apply(effect, at: time)
      catalog.apply(effect)
      changesLists = changesLists || effect.changesLists
    }
  }
}

/// The outcomes of a batch, one run for each inbox.
private struct OutcomeBatches {
  var batches: [[AuthorizationOutcome]]

  init(count: Int) { batches = Array(repeating: [], count: count) }

  mutating func append(_ outcome: AuthorizationOutcome, to inbox: InboxID) {
    batches[Int(inbox.index)].append(outcome)
  }
}
