import Authorization
import Synchronization
import Telemetry

/// A closed layer of the writer's overlay on its way to the books, and where the books stand once
/// they hold it.
///
/// The writer reads the layer meanwhile and changes it again only when it is posted.
struct Posting: @unchecked Sendable {
  let layer: WorkingSet.Layer
  let totals: [TotalKey: TotalRecord]
  let state: BooksState
  /// How many effects made the layer.
  let effects: Int
  /// Whether authorizations are among them: while none are under way the disk is free.
  let hasAuthorizations: Bool
}

/// The thread that brings the books up to the journal, a layer of the overlay at a time.
///
/// It says when it wants a layer; the writer hands one over between two batches, so that a layer
/// always ends with a durable entry.
final class LedgerPoster: @unchecked Sendable {
  private let books: LMDBEnvironment
  private let schema: Schema
  private let metrics: LedgerMetrics
  private let traffic: AuthorizationTraffic
  private let wakeWriter: @Sendable () -> Void
  private let fault: @Sendable (LedgerError) -> Void
  private let monitor = Monitor()
  /// How fast the posting that is under way, or the next one, may write.
  let pace = FlushPace()

  // Guarded by the monitor.
  private var durable: UInt64
  private var backlogBytes = 0
  private var posting: Posting?
  /// When the last layer was handed over.
  private var lastHandOver: MonotonicTime?
  /// Milliseconds between the last two: for as long the next layer takes to be filled, if nothing
  /// changes.
  private var fillMilliseconds = Int.max
  private var isUrgent = false
  /// When the last posting began.
  private var lastBegan = MonotonicTime(nanoseconds: 0)
  private var isHasty = false
  private var isStopping = false
  private var isDead = false
  private var waiters: [(sequence: UInt64, resume: @Sendable (Bool) -> Void)] = []

  /// The last entry that the books hold.
  let applied: Atomic<UInt64>
  /// Whether the writer should hand over a layer as soon as it can.
  let isWaitingForLayer = Atomic(false)

  /// - Parameters:
  ///   - books: what is posted to.
  ///   - schema: its trees.
  ///   - applied: the last entry that the books hold, which is the last of the journal.
  ///   - metrics: counts and times postings.
  ///   - traffic: while authorizations come, readers share postings.
  ///   - wakeWriter: lets the writer look at `isWaitingForLayer` and `applied` when it has nothing
  ///     else to do.
  ///   - fault: called when a posting failed; there is no other one after it.
  init(
    books: LMDBEnvironment,
    schema: Schema,
    applied: UInt64,
    metrics: LedgerMetrics,
    traffic: AuthorizationTraffic = AuthorizationTraffic(),
    wakeWriter: @escaping @Sendable () -> Void,
    fault: @escaping @Sendable (LedgerError) -> Void
  ) {
    self.books = books
    self.schema = schema
    self.metrics = metrics
    self.traffic = traffic
    self.wakeWriter = wakeWriter
    self.fault = fault
    self.applied = Atomic(applied)
    durable = applied
  }

  // MARK: For the writer

  /// An entry has become durable and waits to be posted.
  func entryDurable(_ sequence: UInt64, bytes: Int) {
    monitor.withLock {
      let wasIdle = durable == applied.load(ordering: .relaxed)
      durable = sequence
      backlogBytes += bytes
      if wasIdle || backlogBytes >= LedgerLimits.postingBytes { monitor.signal() }
    }
  }

  /// Takes a layer over; the one before must be posted.
  func post(_ posting: Posting) {
    monitor.withLock {
      precondition(self.posting == nil, "a layer is handed over before the last one is posted")
      self.posting = posting
      let now = MonotonicTime.now()
      if let lastHandOver {
        fillMilliseconds = Int(now.nanoseconds(since: lastHandOver) / 1_000_000)
      }
      lastHandOver = now
      backlogBytes = 0
      monitor.signal()
    }
  }

  /// Waits until the books hold an entry that was handed over; `false` when they never will.
  func wait(for sequence: UInt64) -> Bool {
    monitor.withLock {
      hurry()
      while applied.load(ordering: .acquiring) < sequence, !isDead { monitor.wait() }
      return applied.load(ordering: .acquiring) >= sequence
    }
  }

  /// Lets what is being posted be written at once: too much waits behind it.
  func makeHaste() {
    monitor.withLock {
      guard !isHasty else { return }
      isHasty = true
      setPace()
    }
  }

  /// Inside the monitor: somebody waits.
  private func hurry() {
    isUrgent = true
    setPace()
    monitor.signal()
  }

  /// Posts what was handed over, then lets the thread end; called when the writer has ended.
  func stop() {
    monitor.withLock {
      isStopping = true
      setPace()
      monitor.signal()
    }
  }

  // MARK: For readers

  /// Calls `resume` when the books hold an entry, soon: `true`, or `false` when they never will.
  func whenPosted(_ sequence: UInt64, resume: @escaping @Sendable (Bool) -> Void) {
    let answer: Bool? = monitor.withLock {
      if applied.load(ordering: .acquiring) >= sequence { return true }
      if isDead { return false }
      waiters.append((sequence, resume))
      hurry()
      return nil
    }
    if let answer { resume(answer) }
  }

  // MARK: The thread

  /// The body of the poster's thread.
  func run() {
    do throws(LedgerError) {
      while waitForWork() {
        isWaitingForLayer.store(true, ordering: .releasing)
        wakeWriter()
        guard let posting = nextPosting() else { break }
        try write(posting)
      }
      die(nil)
    } catch {
      die(error)
    }
  }

  /// Sleeps until something is worth posting; `false` when the thread shall end.
  private func waitForWork() -> Bool {
    monitor.withLock {
      while true {
        if posting != nil { return true }
        if isStopping { return false }
        if durable > applied.load(ordering: .relaxed) {
          if backlogBytes >= LedgerLimits.postingBytes { return true }
          guard isUrgent else {
            monitor.wait(milliseconds: LedgerLimits.postingDelayMilliseconds)
            if !isUrgent { return true }
            continue
          }
          let rest = restBeforeReaders()
          if rest == 0 { return true }
          // Looked at again when the traffic may have ended: nobody is disturbed then.
          monitor.wait(milliseconds: min(rest, LedgerLimits.trafficMilliseconds))
          continue
        }
        isUrgent = false
        monitor.wait()
      }
    }
  }

  /// Inside the monitor: how many milliseconds readers still wait, so that a flood of them does not
  /// keep the disk busy beside authorizations.
  private func restBeforeReaders() -> Int {
    guard traffic.isFlowing else { return 0 }
    let passed = Int(MonotonicTime.now().nanoseconds(since: lastBegan) / 1_000_000)
    return max(0, LedgerLimits.readerPostingMilliseconds - passed)
  }

  /// Waits for the writer to hand a layer over; `nil` when it never will.
  private func nextPosting() -> Posting? {
    monitor.withLock {
      while posting == nil {
        if isStopping { return nil }
        monitor.wait()
      }
      guard let posting else { return nil }
      // Also when the writer did not wait to be asked: a question that stands would bring the next
      // layer as soon as this one is posted, and postings would follow one another without a rest.
      isWaitingForLayer.store(false, ordering: .relaxed)
      setPace()
      isUrgent = false
      return posting
    }
  }

  /// Inside the monitor: as slow as those who wait, and the layer that is being filled, allow.
  private func setPace() {
    let disturbsNobody = posting.map { !$0.hasAuthorizations } ?? false
    guard !isHasty, !isStopping, !disturbsNobody else { return pace.set(milliseconds: 0) }
    let patience =
      isUrgent ? LedgerLimits.urgentPaceMilliseconds : LedgerLimits.postingPaceMilliseconds
    // Records have to be sorted and put into their pages besides, so half of the time is for writing.
    pace.set(milliseconds: min(patience, UInt32(clamping: fillMilliseconds / 2)))
  }

  private func write(_ posting: Posting) throws(LedgerError) {
    let extending = MonotonicTime.now()
    books.extendFile { [pace] in
      // Part of what the pace allows; too much waiting behind it, or nobody to disturb, is pace 0.
      MonotonicTime.now().nanoseconds(since: extending) / 1_000_000 < pace.milliseconds / 4
    }
    let started = MonotonicTime.now()
    monitor.withLock { lastBegan = started }
    try Books.post(posting, books: books, schema: schema, pace: pace)
    metrics.posted.add(UInt64(posting.effects))
    metrics.posting.record(from: started, to: .now())
    let ready = monitor.withLock {
      self.posting = nil
      isHasty = false
      // The writer may change the layer again from here on.
      applied.store(posting.state.applied, ordering: .releasing)
      monitor.signal()
      let ready = waiters.filter { $0.sequence <= posting.state.applied }
      waiters.removeAll { $0.sequence <= posting.state.applied }
      // Who hurried this posting is served by it; only who needs a later one hurries the next.
      isUrgent = !waiters.isEmpty
      return ready
    }
    // An idle writer gives the layer's memory back now, and the view of the books that it pins; one
    // that has left commands waiting takes them.
    wakeWriter()
    for waiter in ready { waiter.resume(true) }
  }

  private func die(_ error: LedgerError?) {
    // Before anybody wakes: the writer, which only knows that the poster is gone, would report that.
    if let error { fault(error) }
    let stranded = monitor.withLock {
      isDead = true
      monitor.signal()
      defer { waiters = [] }
      return waiters
    }
    for waiter in stranded { waiter.resume(false) }
  }
}
