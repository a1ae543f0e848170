import Foundation
import Testing

@testable import holdfast

@Suite struct HexadecimalInputTests {
  /// The last bytes are characters that look like hexadecimal in a column of text.
  private static let bytes: [UInt8] =
    [0x21, 0x00, 0x30, 0x20, 0x05, 0x00, 0xFF, 0x7C] + Array("12345678deadbeef00 11 2".utf8)

  private func read(_ text: String) throws -> [UInt8] { try HexadecimalInput.read(text) }

  @Test(arguments: [
    "2100A0ff", "21 00 a0 FF", "0x2100a0ff", "0x21 0x00 0xA0 0xff", "0x21,0x00,0xA0,0xff",
    "21:00:a0:ff", "21-00-a0-ff", "\\x21\\x00\\xa0\\xff", " 2100\r\n\ta0 ff\n", "210 0a0 ff",
  ])
  func `hexadecimal is read however it is spaced`(text: String) throws {
    #expect(try read(text) == [0x21, 0x00, 0xA0, 0xFF])
  }

  @Test(arguments: ["", "  ", "2", "210", "21zz", "0x", "hello", "21 00 |..|"])
  func `what is no hexadecimal is refused`(text: String) {
    #expect(throws: HexadecimalInput.Refusal.self) { try read(text) }
  }

  @Test func `a refusal does not quote what was typed`() {
    do {
      _ = try read("4000000000000002 is my card")
      Issue.record("it was read")
    } catch {
      #expect(!"\(error)".contains("4000"))
    }
  }

  @Test(arguments: 1...31)
  func `every dump of every length is read back`(count: Int) throws {
    let bytes = Array(Self.bytes.prefix(count))
    for text in [xxd(bytes), canonical(bytes), plain(bytes), analyser(bytes)] {
      #expect(try read(text) == bytes, "\n\(text)")
    }
  }

  @Test func `a dump with a missing line is not taken for bytes`() {
    var lines = canonical(Self.bytes).split(separator: "\n")
    lines.remove(at: 0)
    #expect(throws: HexadecimalInput.Refusal.self) { try read(lines.joined(separator: "\n")) }
  }

  @Test func `bare hexadecimal in lines is no dump with offsets`() throws {
    #expect(
      try read("0000 21 00\n0002 30 20").count == 8 || read("0000 21 00\n0002 30 20").count == 4
    )
    #expect(try read("2100 3020\n0500 0000") == [0x21, 0x00, 0x30, 0x20, 0x05, 0x00, 0x00, 0x00])
  }

  @Test func `standard input may hold the bytes themselves`() throws {
    #expect(try HexadecimalInput.read([0x21, 0x00, 0xFF]) == [0x21, 0x00, 0xFF])
    #expect(try HexadecimalInput.read(Array("2100\n".utf8)) == [0x21, 0x00])
  }

  @Test func `random text never traps`() {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("0000000000123456789abcdefx :|\n\t.-é")
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...40, using: &generator)
      _ = try? read(
        String((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? " " })
      )
    }
  }

  private func characters(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.map { (0x20..<0x7F).contains($0) ? $0 : 0x2E }, as: UTF8.self)
  }

  private func hex(_ bytes: ArraySlice<UInt8>) -> [String] {
    bytes.map { String(format: "%02x", Int($0)) }
  }

  private func dump(_ bytes: [UInt8], _ line: (Int, ArraySlice<UInt8>) -> String) -> String {
    stride(from: 0, to: bytes.count, by: 16)
      .map { line($0, bytes[$0..<min($0 + 16, bytes.count)]) + "\n" }.joined()
  }

  /// `xxd`: a colon, groups of two bytes, two spaces before the characters.
  private func xxd(_ bytes: [UInt8]) -> String {
    dump(bytes) { offset, line in
      let pairs = hex(line)
      let groups = stride(from: 0, to: pairs.count, by: 2)
        .map { pairs[$0] + ($0 + 1 < pairs.count ? pairs[$0 + 1] : "") }.joined(separator: " ")
      let padding = String(repeating: " ", count: 39 - groups.count)
      return String(format: "%08x: ", offset) + groups + padding + "  " + characters(line)
    }
  }

  /// `hexdump -C`, with its closing line.
  private func canonical(_ bytes: [UInt8]) -> String {
    dump(bytes) { offset, line in
      let pairs = hex(line)
      let columns =
        pairs.prefix(8).joined(separator: " ") + "  "
        + pairs.dropFirst(8).joined(separator: " ")
      let padding = String(repeating: " ", count: max(0, 49 - columns.count))
      return String(format: "%08x  ", offset) + columns + padding + " |\(characters(line))|"
    } + String(format: "%08x\n", bytes.count)
  }

  /// `od -A x -t x1`, with its closing line.
  private func plain(_ bytes: [UInt8]) -> String {
    dump(bytes) { offset, line in
      String(format: "%06x ", offset) + hex(line).joined(separator: " ")
    } + String(format: "%06x\n", bytes.count)
  }

  /// What packet analysers copy: three spaces on both sides of the bytes.
  private func analyser(_ bytes: [UInt8]) -> String {
    dump(bytes) { offset, line in
      let columns = hex(line).joined(separator: " ")
      let padding = String(repeating: " ", count: 47 - columns.count)
      return String(format: "%04x   ", offset) + columns + padding + "   " + characters(line)
    }
  }
}
