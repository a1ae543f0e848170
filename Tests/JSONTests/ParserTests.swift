import Foundation
import JSON
import Testing

struct ParserTests {
  @Test func `values are read as they were written`() throws {
    func value(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }
    #expect(try value(" null ") == .null)
    #expect(try value("[true,false]") == .array([.boolean(true), .boolean(false)]))
    #expect(try value("-0") == .integer(0))
    #expect(try value("9223372036854775807") == .integer(.max))
    #expect(try value("-9223372036854775808") == .integer(.min))
    #expect(try value("9223372036854775808") == .decimal("9223372036854775808"))
    #expect(try value("-9223372036854775809") == .decimal("-9223372036854775809"))
    #expect(try value("1.0") == .decimal("1.0"))
    #expect(try value("1E+9") == .decimal("1E+9"))
    #expect(
      try value(#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#) == .string("a\"\\/\u{8}\u{C}\n\r\té😀é")
    )
    #expect(
      try value(#"{"b":{},"a":[]}"#)
        == .object([
          .init("b", .object([])), .init("a", .array([])),
        ])
    )
    #expect(
      try value(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) != .null
    )
  }

  @Test func `what is wrong is said with its place`() {
    let limits = JSONLimits(bytes: 20, depth: 8, members: 2)
    let cases: [(String, JSONSyntaxError.Reason, Int)] = [
      ("", .unexpectedEnd, 0), ("{", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2),
      ("[1,]", .unexpectedByte, 3), ("{\"a\" 1}", .unexpectedByte, 5), ("1 2", .trailingBytes, 2),
      ("\"a", .unexpectedEnd, 2), ("01", .badNumber, 1), ("tru", .unexpectedEnd, 3),
      ("{\"a\":1,\"a\":1}", .duplicateMember, 7),
      (String(repeating: "[", count: 9), .tooDeep, 8),
      (String(repeating: " ", count: 21), .tooLong, 20),
      ("{\"a\":1,\"b\":1,\"c\":1}", .tooManyMembers, 16),
    ]
    for (text, reason, position) in cases {
      #expect(throws: JSONSyntaxError(reason: reason, position: position), "\(text)") {
        try JSONValue(parsing: Array(text.utf8), limits: limits)
      }
    }
  }

  @Test func `random bytes and random cuts never break the parser, and Foundation agrees`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    // No exponents: Foundation refuses numbers beyond the range of Double.
    let tokens: [[UInt8]] =
      [
        "{", "}", "[", "]", "\"", ",", ":", "0", "1", "9", ".", "-", "true", "null", " ", "\\",
        "\\u00", "\"a\"", "é", "\n",
      ].map { Array($0.utf8) } + [[0x00], [0xC3], [0xFF]]
    var accepted = 0
    for _ in 0..<20_000 {
      let count = Int.random(in: 0..<12, using: &generator)
      let bytes = (0..<count).flatMap { _ in tokens.randomElement(using: &generator) ?? [] }
      guard (try? JSONValue(parsing: bytes)) != nil else { continue }
      accepted += 1
      let known = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
      #expect(known != nil, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
    }
    #expect(accepted > 0)
  }
}
