import Authorization
import Synchronization
import Telemetry

/// The thread that brings the books up to the journal: in order, in transactions as large as the
/// backlog allows.
final class LedgerPoster: @unchecked Sendable {
  private let journal: any Journal
  private let books: LMDBEnvironment
  private let schema: Schema
  private let metrics: LedgerMetrics
  private let fault: @Sendable (LedgerError) -> Void
  private let monitor = Monitor()

  // Guarded by the monitor.
  private var durable: UInt64
  private var backlogBytes = 0
  private var isUrgent = false
  private var isStopping = false
  private var isDead = false
  private var waiters: [(sequence: UInt64, resume: @Sendable (Bool) -> Void)] = []

  /// The last entry that the books hold.
  let applied: Atomic<UInt64>

  init(
    journal: any Journal,
    books: LMDBEnvironment,
    schema: Schema,
    applied: UInt64,
    durable: UInt64,
    metrics: LedgerMetrics,
    fault: @escaping @Sendable (LedgerError) -> Void
  ) {
    self.journal = journal
    self.books = books
    self.schema = schema
    self.metrics = metrics
    self.fault = fault
    self.applied = Atomic(applied)
    self.durable = durable
  }

  /// An entry has become durable and waits to be posted.
  func entryDurable(_ sequence: UInt64, bytes: Int) {
    monitor.withLock {
      let wasIdle = durable == applied.load(ordering: .relaxed)
      durable = sequence
      backlogBytes += bytes
      if wasIdle || backlogBytes >= LedgerLimits.postingBytes { monitor.signal() }
    }
  }

  /// Calls `resume` when the books hold an entry, soon: `true`, or `false` when they never will.
  func whenPosted(_ sequence: UInt64, resume: @escaping @Sendable (Bool) -> Void) {
    let answer: Bool? = monitor.withLock {
      if applied.load(ordering: .acquiring) >= sequence { return true }
      if isDead { return false }
      waiters.append((sequence, resume))
      isUrgent = true
      monitor.signal()
      return nil
    }
    if let answer { resume(answer) }
  }

  /// Waits until the books hold more than an entry; `false` when they never will.
  func wait(beyond sequence: UInt64) -> Bool {
    monitor.withLock {
      isUrgent = true
      monitor.signal()
      while applied.load(ordering: .acquiring) <= sequence, !isDead { monitor.wait() }
      return applied.load(ordering: .acquiring) > sequence
    }
  }

  /// Posts what is durable, then lets the thread end.
  func stop() {
    monitor.withLock {
      isStopping = true
      monitor.signal()
    }
  }

  /// The body of the poster's thread.
  func run() {
    do throws(LedgerError) {
      while let target = nextTarget() { try post(through: target) }
      die(nil)
    } catch {
      die(error)
    }
  }

  /// Sleeps until something is worth posting; `nil` when the work is done and the thread shall end.
  private func nextTarget() -> UInt64? {
    monitor.withLock {
      while true {
        let applied = applied.load(ordering: .relaxed)
        if durable > applied {
          if isUrgent || isStopping || backlogBytes >= LedgerLimits.postingBytes { break }
          monitor.wait(milliseconds: LedgerLimits.postingDelayMilliseconds)
          break
        }
        if isStopping { return nil }
        isUrgent = false
        monitor.wait()
      }
      backlogBytes = 0
      isUrgent = false
      return durable
    }
  }

  /// Posts entries behind `applied` up to a target, one transaction at a time.
  func post(through target: UInt64) throws(LedgerError) {
    while applied.load(ordering: .relaxed) < target {
      let started = MonotonicTime.now()
      let posted = try Books.post(
        journal: journal,
        books: books,
        schema: schema,
        through: target
      )
      metrics.posted.add(UInt64(posted.effects))
      metrics.posting.record(from: started, to: .now())
      applied.store(posted.through, ordering: .releasing)
      let ready = monitor.withLock {
        monitor.signal()
        let ready = waiters.filter { $0.sequence <= posted.through }
        waiters.removeAll { $0.sequence <= posted.through }
        if !waiters.isEmpty { isUrgent = true }
        return ready
      }
      for waiter in ready { waiter.resume(true) }
    }
  }

  private func die(_ error: LedgerError?) {
    let stranded = monitor.withLock {
      isDead = true
      monitor.signal()
      defer { waiters = [] }
      return waiters
    }
    for waiter in stranded { waiter.resume(false) }
    if let error { fault(error) }
  }
}
