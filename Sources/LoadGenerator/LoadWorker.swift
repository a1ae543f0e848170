import NIOCore
import NIOPosix
import Synchronization

/// The connections of one event loop and the times at which their requests leave.
///
/// Requests are due by the clock alone. A request that no connection takes, because the issuer reads
/// too slowly, stays due and leaves as soon as one does; its latency counts from the time at which
/// it was due.
final class LoadWorker {
  /// Requests that share one write when many are due at once.
  private static let largestBatch = 64

  private let loop: any EventLoop
  private let plan: LoadPlan
  private let counters: LoadCounters
  private let finished: EventLoopPromise<LoadReport>
  private let connectionNumbers: Range<Int>
  private let workers: Int
  private let worker: Int

  private var engine: LoadEngine
  private var connections: [LoadConnection] = []
  private var schedule: ArrivalSchedule?
  /// Connections took nothing when requests were due, and what was due then has not all left.
  private var isHeldBack = false
  private var start: UInt64 = 0
  private var second = 0
  private var secondTimer: Scheduled<Void>?
  private var rotation = 0
  private var shortestPause: UInt64 = 0
  private var epochOffset: Int64 = 0
  private var isSending = false
  private var isDone = false

  init(
    plan: LoadPlan,
    worker: Int,
    of workers: Int,
    engine: LoadEngine,
    loop: any EventLoop,
    counters: LoadCounters
  ) {
    self.plan = plan
    self.worker = worker
    self.workers = workers
    self.engine = engine
    self.loop = loop
    self.counters = counters
    self.finished = loop.makePromise(of: LoadReport.self)
    let share = { (part: Int) in plan.connections * part / workers }
    self.connectionNumbers = share(worker)..<share(worker + 1)
  }

  /// Opens the connections of this worker.
  func connect() -> EventLoopFuture<Void> {
    let bound = NIOLoopBound(self, eventLoop: loop)
    let opened = connectionNumbers.map { number in
      ClientBootstrap(group: loop)
        .connectTimeout(.seconds(5))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelOption(
          .writeBufferWaterMark,
          value: .init(low: 128 * 1024, high: 512 * 1024)
        )
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let worker = bound.value
            let connection = LoadConnection(worker: worker, number: number)
            worker.connections.append(connection)
            try channel.pipeline.syncOperations.addHandler(connection)
          }
        }
        .connect(host: plan.host, port: plan.port).map { _ in }
    }
    return EventLoopFuture.andAllSucceed(opened, on: loop)
  }

  /// Sends from `start` on and promises what was measured.
  ///
  /// - Parameters:
  ///   - start: The beginning of the run, nanoseconds of the monotonic clock.
  ///   - epochOffset: What makes nanoseconds of the wall clock of them.
  /// - Returns: The report, when the drain is over.
  func run(start: UInt64, epochOffset: Int64) -> EventLoopFuture<LoadReport> {
    self.epochOffset = epochOffset
    self.start = start
    let length = UInt64(plan.seconds * 1e9)
    if case .perSecond(let rate) = plan.rate {
      let own = rate / Double(workers)
      let interval = 1e9 / own
      // Workers take turns, so that the requests of all of them are evenly spaced.
      schedule = ArrivalSchedule(
        plan.arrivals,
        start: start + UInt64(interval * Double(worker) / Double(workers)),
        rate: own,
        seconds: plan.seconds,
        seed: plan.seed &+ UInt64(worker) &* 0xA24B_AED4_963E_E407
      )
      shortestPause = UInt64(min(max(interval * 8, 10_000), 50_000))
    }
    isSending = true
    let loop = loop.assumeIsolated()
    loop.scheduleTask(deadline: .uptimeNanoseconds(start)) { self.begin() }
    loop.scheduleTask(deadline: .uptimeNanoseconds(start + length)) { self.stopSending() }
    scheduleSecond()
    return finished.futureResult
  }

  /// Closes the connections.
  func close() {
    for connection in connections { connection.close() }
  }

  // MARK: Sending

  private func begin() {
    switch plan.rate {
    case .perSecond: tick()
    case .maximum:
      for connection in connections { refill(connection) }
    }
  }

  private func tick() {
    guard isSending else { return }
    pump()
    guard let schedule, schedule.next != .max else { return }
    let now = NIODeadline.now().uptimeNanoseconds
    let next = max(schedule.next, now + shortestPause)
    loop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(next)) { self.tick() }
  }

  /// Sends what is due at a fixed rate.
  func pump() {
    guard isSending, let first = schedule else { return }
    let now = NIODeadline.now().uptimeNanoseconds
    var due = first.due(at: now)
    var refusals = 0
    while due > 0, refusals < connections.count {
      let connection = connections[rotation]
      rotation = rotation + 1 == connections.count ? 0 : rotation + 1
      guard connection.takesRequests else {
        refusals += 1
        continue
      }
      refusals = 0
      let limit = min(max(due / connections.count, 8), LoadWorker.largestBatch)
      send(limit, on: connection, isDue: true, time: now)
      due = schedule?.due(at: now) ?? 0
    }
    isHeldBack = due > 0
  }

  private func refill(_ connection: LoadConnection) {
    guard isSending, connection.takesRequests else { return }
    let room = plan.window - connection.link.inFlight.waiting
    guard room > 0 else { return }
    send(room, on: connection, isDue: false, time: NIODeadline.now().uptimeNanoseconds)
  }

  /// Sends so many requests, or, when they are due by the schedule, at most so many.
  private func send(_ limit: Int, on connection: LoadConnection, isDue: Bool, time: UInt64) {
    engine.setClock(epochSecond: (Int64(time) + epochOffset) / 1_000_000_000)
    let room = limit * engine.largestRequest
    var buffer = connection.buffer(capacity: room)
    var sent = limit
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
      guard let base = target.baseAddress else { return 0 }
      guard isDue, var schedule else {
        return engine.composeNow(limit, to: base, link: &connection.link, time: time)
      }
      let written = engine.composeDue(
        limit,
        to: base,
        link: &connection.link,
        schedule: &schedule,
        time: time,
        wasHeldBack: isHeldBack
      )
      self.schedule = schedule
      sent = written.count
      return written.bytes
    }
    connection.send(buffer)
    counters.sent.add(UInt64(sent), ordering: .relaxed)
  }

  // MARK: Seconds

  private func scheduleSecond() {
    let end = NIODeadline.uptimeNanoseconds(start + UInt64(second + 1) * 1_000_000_000)
    secondTimer = loop.assumeIsolated().scheduleTask(deadline: end) {
      self.endSecond()
      self.scheduleSecond()
    }
  }

  private func endSecond() {
    counters.tell(engine.interval, second: second)
    engine.resetInterval()
    second += 1
  }

  // MARK: Receiving

  /// Books the answers in `buffer` and returns how many bytes they took; `nil` when it cannot be
  /// cut into messages.
  func receive(_ buffer: ByteBuffer, link: inout LoadEngine.Link) -> Int? {
    let before = engine.report.answered
    let time = NIODeadline.now().uptimeNanoseconds
    let used = buffer.withUnsafeReadableBytes { engine.receive($0, link: &link, time: time) }
    counters.answered.add(engine.report.answered - before, ordering: .relaxed)
    return used
  }

  /// Goes on sending at the maximum rate, or ends the drain.
  func readCompleted(_ connection: LoadConnection) {
    if isSending {
      if case .maximum = plan.rate { refill(connection) }
    } else {
      finishIfDrained()
    }
  }

  /// Goes on without a connection; what waited on it stays unanswered.
  func connectionBroke() {
    guard !isDone else { return }
    engine.noteBrokenConnection()
    if connections.allSatisfy({ !$0.isOpen }) { stopSending() }
  }

  // MARK: Ending

  private func stopSending() {
    guard isSending else { return }
    pump()
    isSending = false
    if let rest = schedule?.drain() { engine.noteUnsent(rest) }
    let drain = TimeAmount.nanoseconds(Int64(plan.drainSeconds * 1e9))
    loop.assumeIsolated().scheduleTask(in: drain) { self.finish() }
    finishIfDrained()
  }

  private func finishIfDrained() {
    let waits = connections.contains { $0.isOpen && $0.link.inFlight.waiting > 0 }
    if !waits { finish() }
  }

  private func finish() {
    guard !isDone else { return }
    isDone = true
    secondTimer?.cancel()
    endSecond()
    finished.succeed(engine.report)
  }
}
