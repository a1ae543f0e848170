import Logging
import NIOCore
import Switch
import Synchronization
import Telemetry

/// All links of one listener on one event loop, and what they share: the processor, the sweep for
/// late links, and one flush for all answers of a turn of the loop.
final class LinkLoop: FrameOutput {
  let settings: ListenerSettings
  let limits: LinkLimits
  let metrics: ListenerMetrics
  let logger: Logger
  let processor: any FrameProcessor
  private let eventLoop: any EventLoop
  private let signal: WakeSignal
  private let registry: LinkRegistry
  private var links: [LinkID: LinkHandler] = [:]
  /// The link of the last look-up: answers come in runs for the same link.
  private var recent: LinkHandler?
  /// Links with something to send or to resume at the end of this turn.
  private var marked: [LinkHandler] = []
  private var depth = 0
  /// When this turn began: one look at the clock serves all that happens in it.
  private(set) var now = MonotonicTime.now()
  private var sweep: RepeatedTask?
  private var isStopping = false
  private var stopped: EventLoopPromise<Void>?

  /// Links of a process have one number range, whatever their listener and event loop.
  private static let lastNumber = Atomic<UInt64>(0)

  init(
    eventLoop: any EventLoop,
    settings: ListenerSettings,
    metrics: ListenerMetrics,
    registry: LinkRegistry,
    logger: Logger,
    makeProcessor: SwitchListener.ProcessorFactory
  ) {
    self.eventLoop = eventLoop
    self.settings = settings
    limits = settings.linkLimits
    self.metrics = metrics
    self.registry = registry
    self.logger = logger
    let signal = WakeSignal(eventLoop: eventLoop)
    self.signal = signal
    processor = makeProcessor { signal.raise() }
    signal.connect(self)
    let interval = TimeAmount.nanoseconds(settings.tickInterval.wholeNanoseconds)
    // Held until the listener stops, which cancels the task and so lets go of this object.
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    sweep = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
      bound.value.tick()
    }
  }

  /// A link for a connection that was just accepted.
  func makeLink(peer address: SocketAddress?) -> LinkHandler {
    let number = Self.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
    let record = LinkRecord(
      id: LinkID(number: number),
      listener: settings.name,
      peer: Self.describe(address),
      opened: .now()
    )
    return LinkHandler(record: record, loop: self)
  }

  private static func describe(_ address: SocketAddress?) -> String {
    guard let address, let host = address.ipAddress, let port = address.port else {
      return "unknown"
    }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Takes in a link whose connection is up; false when the listener is being stopped.
  func open(_ link: LinkHandler) -> Bool {
    guard !isStopping else { return false }
    links[link.id] = link
    metrics.linksAccepted.add()
    metrics.linksOpen.add(1)
    registry.add(link.record, on: NIOLoopBound(self, eventLoop: eventLoop))
    processor.linkOpened(link.record)
    return true
  }

  /// Forgets a link whose connection is gone.
  func close(_ link: LinkHandler, _ reason: LinkCloseReason) {
    guard links.removeValue(forKey: link.id) != nil else { return }
    if recent === link { recent = nil }
    metrics.linksOpen.add(-1)
    metrics.countClosed(reason)
    processor.linkClosed(link.id)
    registry.remove(link.record)
    if isStopping { finishStopping() }
  }

  /// Runs what an event of the network or the clock sets off, then sends everything that it made
  /// ready.
  ///
  /// Events may set each other off; the outermost one sends.
  func turn(_ body: () -> Void) {
    if depth == 0 { now = .now() }
    depth += 1
    body()
    if depth == 1 {
      // Links resumed here may mark themselves and others again.
      var next = 0
      while next < marked.count {
        let link = marked[next]
        next += 1
        link.completeTurn()
      }
      marked.removeAll(keepingCapacity: true)
    }
    depth -= 1
  }

  /// Has the link's `completeTurn` called at the end of this turn.
  func mark(_ link: LinkHandler) {
    marked.append(link)
  }

  /// Sends the answers that became ready on other threads.
  func collect() {
    turn { processor.collect(into: self) }
  }

  /// Ends all links; the future succeeds once they are gone.
  func stop() -> EventLoopFuture<Void> {
    if let stopped { return stopped.futureResult }
    let promise = eventLoop.makePromise(of: Void.self)
    stopped = promise
    isStopping = true
    turn {
      for link in links.values { link.stop() }
    }
    finishStopping()
    return promise.futureResult
  }

  /// Closes the links that are still there, whatever they wait for.
  func abandon() {
    for link in links.values { link.abandon() }
  }

  func answer(_ link: LinkID, _ header: FrameHeader, _ message: UnsafeRawBufferPointer) {
    guard let handler = find(link) else {
      metrics.answersWithoutLink.add()
      return
    }
    handler.enqueue(message, answering: header)
    handler.settle()
  }

  func withdraw(_ link: LinkID) {
    find(link)?.drop()
  }

  func send(_ link: LinkID, _ header: FrameHeader, _ message: UnsafeRawBufferPointer) {
    find(link)?.enqueue(message, answering: header)
  }

  /// Sends a message of an operator's to the peer of a link; `done` is called once.
  func request(
    _ command: LinkCommand,
    on id: LinkID,
    _ done: @escaping @Sendable (LinkReply) -> Void
  ) {
    guard let link = links[id] else {
      done(.gone)
      return
    }
    turn { link.request(command, done) }
  }

  private func find(_ id: LinkID) -> LinkHandler? {
    if let recent, recent.id == id { return recent }
    guard let link = links[id] else { return nil }
    recent = link
    return link
  }

  private func tick() {
    turn {
      for link in links.values { link.tick() }
    }
  }

  private func finishStopping() {
    guard links.isEmpty, let promise = stopped else { return }
    sweep?.cancel()
    sweep = nil
    signal.connect(nil)
    promise.succeed()
  }
}
