import Authorization
import Foundation
import ISO8583
import JSON
import LoadGenerator
import ManagementClient
import Simulator
import Testing

extension ProcessTests {
  /// What links and operators tell one another about the links themselves (rows A-004, A-005, A-007,
  /// A-008 and E-49).
  struct NetworkControlTests {
    /// A request of a network (2804).
    private func management(
      _ function: String,
      _ edit: (inout Message) -> Void = { _ in }
    ) throws -> [UInt8] {
      var composer = RequestComposer(
        firstTrace: UInt64.random(in: 1...999_999),
        clock: WallClock.now
      )
      var message = composer.networkManagement(function: function)
      edit(&message)
      return try message.packed()
    }

    /// Waits for a request of the daemon's own on a link.
    private func receiveRequest(_ link: Link, _ function: String) throws -> Message {
      let message = try Message(unpacking: try link.receive())
      #expect(message.type.text == "2804")
      #expect(message.text(.functionCode) == function)
      return message
    }

    /// What a peer answers.
    private func reply(to request: Message, _ code: String = "8000") throws -> [UInt8] {
      var message = request
      message.type = try #require(MessageType(text: "2814"))
      message.fields[.actionCode] = .text(code)
      return try message.packed()
    }

    private func links(_ daemon: Daemon) async throws -> [JSONValue] {
      try await daemon.call("GET", "/admin/links")["data"]?.elements ?? []
    }

    private func states(_ daemon: Daemon) async throws -> [String] {
      try await links(daemon).compactMap { $0["state"]?.text }
    }

    private func metric(_ daemon: Daemon, _ series: String) async throws -> Int? {
      try await daemon.management.send(ManagementRequest("GET", "/metrics")).text
        .split(separator: "\n").first { $0.hasPrefix(series + " ") }
        .flatMap { Int($0.dropFirst(series.count + 1)) }
    }

    /// What an operator's message to a link gives.
    private func send(
      _ message: String,
      _ link: String,
      _ daemon: Daemon
    ) async throws -> (status: Int, body: JSONValue) {
      let response = try await daemon.management.send(
        ManagementRequest("POST", "/admin/links/\(link)/\(message)")
      )
      return (response.status, try JSONValue(parsing: response.body))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a link that has signed off is refused, the other is served`() async throws {
      try await Daemon.run { daemon in
        let portfolio = try await Portfolio(in: daemon, deposit: 9_000, users: [9_000])
        let till = try Till(portfolio)
        let (first, second) = (try Link(daemon.address), try Link(daemon.address))
        #expect(try first.exchange(till.purchase(1, amount: 100)).action == 0)
        #expect(try second.exchange(till.purchase(2, amount: 100)).action == 0)
        #expect(try await states(daemon) == ["UP", "UP"])
        #expect(try first.exchange(try management("802")).action == 8000)
        #expect(try await states(daemon) == ["SIGNED_OFF", "UP"])
        let refused = till.purchase(3, amount: 100)
        #expect(try first.exchange(refused).action == 9110)
        #expect(try first.exchange(refused).action == 9110)
        #expect(try second.exchange(till.purchase(4, amount: 100)).action == 0)
        // What was refused holds nothing and is not remembered.
        #expect(try await portfolio.figures(of: 0, in: daemon).held == 300)
        #expect(try second.exchange(refused).action == 0)
        #expect(try first.exchange(try Echo.message()).action == 8000)
        #expect(
          try await metric(daemon, #"holdfast_links{listener="default",state="SIGNED_OFF"}"#) == 1
        )
        #expect(try first.exchange(try management("801")).action == 8000)
        #expect(try first.exchange(till.purchase(5, amount: 100)).action == 0)
        #expect(try await states(daemon) == ["SIGNED_ON", "UP"])
        let shown = try #require(try await links(daemon).first)
        #expect(shown["listener"]?.text == daemon.address)
        #expect(shown["network"]?.text == "default")
        #expect(shown["received"]?.integer == 7)
        #expect(shown["answered"]?.integer == 7)
        #expect(shown["inFlight"]?.integer == 0)
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a listener that requires sign-on serves no link before its own`() async throws {
      let configuration: JSONValue = [
        "listeners": [["listen": "127.0.0.1:0", "requireSignOn": true]]
      ]
      try await Daemon.run(configuration: configuration) { daemon in
        let portfolio = try await Portfolio(in: daemon, deposit: 9_000, users: [9_000])
        let till = try Till(portfolio)
        let (first, second) = (try Link(daemon.address), try Link(daemon.address))
        #expect(try first.exchange(try management("801")).action == 8000)
        #expect(try first.exchange(till.purchase(1, amount: 100)).action == 0)
        #expect(try second.exchange(till.purchase(2, amount: 100)).action == 9110)
        #expect(try await states(daemon) == ["SIGNED_ON", "SIGNED_OFF"])
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `echoes of ours keep a link that answers and end one that does not`() async throws {
      let configuration: JSONValue = [
        "listeners": [
          ["listen": "127.0.0.1:0", "echoEverySeconds": 1, "institution": "0123456789"]
        ]
      ]
      try await Daemon.run(configuration: configuration) { daemon in
        let address = daemon.address
        // One peer answers for six seconds.
        async let answered = onThread { () throws -> Int in
          let link = try Link(address)
          var count = 0
          let end = ContinuousClock.now + .seconds(6)
          while ContinuousClock.now < end {
            let request = try receiveRequest(link, "831")
            #expect(request.text(.forwarder) == "0123456789")
            try link.send(try reply(to: request))
            // Said twice, it answers nothing the second time.
            try link.send(try reply(to: request))
            count += 1
          }
          return count
        }
        // One is silent: two echoes and the end.
        let traces = try await onThread { () throws -> [String?] in
          let link = try Link(address)
          let first = try receiveRequest(link, "831")
          let second = try receiveRequest(link, "831")
          #expect(throws: Link.End.closed) { try link.receive() }
          return [first, second].map { $0.text(.stan) }
        }
        #expect(Set(traces).count == 2)
        #expect(try await states(daemon).sorted() == ["DOWN", "UP"])
        let down = try await metric(daemon, #"holdfast_links{listener="default",state="DOWN"}"#)
        #expect(down == 1)
        let lost = try await links(daemon).first { $0["state"]?.text == "DOWN" }
        #expect(lost?["echo"]?["missed"]?.integer == 2)
        let name = try #require(lost?["id"]?.text)
        let sent = try await send("echo", name, daemon)
        #expect(sent.status == 409)
        #expect(sent.body["error"]?["code"]?.text == "LINK_CLOSED")
        let isClosed = try await eventually {
          try await metric(
            daemon,
            #"holdfast_links_closed_total{listener="default",reason="echo_missed"}"#
          ) == 1
        }
        #expect(isClosed)

        let count = try await answered
        #expect((4...7).contains(count))
        let missed = #"holdfast_link_echo_missed_total{listener="default"}"#
        #expect(try await metric(daemon, missed) == 2)
        let unmatched = #"holdfast_messages_dropped_total{reason="unmatched"}"#
        let isCounted = try await eventually { try await metric(daemon, unmatched) == count }
        #expect(isCounted)

        // Coming back is the peer's act, and takes the loss off the list.
        let again = try Link(address)
        #expect(try again.exchange(try Echo.message()).action == 8000)
        #expect(try await !states(daemon).contains("DOWN"))
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `an operator tests a link and signs it off and on`() async throws {
      let tpdu: [UInt8] = [0x60, 0x12, 0x34, 0x56, 0x78]
      let configuration: JSONValue = ["listeners": [["listen": "127.0.0.1:0", "tpdu": true]]]
      try await Daemon.run(configuration: configuration) { daemon in
        let portfolio = try await Portfolio(in: daemon, deposit: 9_000, users: [9_000])
        let till = try Till(portfolio)
        let link = try Link(daemon.address, framing: LinkFraming(.nac2, header: tpdu))
        #expect(try link.exchange(till.purchase(1, amount: 100)).action == 0)
        let name = try #require(try await links(daemon).first?["id"]?.text)

        func exchange(_ message: String, _ function: String, _ code: String) async throws
          -> JSONValue
        {
          async let peer: Void = onThread {
            let request = try receiveRequest(link, function)
            try link.send(try reply(to: request, code))
          }
          let answer = try await send(message, name, daemon)
          try await peer
          #expect(answer.status == 200)
          return answer.body
        }

        let echo = try await exchange("echo", "831", "8000")
        #expect(echo["answered"]?.boolean == true)
        #expect(echo["actionCode"]?.text == "8000")
        #expect((1...5_000_000).contains(try #require(echo["microseconds"]?.integer)))
        #expect(try await exchange("sign-off", "802", "9102")["actionCode"]?.text == "9102")
        #expect(try link.exchange(till.purchase(2, amount: 100)).action == 0)
        #expect(try await exchange("sign-off", "802", "8000")["answered"]?.boolean == true)
        #expect(try await states(daemon) == ["SIGNED_OFF"])
        #expect(try link.exchange(till.purchase(3, amount: 100)).action == 9110)
        #expect(try await exchange("sign-on", "801", "8000")["answered"]?.boolean == true)
        #expect(try link.exchange(till.purchase(3, amount: 100)).action == 0)

        // Nobody answers: five seconds, and the link goes on.
        let start = ContinuousClock.now
        let silent = try await send("echo", name, daemon)
        let time = ContinuousClock.now - start
        #expect(silent.status == 200)
        #expect(silent.body["answered"]?.boolean == false)
        #expect(silent.body["actionCode"] == .null)
        #expect(time > .seconds(4.9) && time < .seconds(8))
        _ = try receiveRequest(link, "831")
        #expect(try link.exchange(till.purchase(4, amount: 100)).action == 0)

        #expect(try await send("echo", "lnk_0000000000zzz", daemon).status == 404)
        #expect(try await send("echo", "crd_0000000000001", daemon).status == 404)
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `an operator's message ends when its link goes away`() async throws {
      try await Daemon.run { daemon in
        let address = daemon.address
        let link = try Link(address)
        #expect(try link.exchange(try Echo.message()).action == 8000)
        let name = try #require(try await links(daemon).first?["id"]?.text)
        let start = ContinuousClock.now
        async let answer = send("echo", name, daemon)
        _ = try await onThread { try receiveRequest(link, "831") }
        link.finishSending()
        let (status, body) = try await answer
        #expect(status == 409)
        #expect(body["error"]?["code"]?.text == "LINK_CLOSED")
        #expect(ContinuousClock.now - start < .seconds(4))
        #expect(try await send("echo", name, daemon).status == 404)
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a cut-over moves the day of its network and refuses nothing`() async throws {
      let configuration: JSONValue = [
        "listeners": [
          ["name": "one", "listen": "127.0.0.1:0"], ["name": "two", "listen": "127.0.0.1:0"],
        ]
      ]
      try await Daemon.run(configuration: configuration) { daemon in
        let portfolio = try await Portfolio(in: daemon, deposit: 9_000, users: [9_000])
        let till = try Till(portfolio)
        let one = try Link(daemon.ready.iso8583[0])
        let two = try Link(daemon.ready.iso8583[1])
        #expect(try one.exchange(till.purchase(1, amount: 100)).action == 0)
        #expect(try two.exchange(till.purchase(1, amount: 100)).action == 0)
        func days() async throws -> [String] {
          try await links(daemon).compactMap { $0["businessDay"]?.text }
        }
        let before = try await days()
        let today = try #require(before.first)
        #expect(before == [today, today])
        let cutOver = try management("821")
        // In one write with payments around it: all of them are served.
        let around = [till.purchase(2, amount: 100), till.purchase(3, amount: 100)]
        try one.send([around[0].bytes, cutOver, around[1].bytes, cutOver])
        var actions: [UInt16] = []
        for _ in 0..<4 { actions.append(try Answer(try one.receive()).action) }
        #expect(actions.sorted() == [0, 0, 8000, 8000])
        let after = try await days()
        let tomorrow = try #require(
          UInt64(today.replacing("-", with: "")).flatMap { BusinessDay(digits: $0) }
        ).advanced(byDays: 1).text
        #expect(after == [tomorrow, today])
        // The same message came twice and moved the day once. A day that is past is refused.
        let earlier = try management("821") {
          $0.fields[.reconciliationDate] = .text("20200101")
        }
        #expect(try one.exchange(earlier).action == 9100)
        let later = try management("821") {
          $0.fields[.actionDate] = .text(after[0].replacing("-", with: ""))
        }
        #expect(try two.exchange(later).action == 8000)
        #expect(try await days() == [after[0], after[0]])
        #expect(try one.exchange(till.purchase(4, amount: 100)).action == 0)
        // What was sent before the cut-over counts on the day before, what was sent behind it on the
        // next, in whatever batches they were decided.
        func authorizations(_ day: String) async throws -> [Int64?] {
          let path = "/admin/reports/network-totals?network=one&date=\(day)"
          let report = try await daemon.call("GET", path)["data"]?.elements?.first
          let tally = report?["totals"]?.elements?.first?["authorizations"]
          return [tally?["count"]?.integer, tally?["amount"]?.integer]
        }
        #expect(try await authorizations(today) == [2, 200])
        #expect(try await authorizations(tomorrow) == [2, 200])
        let gauge = #"holdfast_business_day{listener="two"}"#
        #expect(
          try await metric(daemon, gauge) == Int(after[0].replacing("-", with: ""))
        )
      }
    }

    /// Elements that an answer repeats; DE 7 is the answer's own and DE 49 never comes back.
    private static let repeated: [Element] = [
      .pan, .processingCode, .amountTransaction, .stan, .localTime, .acquirer,
      .retrievalReference, .terminal, .merchant,
    ]

    @Test(.timeLimit(.minutes(2)))
    func
      `a thousand requests in flight on each link are answered there, each with its own elements`()
      async throws
    {
      let count = 4
      let each = 1_000
      try await Daemon.run { daemon in
        let portfolio = try await Portfolio(
          in: daemon,
          deposit: 90_000_000,
          users: Array(repeating: 9_000_000, count: 10)
        )
        let till = try Till(portfolio)
        let address = daemon.address
        var stall: StalledJournal? = try StalledJournal(daemon.data)
        async let links = onThreads(count) { number in
          // Links share trace numbers and differ in the terminal, so that an answer which went to
          // another link, or to another request, has a wrong element.
          var requests: [String: Message] = [:]
          var frames: [[UInt8]] = []
          for trace in 1...each {
            let purchase = till.purchase(
              UInt64(trace),
              user: (trace + number) % 10,
              amount: Int64(1 + number * each + trace)
            )
            var message = try Message(unpacking: purchase.bytes)
            message.fields[.terminal] = .text("L\(number)T\(trace)".padded(to: 16))
            message.fields[.merchant] = .text("MERCHANT \(number) \(trace)")
            message.fields[.acquirer] = .text("\(10_000 + number * each + trace)")
            message.fields[.localTime] = .text("202611221\(number)\(1_000 + trace % 60)")
            message.fields[.processingCode] = .text("00\(1_000 + trace)")
            let stan = try #require(message.text(.stan))
            requests[stan] = message
            frames.append(try message.packed())
          }
          let link = try Link(address, seconds: 60)
          try link.send(frames)
          var wrong = 0
          while !requests.isEmpty {
            let answer = try Message(unpacking: try link.receive())
            let stan = answer.text(.stan) ?? ""
            guard let request = requests.removeValue(forKey: stan) else {
              throw TestFailure("an answer to \(stan), which waits for none on this link")
            }
            #expect(answer.text(.actionCode) == "0000")
            for element in Self.repeated
            where answer.fields[element] != request.fields[element] { wrong += 1 }
          }
          return wrong
        }
        // Nothing is answered until all of them are in flight.
        let isFull = try await eventually(seconds: 30) {
          let shown = try await self.links(daemon)
          return shown.count == count
            && shown.allSatisfy {
              $0["inFlight"]?.integer == Int64(each) && $0["answered"]?.integer == 0
            }
        }
        let shown = try await self.links(daemon).map(\.compact)
        #expect(isFull, "\(shown)")
        stall = nil
        #expect(stall == nil)
        #expect(try await links == Array(repeating: 0, count: count))
        expectAgreement(try await daemon.proofDifferences())
      }
    }
  }
}

extension String {
  /// The text with spaces behind it.
  fileprivate func padded(to count: Int) -> String {
    self + String(repeating: " ", count: max(0, count - self.count))
  }
}

extension Message {
  /// An element of digits or characters.
  fileprivate func text(_ element: Element) -> String? {
    if case .text(let text) = fields[element] { text } else { nil }
  }
}
