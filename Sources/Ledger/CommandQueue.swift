import Authorization
import Synchronization
import Telemetry

/// A request that waits for the writer; a plain value but for nothing.
struct QueuedAuthorization: Sendable {
  let request: AuthorizationRequest
  let inbox: InboxID
  let ticket: UInt64
  let deadline: MonotonicTime
  /// When it began to wait.
  let queued: MonotonicTime
}

/// A management command that waits for the writer.
struct QueuedCommand: Sendable {
  let command: ManagementCommand
  let identity: RequestIdentity?
  /// Called once, on the writer's thread, when the outcome is durable or the command has failed.
  let reply: @Sendable (Result<CommandOutcome, LedgerError>) -> Void

  /// The writer's work, counted in lines of an import.
  var cost: Int {
    switch command {
    case .importLines(let lines): lines.count
    case .expireHolds(let ids): ids.count
    default: 4
    }
  }
}

/// A cut-over that waits for the writer, in its place among the requests.
struct QueuedCutOver: Sendable {
  let cutOver: CutOver
  let network: NetworkID
  let inbox: InboxID
  let ticket: UInt64
  /// How many requests of its batch come before it.
  fileprivate(set) var requestsBefore = 0
  /// How many requests came before it in the life of the queue.
  fileprivate var place: UInt64 = 0

  init(_ cutOver: CutOver, of network: NetworkID, to inbox: InboxID, ticket: UInt64) {
    self.cutOver = cutOver
    self.network = network
    self.inbox = inbox
    self.ticket = ticket
  }
}

/// The one queue in front of the writer, bounded; a full queue refuses at once.
final class CommandQueue: @unchecked Sendable {
  private let monitor = Monitor()
  private var authorizations = Backlog<QueuedAuthorization>(
    capacity: LedgerLimits.batchAuthorizations
  )
  /// The oldest first; there are few.
  private var cutOvers: [QueuedCutOver] = []
  /// How many requests were taken.
  private var taken: UInt64 = 0
  private var commands = Backlog<QueuedCommand>(capacity: 0)
  private var reads = Backlog<QueuedRead>(capacity: 0)
  /// How many reads wait, for a look without the lock.
  private let waitingReads = Atomic(0)
  private var isPoked = false
  private var lastHadAuthorizations = false
  private var closed = false
  private var writerSleeps = false

  /// Queues a request; `false` when the queue is full or closed.
  func submit(_ authorization: consuming QueuedAuthorization) -> Bool {
    monitor.withLock {
      guard !closed, authorizations.count < LedgerLimits.queuedAuthorizations else {
        return false
      }
      authorizations.append(authorization)
      wakeWriter()
      return true
    }
  }

  /// Queues a cut-over behind the requests that wait; `false` when there are too many or the queue is
  /// closed.
  func submit(_ cutOver: QueuedCutOver) -> Bool {
    monitor.withLock {
      guard !closed, cutOvers.count < LedgerLimits.queuedCutOvers else { return false }
      var placed = cutOver
      placed.place = taken + UInt64(authorizations.count)
      cutOvers.append(placed)
      wakeWriter()
      return true
    }
  }

  /// Queues a command.
  func submit(_ command: QueuedCommand) throws(LedgerError) {
    let refusal: LedgerError? = monitor.withLock {
      guard !closed else { return .stopped }
      guard commands.count < LedgerLimits.queuedCommands else { return .busy }
      commands.append(command)
      wakeWriter()
      return nil
    }
    if let refusal { throw refusal }
  }

  /// Queues a read.
  func submit(_ read: QueuedRead) throws(LedgerError) {
    let refusal: LedgerError? = monitor.withLock {
      guard !closed else { return .stopped }
      guard reads.count < LedgerLimits.queuedReads else { return .busy }
      reads.append(read)
      waitingReads.store(reads.count, ordering: .releasing)
      wakeWriter()
      return nil
    }
    if let refusal { throw refusal }
  }

  /// Takes reads that wait, in place of what is there, up to the bound of a batch; `take` returns
  /// while there are any.
  func take(_ reads: inout [QueuedRead]) {
    reads.removeAll(keepingCapacity: true)
    guard waitingReads.load(ordering: .acquiring) > 0 else { return }
    monitor.withLock {
      self.reads.move(
        to: &reads,
        budget: lastHadAuthorizations || !authorizations.isEmpty
          ? LedgerLimits.sharedBatchReadCost : LedgerLimits.batchReadCost,
        cost: \.query.cost
      )
      waitingReads.store(self.reads.count, ordering: .releasing)
    }
  }

  /// Lets `take` return at once, with nothing if nothing waits.
  func poke() {
    monitor.withLock {
      isPoked = true
      wakeWriter()
    }
  }

  private func wakeWriter() {
    guard writerSleeps else { return }
    writerSleeps = false
    monitor.signal()
  }

  /// Takes everything that waits, up to the bounds of a batch; sleeps while there is nothing and
  /// nobody pokes.
  ///
  /// - Parameters:
  ///   - authorizations: what is taken, in place of what is there.
  ///   - cutOvers: what is taken, in place of what is there; each says which requests it follows.
  ///   - commands: what is taken, in place of what is there.
  ///   - takesCommands: whether commands are taken too, or wait.
  /// - Returns: `false` when the queue is closed and empty.
  func take(
    _ authorizations: inout [QueuedAuthorization],
    _ cutOvers: inout [QueuedCutOver],
    _ commands: inout [QueuedCommand],
    takesCommands: Bool
  ) -> Bool {
    authorizations.removeAll(keepingCapacity: true)
    cutOvers.removeAll(keepingCapacity: true)
    commands.removeAll(keepingCapacity: true)
    return monitor.withLock {
      // A queue that is closed is emptied: what waits was promised an answer.
      while self.authorizations.isEmpty, self.cutOvers.isEmpty, !isPoked, reads.isEmpty,
        self.commands.isEmpty || !(takesCommands || closed)
      {
        if closed { return false }
        writerSleeps = true
        monitor.wait()
      }
      isPoked = false
      self.authorizations.move(to: &authorizations, budget: LedgerLimits.batchAuthorizations) {
        _ in 1
      }
      if !self.cutOvers.isEmpty { takeCutOvers(&cutOvers, with: authorizations.count) }
      taken += UInt64(authorizations.count)
      // Requests that come while commands are executed wait for them.
      let isShared = !authorizations.isEmpty || lastHadAuthorizations
      lastHadAuthorizations = !authorizations.isEmpty
      guard takesCommands || closed else { return true }
      self.commands.move(
        to: &commands,
        budget: isShared ? LedgerLimits.sharedBatchCommandCost : LedgerLimits.batchCommandCost,
        cost: \.cost
      )
      return true
    }
  }

  /// Inside the monitor: takes the cut-overs that no request is before which is left behind.
  private func takeCutOvers(_ batch: inout [QueuedCutOver], with requests: Int) {
    let end = taken + UInt64(requests)
    while let next = cutOvers.first, next.place <= end {
      var placed = cutOvers.removeFirst()
      placed.requestsBefore = Int(next.place - taken)
      batch.append(placed)
    }
  }

  /// Refuses everything from now on; what waits is still taken.
  func close() {
    monitor.withLock {
      closed = true
      writerSleeps = false
      monitor.signal()
    }
  }

  /// Whether everything is refused.
  var isClosed: Bool { monitor.withLock { closed } }

  /// How many requests wait.
  var depth: Int { monitor.withLock { authorizations.count } }
}
