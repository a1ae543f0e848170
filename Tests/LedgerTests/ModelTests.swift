import Authorization
import Foundation
import Testing

@testable import Ledger

/// Random work against the model, then the books rebuilt from the journal.
struct ModelTests {
  /// How many random messages and commands; `HOLDFAST_MODEL_COMMANDS` asks for more.
  static let least =
    ProcessInfo.processInfo.environment["HOLDFAST_MODEL_COMMANDS"].flatMap { Int($0) } ?? 110_000

  /// The journal changes nothing about the books, so the second one gets a part of the work.
  @Test(.timeLimit(.minutes(10)), arguments: [(JournalKind.lmdb, least), (.log, least / 5)])
  func `a hundred thousand random commands give the model's answers and books`(
    journal: JournalKind,
    least: Int
  ) async throws {
    var random = SeededRandom(test: "ModelTests")
    let fixture = try LedgerFixture(journal: journal)
    let deposit = try await TestWorld(
      fixture,
      .deposit,
      leadingNine: 400_000_000,
      users: 60,
      cardsEach: 3,
      backing: 300_000,
      funds: 20_000,
      isMixed: true
    )
    let credit = try await TestWorld(
      fixture,
      .credit,
      currency: "USD",
      leadingNine: 500_000_000,
      users: 60,
      cardsEach: 3,
      backing: 1_600_000,
      funds: 20_000,
      isMixed: true
    )
    var drivers = [
      ModelDriver(
        deposit,
        funds: 20_000,
        backing: 300_000,
        random: SeededRandom(seed: random.next())
      ),
      ModelDriver(
        credit,
        funds: 20_000,
        backing: 1_600_000,
        random: SeededRandom(seed: random.next())
      ),
    ]
    var done = 0
    while done < least {
      // Messages for one world while the other is managed: they share batches and no state, so the
      // order between them does not matter to either model.
      let paying = Int.random(in: 0...1, using: &random)
      let managed = 1 - paying
      let requests = try drivers[paying].burst(
        random.chance(20) ? 1 : Int.random(in: 2...1_500, using: &random)
      )
      var work: [(ManagementCommand, RequestIdentity?, String)] = []
      for _ in 0..<Int.random(in: 0...24, using: &random) {
        work.append(try drivers[managed].command())
      }
      let ledger = fixture.ledger
      let commands = work
      async let managing: Void = {
        for (command, identity, expected) in commands {
          let outcome = try await ledger.perform(command, identity: identity)
          var refusal = ""
          if case .refused(let refused) = outcome { refusal = refused.code }
          guard refusal == expected else {
            throw ModelDriver.Difference(
              what: "\(command): '\(refusal)' instead of '\(expected)'"
            )
          }
        }
      }()
      try drivers[paying].compare(try await fixture.submit(requests))
      try await managing
      done += requests.count + work.count
    }
    for driver in drivers {
      try await driver.compareState(fixture)
      #expect(driver.model.approved > done / 50)
      print(
        "ModelTests: \(driver.messages) messages, \(driver.commands) commands, "
          + "\(driver.model.approved) approved, declined \(driver.model.declined.sorted { $0.key < $1.key })"
      )
    }
    let batches = fixture.inbox.batches
    print("ModelTests: \(batches.count) batches, the largest of \(batches.max() ?? 0)")
    #expect((batches.max() ?? 0) > 100)
    // Nothing is proven about a rule that never spoke.
    let told = Set(drivers.flatMap { $0.model.declined.keys })
    #expect(told.subtracting(DeclineReason.allCases.map(\.name)).isEmpty)
    for reason in DeclineReason.allCases where !told.contains(reason.name) {
      print("ModelTests: \(reason.name) did not occur")
    }
    try await fixture.expectConsistent()

    var before = BooksDump()
    try fixture.restart { before = try BooksDump(path: fixture.path) }
    try await fixture.expectConsistent()
    var after = BooksDump()
    try fixture.restart { try RecoveryFiles.removeBooks(fixture.path) }
    try fixture.restart { after = try BooksDump(path: fixture.path) }
    #expect(before.trees.keys.count == Int(Schema.tableCount))
    #expect(before.firstDifference(after) == nil)
    for driver in drivers { try await driver.compareState(fixture) }
    try await fixture.expectConsistent()
  }
}
