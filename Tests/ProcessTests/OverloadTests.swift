import Foundation
import JSON
import ManagementClient
import Synchronization
import Testing

extension ProcessTests {
  /// More than the daemon can do is answered or held back, and never half done (row A-013).
  struct OverloadTests {
    @Test(.timeLimit(.minutes(1)))
    func `a link above its limit in flight is held back and loses nothing`() async throws {
      let configuration: JSONValue = [
        "listeners": [["listen": "127.0.0.1:0", "maximumInFlightPerLink": 4]]
      ]
      try await Daemon.run(configuration: configuration) { daemon in
        let portfolio = try await Portfolio(in: daemon, deposit: 9_000, users: [9_000])
        let till = try Till(portfolio)
        let address = daemon.address
        let answers = try await onThreads(4) { link in
          let purchases = (0..<500).map {
            till.purchase(UInt64(1 + link * 1_000 + $0), amount: 1)
          }
          return try Link(address).exchange(purchases, window: 500)
        }
        let approved = answers.reduce(0) { $0 + $1.count(where: \.isApproved) }
        #expect(approved == 2_000)
        #expect(try await portfolio.figures(of: 0, in: daemon).held == 2_000)
        let text = try await daemon.management.send(ManagementRequest("GET", "/metrics")).text
        let held = text.split(separator: "\n").first {
          $0.hasPrefix("holdfast_link_reading_held_total{")
        }
        #expect(held?.hasSuffix(" 0") == false, "no link was held back: \(held ?? "no metric")")
      }
    }

    @Test(.timeLimit(.minutes(3)))
    func `what waited too long is refused and holds nothing`() async throws {
      let configuration: JSONValue = [
        "listeners": [
          [
            "listen": "127.0.0.1:0", "maximumInFlightPerLink": 65_536,
            "answerWithinMilliseconds": 200,
          ]
        ]
      ]
      let links = 64
      let each = 600
      try await Daemon.run(configuration: configuration) { daemon in
        let portfolio = try await Portfolio(
          in: daemon,
          deposit: 100_000_000,
          users: [50_000_000, 50_000_000]
        )
        let till = try Till(portfolio)
        let address = daemon.address
        let before = try daemon.child.residentBytes()
        var stall: StalledJournal? = try StalledJournal(daemon.data)
        async let conversations = onThreads(links) { link -> [(Purchase, Answer)] in
          let purchases = (0..<each).map {
            till.purchase(
              UInt64(1 + link * 100_000 + $0),
              user: $0 & 1,
              amount: Int64(1 + $0 % 7),
              isDebit: $0.isMultiple(of: 5)
            )
          }
          let connection = try Link(address, seconds: 60)
          return Array(zip(purchases, try connection.exchange(purchases, window: each)))
        }
        try await Task.sleep(for: .milliseconds(800))
        stall = nil
        #expect(stall == nil)
        var tally = Tally(portfolio)
        var actions: [UInt16: Int] = [:]
        var late: [Purchase] = []
        for (purchase, answer) in try await conversations.flatMap({ $0 }) {
          tally.add(purchase, answer)
          actions[answer.action, default: 0] += 1
          if answer.action == 9_109 { late.append(purchase) }
        }
        let grown = try daemon.child.residentBytes() - before
        print("overload: \(actions.sorted { $0.key < $1.key }), grown by \(grown >> 20) MiB")
        #expect(actions.values.reduce(0, +) == links * each)
        #expect(Set(actions.keys).isSubset(of: [0, 9_107, 9_109]))
        #expect(actions[9_109, default: 0] > 0, "nothing was refused: no overload")
        #expect(grown < 256 << 20, "grown by \(grown >> 20) MiB")
        expectAgreement(try await tally.differences(in: daemon))
        expectAgreement(try await daemon.proofDifferences())

        // What was refused was not recorded: asked again, the same requests are decided.
        let open = late.prefix(100)
        let isDecided = try await eventually {
          let again = try await onThread { try Link(address).exchange(Array(open), window: 4) }
          return again.allSatisfy { $0.action == 0 }
        }
        #expect(isDecided)
      }
    }

    @Test(.timeLimit(.minutes(3)))
    func `a full queue is answered at once while the disk stalls, and holds nothing`() async throws
    {
      let configuration: JSONValue = [
        "listeners": [
          [
            "listen": "127.0.0.1:0", "maximumInFlightPerLink": 65_536,
            "answerWithinMilliseconds": 600_000,
          ]
        ]
      ]
      let links = 64
      let each = 600
      // The queue's places, and one batch that the writer has in its hands.
      let places = 16_384...16_384 + 4_096
      try await Daemon.run(configuration: configuration) { daemon in
        let portfolio = try await Portfolio(
          in: daemon,
          deposit: 100_000_000,
          users: [50_000_000, 50_000_000]
        )
        let till = try Till(portfolio)
        let address = daemon.address
        let before = try daemon.child.residentBytes()
        let refused = Atomic<Int>(0)
        var stall: StalledJournal? = try StalledJournal(daemon.data)
        async let conversations = onThreads(links) { link -> [(Purchase, Answer)] in
          var open: [UInt64: Purchase] = [:]
          for number in 0..<each {
            let purchase = till.purchase(
              UInt64(1 + link * 100_000 + number),
              user: number & 1,
              amount: Int64(1 + number % 7),
              isDebit: number.isMultiple(of: 5)
            )
            open[purchase.trace] = purchase
          }
          let connection = try Link(address, seconds: 60)
          try connection.send(open.values.map(\.bytes))
          var found: [(Purchase, Answer)] = []
          while found.count < each {
            let answer = try Answer(try connection.receive())
            guard let purchase = open.removeValue(forKey: answer.trace) else {
              throw TestFailure("an answer to \(answer.trace), which waits for none on this link")
            }
            if answer.action == 9_107 { refused.add(1, ordering: .relaxed) }
            found.append((purchase, answer))
          }
          return found
        }
        let isFull = try await eventually(seconds: 60) {
          refused.load(ordering: .relaxed) >= links * each - places.upperBound
        }
        #expect(isFull, "\(refused.load(ordering: .relaxed)) refused while nothing is decided")
        // The process itself is well meanwhile.
        #expect(try Link.ask(address, try Echo.message()).action == 8_000)
        #expect(try await daemon.call("GET", "/healthz")["status"] != nil)
        stall = nil
        #expect(stall == nil)

        var tally = Tally(portfolio)
        var actions: [UInt16: Int] = [:]
        for (purchase, answer) in try await conversations.flatMap({ $0 }) {
          tally.add(purchase, answer)
          actions[answer.action, default: 0] += 1
        }
        let grown = try daemon.child.residentBytes() - before
        print("full queue: \(actions.sorted { $0.key < $1.key }), grown by \(grown >> 20) MiB")
        #expect(Set(actions.keys) == [0, 9_107])
        #expect(places.contains(actions[0, default: 0]))
        #expect(grown < 512 << 20, "grown by \(grown >> 20) MiB")
        expectAgreement(try await tally.differences(in: daemon))
        expectAgreement(try await daemon.proofDifferences())
      }
    }
  }
}
