import Foundation
import JSON
import LoadGenerator
import ManagementClient
import Simulator
import Testing

extension ProcessTests {
  /// Nothing an outsider sends ends, stalls or grows the process, or moves money.
  struct HostileTests {
    /// How much the daemon may grow by while it is attacked, in bytes; several times what was
    /// measured.
    private static let growth = 32 << 20

    /// Plays an attack while another link pays, then looks at process, memory and books.
    private func attack(
      configuration: JSONValue? = nil,
      _ body: @escaping @Sendable (Daemon) async throws -> Void
    ) async throws {
      try await Daemon.run(configuration: configuration) { daemon in
        let portfolio = try await Portfolio(in: daemon, deposit: 9_000_000, users: [9_000_000])
        let till = try Till(portfolio)
        let witness = try Link(daemon.address)
        var spent: Int64 = 0
        for trace in 1...50 {
          #expect(try witness.exchange(till.purchase(UInt64(trace), amount: 10)).action == 0)
          spent += 10
        }
        let before = try daemon.child.residentBytes()
        let isOver = Flag()
        async let attack: Void = {
          defer { isOver.set() }
          try await body(daemon)
        }()
        var trace: UInt64 = 1_000
        repeat {
          let purchase = till.purchase(trace, amount: 10)
          #expect(try witness.exchange(purchase).action == 0)
          trace += 1
          spent += 10
          try await Task.sleep(for: .milliseconds(20))
        } while !isOver.isSet
        try await attack
        let after = try daemon.child.residentBytes()
        print("grown by \((after - before) >> 10) KiB, \(trace - 1_000) purchases meanwhile")
        #expect(after - before < Self.growth, "grown by \((after - before) >> 20) MiB")
        #expect(try await portfolio.figures(of: 0, in: daemon).held == spent)
        expectAgreement(try await daemon.proofDifferences())
        #expect(try await daemon.stop() == 0, "\(daemon.child.errors.suffix(1_000))")
      }
    }

    @Test(.timeLimit(.minutes(1))) func `random bytes do no harm`() async throws {
      let generator = Seed.generator(of: "random bytes")
      try await attack { daemon in
        try await onThread {
          var generator = generator
          for _ in 0..<200 {
            let link = try Link(daemon.address)
            let count = Int.random(in: 1...20_000, using: &generator)
            let bytes = (0..<count / 8 + 1).flatMap { _ in
              withUnsafeBytes(of: generator.next()) { Array($0) }
            }
            try? link.write(bytes)
            link.finishSending()
            _ = try? link.receiveToEnd()
          }
        }
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `well framed messages with changed bytes do no harm`() async throws {
      let generator = Seed.generator(of: "changed bytes")
      try await attack { daemon in
        let victim = try await Portfolio(
          in: daemon,
          bin: 411_111_000,
          deposit: 1,
          users: [1]
        )
        let till = try Till(victim)
        try await onThread {
          var generator = generator
          let link = try Link(daemon.address)
          for trace in 1...4_000 {
            var bytes = till.purchase(UInt64(trace), amount: 0).bytes
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
              let place = Int.random(in: 0..<bytes.count, using: &generator)
              bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) {
              bytes = Array(bytes.prefix(Int.random(in: 1...bytes.count, using: &generator)))
            }
            try link.send(bytes)
          }
          link.finishSending()
          // Many are answered, some are not; the link itself stays good to its end.
          _ = try link.receiveToEnd()
        }
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `half frames and impossible lengths end their links only`() async throws {
      let configuration: JSONValue = [
        "listeners": [["listen": "127.0.0.1:0", "framing": "nac2", "halfFrameSeconds": 1]]
      ]
      try await attack(configuration: configuration) { daemon in
        try await onThread {
          let halves = try (0..<200).map { number in
            let link = try Link(daemon.address)
            try link.write(Array([0x01, 0x00, 0x21, 0x00, 0xF2].prefix(1 + number % 5)))
            return link
          }
          for length: [UInt8] in [[0xFF, 0xFF], [0x40, 0x01]] {
            let link = try Link(daemon.address)
            try link.write(length + Array(repeating: 0x21, count: 100))
            #expect(try link.receiveToEnd() == [])
          }
          for link in halves { #expect(try link.receiveToEnd() == []) }
          // A byte now and then does not keep a frame open.
          let slow = try Link(daemon.address)
          let start = ContinuousClock.now
          while (try? slow.write([0x01])) != nil, ContinuousClock.now - start < .seconds(10) {
            Thread.sleep(forTimeInterval: 0.1)
          }
          #expect(ContinuousClock.now - start < .seconds(5))
        }
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `two thousand connections come and go`() async throws {
      try await attack { daemon in
        try await onThread {
          for round in 0..<4 {
            let links = try (0..<500).map { _ in try Link(daemon.address) }
            for (number, link) in links.enumerated() {
              if number.isMultiple(of: 3) { try? link.write([0x00]) }
              if (number + round).isMultiple(of: 2) { link.abandonOnClose() }
            }
          }
        }
        let areGone = try await eventually {
          let text = try await daemon.management.send(ManagementRequest("GET", "/metrics")).text
          return text.contains("holdfast_links_open{listener=\"default\"} 1\n")
        }
        #expect(areGone, "links stay open")
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `more connections than the listener takes are closed at once`() async throws {
      let configuration: JSONValue = [
        "listeners": [["listen": "127.0.0.1:0", "maximumConnections": 20]]
      ]
      try await attack(configuration: configuration) { daemon in
        try await onThread {
          let echo = try Echo.message()
          // The witness has a place too.
          let taken = try (0..<19).map { _ in try Link(daemon.address) }
          for link in taken { #expect(try link.exchange(echo).action == 8_000) }
          for _ in 0..<100 { #expect(try Link(daemon.address).receiveToEnd() == []) }
          for link in taken { #expect(try link.exchange(echo).action == 8_000) }
        }
        let echo = try Echo.message()
        let isOpenAgain = try await eventually {
          (try? Link.ask(daemon.address, echo).action) == 8_000
        }
        #expect(isOpenAgain)
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a process without file descriptors left goes on with the links it has`() async throws {
      try await Scratch.withDirectory { directory in
        let child = try Child(
          "/bin/sh",
          [
            "-c", "ulimit -n 64; exec \"$0\" --data \"$1\" --listen 127.0.0.1:0", Programs.daemon,
            "\(directory)/data",
          ],
          directory: directory,
          name: "holdfastd"
        )
        defer { child.kill() }
        let ready = try await Daemon.readiness(of: child)
        let address = try #require(ready.iso8583.first)
        let echo = try Echo.message()
        let witness = try Link(address)
        #expect(try witness.exchange(echo).action == 8_000)
        var others = try (0..<200).map { _ in try Link(address) }
        for _ in 0..<20 {
          #expect(try witness.exchange(echo).action == 8_000)
          try await Task.sleep(for: .milliseconds(20))
        }
        others = []
        #expect(others.isEmpty)
        let isOpenAgain = try await eventually { (try? Link.ask(address, echo).action) == 8_000 }
        #expect(isOpenAgain, "no new link after the others are gone")
        child.send(SIGTERM)
        #expect(try await child.wait(seconds: 5) == 0, "\(child.errors.suffix(1_000))")
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `the protocol of the other socket is refused on each`() async throws {
      try await attack { daemon in
        try await onThread {
          for _ in 0..<50 {
            let link = try Link(daemon.address)
            try link.write(Array("GET /admin/proof HTTP/1.1\r\nHost: holdfast\r\n\r\n".utf8))
            link.finishSending()
            #expect(try link.receiveToEnd() == [])
          }
          let echo = try Echo.message()
          let socket = daemon.ready.socketPath ?? ""
          for _ in 0..<50 {
            let link = try Link(socket)
            try link.send(echo)
            link.finishSending()
            let answer = String(decoding: try link.receiveToEnd(), as: UTF8.self)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"), "\(answer)")
          }
          let link = try Link(socket)
          let header = "x-filler: \(String(repeating: "x", count: 1_000))\r\n"
          let head = "GET /healthz HTTP/1.1\r\nhost: h\r\n"
          let flood = Array((head + String(repeating: header, count: 2_000)).utf8)
          #expect(try link.writeWithoutWaiting(flood) < flood.count)
          let answer = String(decoding: try link.receiveToEnd(), as: UTF8.self)
          #expect(answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(200))")
        }
        #expect(try await daemon.call("GET", "/version")["name"] != nil)
      }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a peer that sends a hundred thousand echoes and reads nothing is held back`() async throws
    {
      try await attack { daemon in
        let echo = try Echo.message()
        let link = try Link(daemon.address, receiveBuffer: 4_096)
        let frame = try #require(link.framing.framed(echo))
        let all = Array(repeatElement(frame, count: 100_000).joined())
        // What the daemon does not take stays with the sender, much of it in the kernel's buffers.
        let sent = try await onThread {
          var sent = 0
          for _ in 0..<60 where sent < all.count {
            sent += try link.writeWithoutWaiting(Array(all[sent...].prefix(1 << 20)))
            Thread.sleep(forTimeInterval: 0.05)
          }
          return sent
        }
        var taken = 0.0
        let isHeldBack = try await eventually {
          let before = taken
          taken = try await daemon.metric("holdfast_network_management_total")
          try await Task.sleep(for: .milliseconds(300))
          return taken > 0 && taken == before
        }
        print("\(Int(taken)) of 100000 echoes were taken before the peer was held back")
        #expect(isHeldBack && taken < 90_000)
        // As soon as it reads, every echo is answered.
        try await onThread {
          let rest = Array(all[sent...])
          let writer = Thread { try? link.write(rest) }
          writer.start()
          for _ in 0..<100_000 { _ = try link.receive() }
        }
        #expect(try await daemon.metric("holdfast_network_management_total") == 100_000)
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a peer that reads slowly gets its answers and holds nobody up`() async throws {
      try await attack { daemon in
        let portfolio = try await Portfolio(
          in: daemon,
          bin: 422_222_000,
          deposit: 1_000_000,
          users: [1_000_000]
        )
        let till = try Till(portfolio)
        try await onThread {
          let link = try Link(daemon.address, receiveBuffer: 4_096)
          let count = 3_000
          let writer = Thread {
            try? link.send((1...count).map { till.purchase(UInt64($0), amount: 1).bytes })
          }
          writer.start()
          var seen: Set<UInt64> = []
          for number in 1...count {
            if number.isMultiple(of: 100) { Thread.sleep(forTimeInterval: 0.02) }
            seen.insert(try Answer(try link.receive()).trace)
          }
          #expect(seen.count == count)
        }
        #expect(try await portfolio.figures(of: 0, in: daemon).held == 3_000)
      }
    }

    @Test(.timeLimit(.minutes(1)))
    func `peers that vanish with requests in flight leave consistent books`() async throws {
      try await attack { daemon in
        let portfolio = try await Portfolio(
          in: daemon,
          bin: 433_333_000,
          deposit: 10_000_000,
          users: [10_000_000]
        )
        let till = try Till(portfolio)
        _ = try await onThreads(8) { number in
          for round in 0..<10 {
            let link = try Link(daemon.address)
            let first = number * 100_000 + round * 100
            try link.send((0..<50).map { till.purchase(UInt64(1 + first + $0), amount: 1).bytes })
            link.abandonOnClose()
          }
        }
        // Asked again, each is answered once and held once.
        var purchases: [Purchase] = []
        for number in 0..<8 {
          for round in 0..<10 {
            let first = 1 + number * 100_000 + round * 100
            for trace in first..<first + 50 {
              purchases.append(till.purchase(UInt64(trace), amount: 1))
            }
          }
        }
        let all = purchases
        let address = daemon.address
        let answers = try await onThread {
          try Link(address).exchange(all, window: 64, asRepeats: true)
        }
        #expect(answers.count(where: \.isApproved) == 4_000)
        #expect(try await portfolio.figures(of: 0, in: daemon).held == 4_000)
      }
    }
  }
}
