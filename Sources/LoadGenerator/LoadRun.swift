import Authorization
import NIOCore
import NIOPosix
import Simulator

/// Offers a load to an issuer and measures what comes back.
///
/// Open loop: at a fixed rate every request has an intended time that depends on nothing but the
/// clock, and its latency counts from there. An issuer that stalls therefore shows long latencies
/// and cannot slow the load down to hide them (no coordinated omission).
public struct LoadRun: Sendable {
  private let plan: LoadPlan
  private let cards: LoadCards

  /// A run of a plan over cards.
  ///
  /// - Throws: `LoadError.badPlan` when plan or cards cannot be used.
  public init(_ plan: LoadPlan, cards: LoadCards) throws(LoadError) {
    if let objection = plan.objection { throw .badPlan(objection) }
    guard cards.count > 0 else { throw .badPlan("there are no cards to pay with") }
    guard cards.count <= UInt32.max else { throw .badPlan("at most 4,294,967,295 cards") }
    self.plan = plan
    self.cards = cards
  }

  /// Connects, sends, drains, and reports.
  ///
  /// - Parameter counters: Counts along, for a progress display.
  /// - Returns: What was measured.
  /// - Throws: `LoadError.unreachable` when a connection cannot be opened.
  public func run(counters: LoadCounters = LoadCounters()) async throws(LoadError) -> LoadReport {
    let templates = try LoadTemplates(plan: plan, cards: cards)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: plan.threads)
    let result = await measure(templates, group: group, counters: counters)
    try? await group.shutdownGracefully()
    return try result.get()
  }

  private func measure(
    _ templates: LoadTemplates,
    group: MultiThreadedEventLoopGroup,
    counters: LoadCounters
  ) async -> Result<LoadReport, LoadError> {
    let asked: Double? = if case .perSecond(let rate) = plan.rate { rate } else { nil }
    let empty = LoadReport(askedRate: asked, arrivals: plan.arrivals, seconds: plan.seconds)
    let workers = plan.threads
    var bound: [(worker: NIOLoopBound<LoadWorker>, loop: any EventLoop)] = []
    do {
      for (number, loop) in group.makeIterator().prefix(workers).enumerated() {
        let worker = try await loop.submit { [plan, cards] in
          NIOLoopBound(
            LoadWorker(
              plan: plan,
              worker: number,
              of: workers,
              engine: LoadEngine(
                plan: plan,
                cards: cards,
                templates: templates,
                worker: number,
                report: empty
              ),
              loop: loop,
              counters: counters
            ),
            eventLoop: loop
          )
        }.get()
        bound.append((worker, loop))
        try await loop.flatSubmit { worker.value.connect() }.get()
      }
    } catch {
      for (worker, loop) in bound { loop.execute { worker.value.close() } }
      return .failure(
        .unreachable(host: plan.host, port: plan.port, reason: ConnectReason.text(error))
      )
    }
    // A little ahead, so that every worker is ready when the first request is due.
    counters.begin(workers: workers)
    let start = NIODeadline.now().uptimeNanoseconds + 20_000_000
    let epochOffset = LoadRun.epochOffset()
    var report = empty
    do {
      let running = bound.map { worker, loop in
        loop.flatSubmit { worker.value.run(start: start, epochOffset: epochOffset) }
      }
      for part in running { report.add(try await part.get()) }
    } catch {
      return .failure(.badPlan("the event loop ended early: \(error)"))
    }
    for (worker, loop) in bound { loop.execute { worker.value.close() } }
    report.intervals = counters.finish()
    report.start = start
    return .success(report)
  }

  /// What turns the monotonic clock into the wall clock, in nanoseconds.
  private static func epochOffset() -> Int64 {
    Int64(WallClock.now().microsecondsSinceEpoch) * 1_000
      - Int64(NIODeadline.now().uptimeNanoseconds)
  }
}
