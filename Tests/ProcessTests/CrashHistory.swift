import Simulator
import Testing

/// What a client has seen of one data directory over many crashes of its daemon.
struct CrashHistory {
  private static let links = 4
  private static let window = 16

  private let portfolio: Portfolio
  private let till: Till
  private var tally: Tally
  /// Every answer that came, in the order of the cycles.
  private var known: [(purchase: Purchase, answer: Answer)] = []
  /// Where the answers of the latest cycle begin.
  private var latest = 0
  /// What the latest crash left without an answer.
  private var unanswered: [Purchase] = []
  /// How many requests were without an answer, over all crashes.
  private(set) var lost = 0

  /// How many answers came.
  var answers: Int { known.count }

  init(in daemon: Daemon) async throws {
    // Two users whose money runs out, so that refusals are among the answers.
    portfolio = try await Portfolio(
      in: daemon,
      deposit: 100_000_000_000,
      users: Array(repeating: 1_000_000_000, count: 6) + [90_000, 20_000]
    )
    till = try Till(portfolio)
    tally = Tally(portfolio)
  }

  /// Looks at the books as the crash left them, then asks for the latest answers again.
  mutating func check(on daemon: Daemon, after cycle: Int) async throws {
    expectAgreement(try await tally.differences(in: daemon), "after crash \(cycle)")
    expectAgreement(try await daemon.proofDifferences(), "after crash \(cycle)")

    try await Self.repeatAnswers(known[latest...], on: daemon, asRepeats: cycle.isMultiple(of: 2))
    // What was in flight is asked again as a network would; its outcome is known from then on.
    tally.settle()
    let (address, open) = (daemon.address, unanswered)
    let answers = try await onThread {
      try Link(address).exchange(open, window: Self.window, asRepeats: true)
    }
    for (purchase, answer) in zip(open, answers) {
      tally.add(purchase, answer)
      known.append((purchase, answer))
    }
    unanswered = []
    expectAgreement(try await tally.differences(in: daemon), "after the repeats of crash \(cycle)")
  }

  /// Loads the daemon, ends it at a random moment, and takes down what it answered.
  mutating func crash(
    _ daemon: Daemon,
    cycle: Int,
    using generator: inout SeededGenerator
  ) async throws {
    let milliseconds = Int.random(in: 10...150, using: &generator)
    let base = UInt64(cycle + 1) * 10_000_000
    // Connected before the clock runs: the crash may come soon.
    let address = daemon.address
    let links = try await onThread { try (0..<Self.links).map { _ in try Link(address) } }
    let loads = links.enumerated().map { number, link in
      Load(
        link: link,
        till: till,
        users: portfolio.users.count,
        seed: generator.next(),
        firstTrace: base + UInt64(number) * 1_000_000,
        window: Self.window
      )
    }
    async let results = onThreads(Self.links) { try loads[$0].run() }
    try await Task.sleep(for: .milliseconds(milliseconds))
    daemon.child.kill()
    latest = known.count
    for result in try await results {
      tally.add(result)
      known += result.answered
      unanswered += result.unanswered
    }
    lost += unanswered.count
  }

  /// Asks for every answer of all cycles again.
  func repeatEverything(on daemon: Daemon) async throws {
    try await Self.repeatAnswers(known[...], on: daemon, asRepeats: true)
    expectAgreement(try await tally.differences(in: daemon), "after all repeats")
    expectAgreement(try await daemon.proofDifferences(), "after all repeats")
  }

  private static func repeatAnswers(
    _ known: ArraySlice<(purchase: Purchase, answer: Answer)>,
    on daemon: Daemon,
    asRepeats: Bool
  ) async throws {
    let (address, purchases) = (daemon.address, known.map(\.purchase))
    let answers = try await onThread {
      try Link(address).exchange(purchases, window: 64, asRepeats: asRepeats)
    }
    #expect(answers.count == known.count)
    let differing = zip(known, answers).filter { $0.answer != $1 }.map(\.0.purchase.trace)
    #expect(differing.isEmpty, "\(differing.count) answers differ, first \(differing.prefix(3))")
  }
}
