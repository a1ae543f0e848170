import Authorization
import ISO8583
import LoadGenerator
import Simulator
import Testing

struct MessageLinkTests {
  private func echo() throws -> [UInt8] {
    var composer = RequestComposer(firstTrace: 41) { Instant(microsecondsSinceEpoch: 0) }
    return try composer.networkManagement(function: "831").packed()
  }

  @Test(arguments: LinkFraming.Prefix.allCases)
  func `a message is exchanged over every framing`(prefix: LinkFraming.Prefix) async throws {
    let framing = LinkFraming(prefix, header: [0x60, 0, 1, 0, 2])
    let issuer = try await EchoIssuer(framing: framing)
    let link = try await MessageLink.connect(
      host: "127.0.0.1",
      port: issuer.port,
      framing: framing
    )
    let answer = try await link.exchange(echo(), milliseconds: 30_000)
    let message = try Message(unpacking: #require(answer))
    #expect(message.type.text == "2814")
    #expect(message.fields[.stan] == .text("000000000041"))
    await link.close()
    try await issuer.stop()
  }

  @Test func `silence is no error`() async throws {
    var behaviour = EchoIssuer.Behaviour()
    behaviour.swallowsEvery = 1
    let issuer = try await EchoIssuer(behaviour: behaviour)
    let link = try await MessageLink.connect(host: "127.0.0.1", port: issuer.port)
    #expect(try await link.exchange(echo(), milliseconds: 50) == nil)
    await link.close()
    try await issuer.stop()
  }

  @Test func `another framing is named`() async throws {
    var behaviour = EchoIssuer.Behaviour()
    behaviour.noise = [0xFF, 0xFF]
    let issuer = try await EchoIssuer(behaviour: behaviour)
    let link = try await MessageLink.connect(host: "127.0.0.1", port: issuer.port)
    await #expect(throws: MessageLinkError.wrongFraming(length: 65_535, framing: "nac2")) {
      try await link.exchange(echo(), milliseconds: 30_000)
    }
    try await issuer.stop()
  }

  @Test func `a closed port is said to be unreachable`() async throws {
    await #expect(throws: MessageLinkError.self) {
      try await MessageLink.connect(host: "127.0.0.1", port: 1)
    }
  }

  @Test func `a message that no length can say is refused`() {
    #expect(LinkFraming(.bcd2).framed([UInt8](repeating: 0, count: 9_995)) == nil)
    #expect(
      LinkFraming(.bcd2).framed([UInt8](repeating: 0, count: 347))?.prefix(2) == [0x03, 0x47]
    )
    #expect(LinkFraming(.nac2incl).framed([1])?.prefix(2) == [0, 3])
    #expect(LinkFraming(.cmf3).framed([1]) == [0, 0, 1, 1])
  }
}
