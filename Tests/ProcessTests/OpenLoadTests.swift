import Authorization
import JSON
import LoadGenerator
import Simulator
import Testing

extension ProcessTests {
  /// What networks send whatever the answers do, more of it than the daemon can take (row A-013).
  struct OpenLoadTests {
    private static let users = 500
    private static let bin: UInt32 = 400_000_000

    private func plan(
      _ daemon: Daemon,
      rate: Double,
      seconds: Double,
      seed: UInt64
    ) throws -> LoadPlan {
      let parts = daemon.address.split(separator: ":")
      let port = try #require(parts.last.flatMap { Int($0) })
      let euro = try #require(Currency(code: "EUR"))
      var plan = LoadPlan(
        host: "127.0.0.1",
        port: port,
        rate: .perSecond(rate),
        seconds: seconds,
        amount: try #require(Amount(minorUnits: 1, currency: euro)),
        seed: seed
      )
      plan.connections = 16
      plan.drainSeconds = 60
      return plan
    }

    @Test(.timeLimit(.minutes(5)))
    func
      `at more than its capacity every request is answered, nothing grows, and all is as before`()
      async throws
    {
      let each: Int64 = 100_000_000
      let configuration: JSONValue = [
        "listeners": [["listen": "127.0.0.1:0", "answerWithinMilliseconds": 1_000]]
      ]
      try await Daemon.run(configuration: configuration) { daemon in
        let portfolio = try await Portfolio(
          in: daemon,
          bin: Self.bin,
          deposit: each * Int64(Self.users),
          users: Array(repeating: each, count: Self.users)
        )
        let numbers = try #require(CardNumberRange(from: Self.bin, through: Self.bin))
        let cards = try #require(
          LoadCards(numbers, count: Self.users, expiry: Portfolio.expiry)
        )
        // Each run has trace numbers of its own.
        var generator = Seed.generator(of: "open load")
        // The first peak fills tables and buffers; a second one must not need more.
        let peak = try plan(daemon, rate: 1_000_000, seconds: 1, seed: generator.next())
        let first = try await LoadRun(peak, cards: cards).run()
        let before = try daemon.child.anonymousBytes()
        let again = try plan(daemon, rate: 1_000_000, seconds: 2, seed: generator.next())
        let second = try await LoadRun(again, cards: cards).run()
        let grown = try daemon.child.anonymousBytes() - before
        print(
          "open load: \(first.sent) and \(second.sent) sent, \(second.unsent) unsent, "
            + "\(second.declined), grown by \(grown >> 20) MiB"
        )
        for report in [first, second] {
          #expect(
            report.refused + report.heldBack + report.unsent > 0,
            "the daemon kept up: no overload"
          )
          #expect(report.unanswered == 0)
          #expect(report.strays == 0)
          #expect(report.unexpected == 0)
          #expect(report.brokenConnections == 0)
          #expect(report.approved + report.refused == report.answered)
          #expect(Set(report.declined.keys).isSubset(of: [9_107, 9_109]))
        }
        #expect(grown < 256 << 20, "grown by \(grown >> 20) MiB")

        // Little load is carried as ever, at once after the peak.
        let little = try plan(daemon, rate: 200, seconds: 2, seed: generator.next())
        let after = try await LoadRun(little, cards: cards).run()
        #expect(after.approved == 400)
        #expect(after.refused == 0)

        // What was approved is held, to the last request, and nothing else.
        let approved = first.approved + second.approved + after.approved
        let deposit = try await portfolio.depositFigures(in: daemon)
        #expect(deposit.held == Int64(approved))
        expectAgreement(try await daemon.proofDifferences())
      }
    }
  }
}
