import Authorization
import CLMDB
import Cryptography
import Foundation
import Synchronization
import Telemetry
import Testing

@testable import Ledger

/// The hand-over of layers to the poster, with the test in the writer's place.
struct LedgerPosterTests {
  /// Books of their own, and a poster whose thread runs.
  private final class Stage {
    let path: String
    let books: LMDBEnvironment
    let schema: Schema
    let poster: LedgerPoster
    let traffic = AuthorizationTraffic()
    let faults = FaultBox()
    let wakeUps = Wakes()
    private let ended = DispatchSemaphore(value: 0)

    init(mapBytes: Int = 1 << 26) throws {
      path = LedgerFixture.newPath()
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      books = try LMDBEnvironment(
        path: path,
        mapBytes: mapBytes,
        tables: Schema.tableCount,
        durability: .lastTransactionsMayBeLost
      )
      let transaction = try books.write()
      schema = try Schema(transaction.access, create: true)
      try transaction.commit()
      poster = LedgerPoster(
        books: books,
        schema: schema,
        applied: 0,
        metrics: LedgerMetrics(registry: MetricsRegistry()),
        traffic: traffic,
        wakeWriter: { [wakeUps] in wakeUps.add() },
        fault: { [faults] in faults.add($0) }
      )
      let poster = poster
      let ended = ended
      Thread.detachNewThread {
        poster.run()
        ended.signal()
      }
    }

    deinit {
      poster.stop()
      _ = ended.wait(timeout: .now() + .seconds(20))
      try? FileManager.default.removeItem(atPath: path)
    }

    /// A layer of so many authorizations that ends with an entry.
    func posting(through sequence: UInt64, records: Int = 1) throws -> Posting {
      let layer = WorkingSet.Layer()
      let time = Instant(microsecondsSinceEpoch: 0)
      for number in 0..<UInt64(records) {
        let id = PartnerID(sequence << 32 + number)
        layer.partners[id] = PartnerRecord(
          id: id,
          name: String(repeating: "p", count: 190),
          created: time
        )
      }
      return Posting(
        layer: layer,
        totals: [:],
        state: BooksState(
          applied: sequence,
          hash: .zero,
          time: time,
          counters: Counters(),
          vaultFingerprint: ""
        ),
        effects: records,
        hasAuthorizations: true
      )
    }

    /// Begins the first posting, held up where it begins until what is returned is committed.
    func postHeldUp() throws -> WriteTransaction {
      let held = try books.write()
      poster.entryDurable(1, bytes: 100)
      try waitForQuestion()
      poster.post(try posting(through: 1))
      return held
    }

    var applied: UInt64 { poster.applied.load(ordering: .acquiring) }
    var isAsking: Bool { poster.isWaitingForLayer.load(ordering: .acquiring) }

    /// Waits until the poster asks for a layer.
    func waitForQuestion() throws { try waitUntil { isAsking } }

    /// Waits, but not for ever: a time limit of the test would not end a thread that waits.
    func waitUntil(_ condition: () -> Bool) throws {
      for _ in 0..<20_000 {
        if condition() { return }
        usleep(1_000)
      }
      throw LedgerError.busy
    }
  }

  private final class Wakes: Sendable {
    private let counter = Atomic(0)
    var count: Int { counter.load(ordering: .acquiring) }
    func add() { counter.add(1, ordering: .acquiringAndReleasing) }
  }

  private final class Answers: Sendable {
    private let kept = Mutex<[Bool]>([])
    var all: [Bool] { kept.withLock { $0 } }
    func add(_ answer: Bool) { kept.withLock { $0.append(answer) } }
  }

  @Test(.timeLimit(.minutes(1)))
  func `who waits hurries the posting that is under way and is answered by it`() throws {
    let stage = try Stage()
    let poster = stage.poster
    let held = try stage.postHeldUp()
    try stage.waitUntil { !stage.isAsking }
    #expect(poster.pace.milliseconds == LedgerLimits.postingPaceMilliseconds)
    let answers = Answers()
    poster.whenPosted(1) { answers.add($0) }
    #expect(poster.pace.milliseconds == LedgerLimits.urgentPaceMilliseconds)
    #expect(answers.all == [])
    #expect(stage.applied == 0)
    try held.commit()
    try stage.waitUntil { !answers.all.isEmpty }
    #expect(answers.all == [true])
    #expect(stage.applied == 1)
    // What is posted is answered at once.
    poster.whenPosted(1) { answers.add($0) }
    #expect(answers.all == [true, true])
    #expect(poster.wait(for: 1))
  }

  @Test(.timeLimit(.minutes(1)))
  func `a writer that waits is let go when its layer is posted`() throws {
    let stage = try Stage()
    let poster = stage.poster
    let held = try stage.postHeldUp()
    let answers = Answers()
    Thread.detachNewThread { answers.add(poster.wait(for: 1)) }
    try stage.waitUntil { poster.pace.milliseconds == LedgerLimits.urgentPaceMilliseconds }
    #expect(answers.all == [])
    try held.commit()
    try stage.waitUntil { !answers.all.isEmpty }
    #expect(answers.all == [true])
  }

  @Test(.timeLimit(.minutes(1)))
  func `a layer that was not asked for leaves no question behind`() throws {
    let stage = try Stage()
    let poster = stage.poster
    // As when the writer has too much to wait for the question.
    for sequence in UInt64(1)...5 {
      poster.entryDurable(sequence, bytes: 100)
      poster.post(try stage.posting(through: sequence))
      #expect(poster.wait(for: sequence))
      #expect(!stage.isAsking)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `the writer is woken when a posting ends, to drop what is posted`() throws {
    let stage = try Stage()
    let poster = stage.poster
    poster.entryDurable(1, bytes: 100)
    try stage.waitForQuestion()
    try stage.waitUntil { stage.wakeUps.count == 1 }
    poster.post(try stage.posting(through: 1))
    #expect(poster.wait(for: 1))
    try stage.waitUntil { stage.wakeUps.count == 2 }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a posting at leisure is paced, and one that stops is not held up by it`() throws {
    let stage = try Stage()
    let poster = stage.poster
    let before = FlushPace.pacedFlushes
    poster.entryDurable(1, bytes: 100)
    try stage.waitForQuestion()
    poster.post(try stage.posting(through: 1, records: 1_000))
    try stage.waitUntil { stage.applied == 1 }
    #expect(FlushPace.pacedFlushes > before)
    poster.stop()
    #expect(poster.pace.milliseconds == 0)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a posting has half of the time in which its layer was filled`() throws {
    let stage = try Stage()
    let poster = stage.poster
    poster.entryDurable(1, bytes: 100)
    let earliest = MonotonicTime.now()
    poster.post(try stage.posting(through: 1))
    #expect(poster.wait(for: 1))
    // Held up, so that its pace can be looked at.
    let held = try stage.books.write()
    poster.entryDurable(2, bytes: 100)
    poster.post(try stage.posting(through: 2))
    let most = MonotonicTime.now().nanoseconds(since: earliest) / 1_000_000 / 2
    try stage.waitUntil { !stage.isAsking && poster.pace.milliseconds <= most }
    try held.commit()
    #expect(poster.wait(for: 2))
  }

  @Test(.timeLimit(.minutes(1)))
  func `what was handed over before the stop is posted`() throws {
    let stage = try Stage()
    let poster = stage.poster
    let held = try stage.postHeldUp()
    poster.stop()
    try held.commit()
    #expect(poster.wait(for: 1))
    #expect(stage.faults.errors.isEmpty)
  }

  @Test(.timeLimit(.minutes(1)))
  func `everybody who waits is told when a posting fails`() throws {
    // Less than the layer needs.
    let stage = try Stage(mapBytes: 1 << 18)
    let poster = stage.poster
    poster.entryDurable(1, bytes: 100)
    try stage.waitForQuestion()
    let answers = Answers()
    poster.whenPosted(1) { answers.add($0) }
    poster.post(try stage.posting(through: 1, records: 5_000))
    #expect(!poster.wait(for: 1))
    try stage.waitUntil { !answers.all.isEmpty && !stage.faults.errors.isEmpty }
    #expect(answers.all == [false])
    guard case .storage(_, MDB_MAP_FULL) = stage.faults.errors.first else {
      Issue.record("\(stage.faults.errors)")
      return
    }
    // Who comes later does not wait either.
    poster.whenPosted(1) { answers.add($0) }
    #expect(answers.all == [false, false])
    #expect(!poster.wait(for: 1))
  }

  @Test(.timeLimit(.minutes(1)))
  func `a poster that stops with nothing to post tells those who wait`() throws {
    let stage = try Stage()
    let answers = Answers()
    stage.poster.entryDurable(1, bytes: 100)
    stage.poster.whenPosted(1) { answers.add($0) }
    stage.poster.stop()
    try stage.waitUntil { !answers.all.isEmpty }
    #expect(answers.all == [false])
  }

  @Test(.timeLimit(.minutes(1)))
  func `readers share postings while authorizations come and are served at once afterwards`() throws
  {
    let stage = try Stage()
    let poster = stage.poster
    stage.traffic.note(at: .now())
    poster.entryDurable(1, bytes: 100)
    poster.whenPosted(1) { _ in }
    try stage.waitForQuestion()
    let began = MonotonicTime.now()
    poster.post(try stage.posting(through: 1))
    try stage.waitUntil { stage.applied == 1 }
    poster.entryDurable(2, bytes: 100)
    poster.whenPosted(2) { _ in }
    let rest = UInt64(LedgerLimits.readerPostingMilliseconds - 200) * 1_000_000
    while MonotonicTime.now().nanoseconds(since: began) < rest {
      stage.traffic.note(at: .now())
      #expect(!stage.isAsking, "a posting for readers follows the one before it at once")
      usleep(5_000)
    }
    try stage.waitForQuestion()
    poster.post(try stage.posting(through: 2))
    try stage.waitUntil { stage.applied == 2 }
    usleep(UInt32(LedgerLimits.trafficNanoseconds / 1_000) + 10_000)
    let asked = MonotonicTime.now()
    poster.entryDurable(3, bytes: 100)
    poster.whenPosted(3) { _ in }
    try stage.waitForQuestion()
    #expect(MonotonicTime.now().nanoseconds(since: asked) < rest / 2)
  }
}
