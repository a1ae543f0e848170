import JSON
import LoadGenerator
import ManagementClient
import Testing

extension ProcessTests {
  /// Every framing of the dialect on one daemon (row A-003).
  struct FramingTests {
    @Test(.timeLimit(.minutes(1)))
    func `the same purchase is served over each framing`() async throws {
      let tpdu: [UInt8] = [0x60, 0x12, 0x34, 0x56, 0x78]
      let framings =
        LinkFraming.Prefix.allCases.map { LinkFraming($0, header: $0 == .cmf3 ? tpdu : []) }
      let listeners = framings.map { framing -> JSONValue in
        [
          "name": .string(framing.prefix.rawValue), "listen": "127.0.0.1:0",
          "framing": .string(framing.prefix.rawValue), "tpdu": .boolean(!framing.header.isEmpty),
        ]
      }
      try await Daemon.run(configuration: ["listeners": .array(listeners)]) { daemon in
        #expect(daemon.ready.iso8583.count == framings.count)
        let portfolio = try await Portfolio(in: daemon, deposit: 9_000, users: [9_000])
        let purchase = try Till(portfolio).purchase(1, amount: 100)
        for (address, framing) in zip(daemon.ready.iso8583, framings) {
          let link = try Link(address, framing: framing)
          // Each listener is a network of its own, so the same trace number is another purchase.
          #expect(try link.exchange(purchase).action == 0, "\(framing)")
          // A repeat is that of its own network, and a byte at a time is as good as all at once.
          let frame = try #require(framing.framed(purchase.asRepeat))
          for byte in frame { try link.write([byte]) }
          #expect(try Answer(try link.receive()).action == 0, "\(framing)")
          try link.send([purchase.asRepeat, purchase.asRepeat])
          #expect(try link.receive() == link.receive(), "\(framing)")
        }
        #expect(try await portfolio.figures(of: 0, in: daemon).held == 500)

        // A keep-alive has no header, and comes back as it is.
        for (address, framing) in zip(daemon.ready.iso8583, framings) {
          let link = try Link(address, framing: framing)
          let zero =
            framing.prefix == .nac2incl
            ? [0, 2] : [UInt8](repeating: 0, count: framing.prefix.count)
          try link.write(zero)
          #expect(try link.receive() == [], "\(framing)")
        }
        // The answer's TPDU has the addresses swapped.
        let raw = try Link(daemon.ready.iso8583[2], framing: LinkFraming(.cmf3))
        try raw.send(tpdu + purchase.asRepeat)
        #expect(try raw.receive().prefix(5) == [0x60, 0x56, 0x78, 0x12, 0x34])
      }
    }
  }
}
