import JSON
import Testing

extension ProcessTests {
  /// Holds run out by the daemon's clock, which tests can set forward (rows A-037, N-5).
  struct VirtualClockTests {
    private func expired(_ daemon: Daemon, seconds: Int64) async throws -> Int64? {
      try await daemon.call("POST", "/admin/clock/advance", ["seconds": .integer(seconds)])[
        "expired"
      ]?.integer
    }

    private func today(_ daemon: Daemon) async throws -> String {
      let now = try await daemon.call("GET", "/admin/clock")["now"]?.text
      return String(try #require(now).prefix(10))
    }

    @Test(.timeLimit(.minutes(2)))
    func `a hold runs out once, by a leap or by itself, and time stays ahead after a restart`()
      async throws
    {
      try await Scratch.withDirectory { directory in
        let first = try await Daemon.start(in: directory, arguments: ["--virtual-clock"])
        let (portfolio, day) = try await first.during {
          let portfolio = try await Portfolio(in: first, deposit: 9_000, users: [9_000])
          let till = try Till(portfolio)
          let link = try Link(first.address)
          #expect(try link.exchange(till.purchase(1, amount: 100)).action == 0)
          // The daemon looks every second too, and must not take this one away from the count.
          #expect(try await expired(first, seconds: 604_801) == 1)
          #expect(try await expired(first, seconds: 604_801) == 0)
          #expect(try await portfolio.figures(of: 0, in: first).held == 0)
          #expect(try link.exchange(till.purchase(2, amount: 200)).action == 0)
          #expect(try await expired(first, seconds: 604_795) == 0)
          #expect(try await portfolio.figures(of: 0, in: first).held == 200)
          let hasEnded = try await eventually(seconds: 30) {
            try await portfolio.figures(of: 0, in: first).held == 0
          }
          #expect(hasEnded, "nobody asked, and yet the hold runs out")
          let day = try await today(first)
          #expect(try await first.stop() == 0)
          return (portfolio, day)
        }
        let second = try await Daemon.start(
          in: directory,
          environment: ["HOLDFAST_VIRTUAL_CLOCK": "true"]
        )
        try await second.during {
          let version = try await second.call("GET", "/version")
          #expect(version["virtualClock"]?.boolean == true)
          #expect(try await today(second) >= day)
          #expect(try await portfolio.figures(of: 0, in: second).held == 0)
          #expect(try await second.proofDifferences().isEmpty)
          #expect(second.child.errors.contains("THE CLOCK IS VIRTUAL"))
          #expect(try await second.stop() == 0)
        }
      }
    }
  }
}
