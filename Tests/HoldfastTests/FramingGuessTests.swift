import ISO8583
import Testing

@testable import holdfast

@Suite struct FramingGuessTests {
  private func message() throws -> [UInt8] {
    var builder = MessageBuilder(capacity: 64)
    builder.begin(try #require(MessageType(text: "2800")), secondary: false)
    builder.append(.stan, unsigned: 1)
    return builder.bytes
  }

  private static let tpdu: [UInt8] = [0x60, 0x00, 0x01, 0x00, 0x00]

  @Test(arguments: ["nac2", "nac2incl", "cmf3", "raw4", "bcd2"], [false, true])
  func `a length and a TPDU in front are found`(framing: String, hasTPDU: Bool) throws {
    let body = (hasTPDU ? Self.tpdu : []) + (try message())
    let count = body.count
    let prefix: [UInt8] =
      switch framing {
      case "nac2": [0, UInt8(count)]
      case "nac2incl": [0, UInt8(count + 2)]
      case "cmf3": [0, 0, UInt8(count)]
      case "raw4": [0, 0, 0, UInt8(count)]
      default: [0, UInt8((count / 10) << 4 | (count % 10))]
      }
    let guess = try #require(FramingGuess(prefix + body))
    #expect(guess.framing == framing)
    #expect(guess.hasTPDU == hasTPDU)
    #expect(guess.skipped == prefix.count + (hasTPDU ? 5 : 0))
  }

  @Test func `a TPDU alone is found`() throws {
    let guess = try #require(FramingGuess(Self.tpdu + (try message())))
    #expect(guess.framing == nil)
    #expect(guess.skipped == 5)
  }

  @Test func `a whole message has nothing in front`() throws {
    #expect(FramingGuess(try message()) == nil)
  }

  @Test func `a broken message behind a right length is found`() throws {
    let broken = try message().dropLast()
    let guess = try #require(FramingGuess([0, UInt8(broken.count)] + broken))
    #expect(guess.framing == "nac2")
  }

  @Test func `bytes of no message are left alone`() {
    #expect(FramingGuess([]) == nil)
    #expect(FramingGuess([0x21]) == nil)
    #expect(FramingGuess(Array(repeating: 0xFF, count: 40)) == nil)
  }
}
