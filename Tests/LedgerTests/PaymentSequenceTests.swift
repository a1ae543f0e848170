import Authorization
import Foundation
import Testing

@testable import Ledger

/// Orders of messages about one payment, every one of them, and random lives, against the model.
@Suite(.serialized) struct PaymentSequenceTests {
  static let isLong = ProcessInfo.processInfo.environment["HOLDFAST_LONG_TESTS"] == "1"

  /// The same messages in each usual run; `HOLDFAST_SEED` gives others, and a long run takes its own.
  private static func random() -> SeededRandom {
    let isGiven = ProcessInfo.processInfo.environment["HOLDFAST_SEED"] != nil
    if isLong || isGiven { return SeededRandom(test: "PaymentSequenceTests") }
    return SeededRandom(seed: 2_334_464_645)
  }

  private static func count(_ name: String, _ usual: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
  }

  @Test(.timeLimit(.minutes(60)))
  func `every order of up to six of the messages about one payment gives the model's books`()
    async throws
  {
    var random = Self.random()
    let fixture = try LedgerFixture()
    let stage = try await PaymentStage(
      fixture,
      [.credit, .deposit],
      usersEach: Self.isLong ? 4_000 : 2_000,
      funds: 10_000_000
    )
    // All of them, or all short ones and some of the others.
    func isChosen(_ order: [Int]) -> Bool {
      Self.isLong || order.count <= 4
        || order.count == 5 && order.allSatisfy { $0 < PaymentScript.usualKinds }
    }
    var orders: [[Int]] = []
    var others: [[Int]] = []
    for order in Self.orders(of: PaymentScript.kinds, upTo: 6) {
      if isChosen(order) { orders.append(order) } else { others.append(order) }
    }
    others.shuffle(using: &random)
    orders += others.prefix(Self.count("HOLDFAST_ORDERS", 4_000))
    // Both kinds of programme get some of each length.
    orders.shuffle(using: &random)
    let started = ContinuousClock.now
    var script = PaymentScript()
    for start in stride(from: 0, to: orders.count, by: stage.width) {
      let wave = orders[start..<min(start + stage.width, orders.count)]
      try await stage.play(wave.map { script.steps($0) })
    }
    try await finish(stage, since: started)
  }

  @Test(.timeLimit(.minutes(360)))
  func `random lives of payments give the model's answers and books`() async throws {
    var random = Self.random()
    let least = Self.count("HOLDFAST_SEQUENCES", Self.isLong ? 1_000_000 : 6_000)
    let started = ContinuousClock.now
    var played = 0
    var told: [String: Int] = [:]
    while played < least {
      // A ledger of its own for each part, so that its journal stays within what a proof can read soon.
      let fixture = try LedgerFixture()
      let stage = try await PaymentStage(
        fixture,
        [.credit, .deposit, .scarceDeposit, .penniless],
        usersEach: Self.isLong ? 2_000 : 500,
        funds: 100_000
      )
      var life = RandomLife(random: SeededRandom(seed: random.next()))
      while stage.sequences < Self.count("HOLDFAST_PART", 100_000), played < least {
        let wave = (0..<stage.width).map { _ in life.steps() }
        let days = (0..<20).map { _ in Int64.random(in: 0...6, using: &random) }
        try await stage.play(wave, days: days)
        played += wave.count
        try await stage.refill()
      }
      told.merge(stage.told) { $0 + $1 }
      try await finish(stage, since: started)
    }
    print("PaymentSequenceTests: \(played) random lives in \(ContinuousClock.now - started)")
    for (answer, times) in told.sorted(by: { $0.key < $1.key }) {
      print("PaymentSequenceTests: \(answer) \(times) times")
    }
    guard played >= 6_000 else { return }
    // Nothing is proven about an answer that was never given.
    let expected = [
      "0000 ", "0002 ", "0085 ", "1000 REVERSED_BEFORE_ARRIVAL", "1004 BALANCE_BLOCKED",
      "1006 CARD_LOCKED_PIN", "1010 AMOUNT_INVALID", "1016 INSUFFICIENT_DEPOSIT",
      "1016 INSUFFICIENT_USER_FUNDS", "1021 VELOCITY_AMOUNT", "1030 CURRENCY_NOT_ACCEPTED",
      "1033 LIFE_CYCLE_NOT_ACCEPTABLE", "1034 LIFE_CYCLE_EXPIRED", "1035 BALANCE_CLOSED",
      "1062 CASH_BACK_NOT_ALLOWED", "1063 CASH_BACK_TOO_HIGH", "1072 SURCHARGE_NOT_PERMITTED",
      "1074 EXCEEDS_AUTHORIZED_AMOUNT", "1082 ORIGINAL_DECLINED", "1824 ", "4000 ",
      "9000 DECLINED_ELSEWHERE", "9001 ", "9100 REVERSAL_AMOUNT_MISMATCH",
      "9114 ORIGINAL_NOT_FOUND",
    ]
    for answer in expected where told[answer] == nil {
      Issue.record("no message was answered with \(answer)")
    }
  }

  /// The books are proven, and rebuilt they are the same.
  private func finish(_ stage: PaymentStage, since started: ContinuousClock.Instant) async throws {
    let played = ContinuousClock.now - started
    let fixture = stage.fixture
    try await fixture.expectConsistent()
    var before = BooksDump()
    try fixture.restart { before = try BooksDump(path: fixture.path) }
    try await fixture.expectConsistent()
    var after = BooksDump()
    try fixture.restart { try RecoveryFiles.removeBooks(fixture.path) }
    try fixture.restart { after = try BooksDump(path: fixture.path) }
    #expect(before.trees["entries"]?.isEmpty == false)
    #expect(before.firstDifference(after) == nil)
    try await fixture.expectConsistent()
    print(
      "PaymentSequenceTests: \(stage.sequences) sequences, \(stage.messages) messages, "
        + "\(stage.holdsEnded) holds ended; played after \(played), "
        + "proven and rebuilt after \(ContinuousClock.now - started)"
    )
  }

  /// Every selection without repetition in every order.
  static func orders(of count: Int, upTo length: Int) -> [[Int]] {
    var all: [[Int]] = []
    var last: [[Int]] = [[]]
    for _ in 0..<length {
      last = last.flatMap { order in
        (0..<count).filter { !order.contains($0) }.map { order + [$0] }
      }
      all += last
    }
    return all
  }
}
