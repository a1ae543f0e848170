import Foundation
import JSON
import Testing

extension ProcessTests {
  /// The feed of events as `holdfast events --follow` shows it (rows N-3, A-076).
  struct EventFeedTests {
    private func follow(_ daemon: Daemon, in directory: String) throws -> Child {
      try Child(
        Programs.client,
        ["--socket", "\(daemon.data)/management.sock", "--json", "events", "--follow"],
        directory: directory,
        name: "follower"
      )
    }

    /// The whole lines that a follower has printed.
    private func events(_ follower: Child) throws -> [JSONValue] {
      let text = follower.output
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      return try lines.map { try JSONValue(parsing: Array($0.utf8)) }
    }

    /// All events, read page after page.
    private func feed(_ daemon: Daemon) async throws -> [JSONValue] {
      var found: [JSONValue] = []
      var next = "0"
      while true {
        let page = try await daemon.call("GET", "/admin/events?limit=200&after=\(next)")
        found += try #require(page["data"]?.elements)
        next = try #require(page["next"]?.text)
        guard page["hasMore"]?.boolean == true else { return found }
      }
    }

    private func types(_ events: [JSONValue]) -> [String: Int] {
      events.reduce(into: [:]) { $0[$1["type"]?.text ?? "", default: 0] += 1 }
    }

    @Test(.timeLimit(.minutes(3)), arguments: ["lmdb", "log"])
    func `a follower sees each event once, through a crash and a restart`(
      journal: String
    ) async throws {
      let arguments = ["--virtual-clock", "--journal", journal]
      try await Scratch.withDirectory { directory in
        let first = try await Daemon.start(in: directory, arguments: arguments)
        let follower = try follow(first, in: directory)
        defer { follower.kill() }
        let (portfolio, till, answered) = try await first.during {
          let portfolio = try await Portfolio(in: first, deposit: 900_000, users: [900_000])
          let till = try Till(portfolio)
          let link = try Link(first.address)
          #expect(try link.exchange(till.purchase(1, amount: 100)).action == 0)
          let advanced = try await first.call(
            "POST",
            "/admin/clock/advance",
            ["seconds": 604_801]
          )
          #expect(advanced["expired"]?.integer == 1)
          // The crash comes while payments are under way.
          let isOver = Flag()
          async let answered = onThread {
            var trace: UInt64 = 2
            while !isOver.isSet {
              guard let answer = try? link.exchange(till.purchase(trace, amount: 1)) else { break }
              guard answer.action == 0 else { throw TestFailure("\(trace) was refused") }
              trace += 1
            }
            return trace - 2
          }
          let hasSome = try await eventually(seconds: 20) { try events(follower).count > 100 }
          #expect(hasSome, "the follower stands still")
          first.child.kill()
          isOver.set()
          return (portfolio, till, try await answered)
        }
        #expect(answered > 50)
        let second = try await Daemon.start(in: directory, arguments: arguments)
        try await second.during {
          let link = try Link(second.address)
          #expect(try link.exchange(till.purchase(1_000_000, amount: 1)).action == 0)
          _ = try await second.call("POST", "/admin/clock/advance", ["seconds": 604_801])
          let held = try await portfolio.figures(of: 0, in: second).held
          #expect(held == 0)
          let whole = try await feed(second)
          let isCaughtUp = try await eventually(seconds: 20) {
            try events(follower).count >= whole.count
          }
          #expect(isCaughtUp && follower.poll() == nil)
          let shown = try events(follower)
          #expect(shown == whole)
          #expect(shown.compactMap { $0["seq"]?.integer } == (1...Int64(whole.count)).map { $0 })
          let types = types(shown)
          let approved = types["authorization.approved"] ?? 0
          // One more may have been durable when its answer was lost.
          #expect((Int(answered) + 2...Int(answered) + 3).contains(approved))
          #expect(types["authorization.expired"] == approved)
          #expect(try await second.proofDifferences().isEmpty)
          // A stop does not wait for those who wait.
          #expect(try await second.stop() == 0)
        }
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `people see one line an event, and how to go on`() async throws {
      try await Daemon.run { daemon in
        _ = try await Portfolio(in: daemon, deposit: 9_000, users: [9_000])
        let directory = URL(filePath: daemon.data).deletingLastPathComponent().path
        func run(_ arguments: [String]) async throws -> Child {
          let child = try Child(
            Programs.client,
            ["--socket", "\(daemon.data)/management.sock", "events"] + arguments,
            directory: directory,
            name: "events"
          )
          _ = try await child.wait(seconds: 20)
          return child
        }
        let some = try await run(["--limit", "2"])
        #expect(some.poll() == 0)
        let lines = some.output.split(separator: "\n")
        #expect(lines.count == 4 && lines.first?.hasPrefix("TIME") == true)
        #expect(lines.last == "More: add --after 2, or --follow")
        let cards = try await run(["--type", "card.created"])
        #expect(cards.output.contains("card.created") && !cards.output.contains("balance"))
        let none = try await run(["--after", "latest"])
        #expect(none.output == "Nothing.\n")
        #expect(try await run(["--type", "nothing"]).poll() == 1)
        #expect(try await run(["--after", "x"]).poll() == 2)
        #expect(try await run(["--follow", "--limit", "3"]).poll() == 2)
      }
    }
  }
}
