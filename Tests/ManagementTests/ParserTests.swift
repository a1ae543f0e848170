import Authorization
import Foundation
import NIOCore
import Testing

@testable import Management

struct ParserTests {
  @Test func `values are read as they were written`() throws {
    func value(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }
    #expect(try value(" null ") == .null)
    #expect(try value("[true,false]") == .array([.bool(true), .bool(false)]))
    #expect(try value("-0") == .integer(0))
    #expect(try value("9223372036854775807") == .integer(.max))
    #expect(try value("-9223372036854775808") == .integer(.min))
    #expect(try value("9223372036854775808") == .otherNumber)
    #expect(try value("-9223372036854775809") == .otherNumber)
    #expect(try value("1.0") == .otherNumber)
    #expect(try value("1E+9") == .otherNumber)
    #expect(
      try value(#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#) == .string("a\"\\/\u{8}\u{C}\n\r\té😀é")
    )
    #expect(
      try value(#"{"b":{},"a":[]}"#)
        == .object([
          JSONMember(name: "b", value: .object([])), JSONMember(name: "a", value: .array([])),
        ])
    )
    #expect(try value(String(repeating: "[", count: 8) + String(repeating: "]", count: 8)) != .null)
  }

  @Test func `what is wrong is said with its place`() {
    let cases: [(String, JSONSyntaxError.Reason, Int)] = [
      ("", .unexpectedEnd, 0), ("{", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2),
      ("[1,]", .unexpectedByte, 3), ("{\"a\" 1}", .unexpectedByte, 5), ("1 2", .trailingBytes, 2),
      ("\"a", .unexpectedEnd, 2), ("01", .badNumber, 1), ("tru", .unexpectedEnd, 3),
      ("{\"a\":1,\"a\":1}", .duplicateMember, 7),
      (String(repeating: "[", count: 9), .tooDeep, 8),
    ]
    for (text, reason, position) in cases {
      #expect(throws: JSONSyntaxError(reason: reason, position: position), "\(text)") {
        try JSONParser.parse(Array(text.utf8))
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
      guard (try? JSONParser.parse(bytes)) != nil else { continue }
      accepted += 1
      let known = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
      #expect(known != nil, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
    }
    #expect(accepted > 0)
  }

  @Test func `what is written is read back by Foundation`() throws {
    let buffer = JSONWriter.object { writer in
      writer.member("text", "quote \" slash \\ line \n zero \u{0} é 😀")
      writer.member("none", nil as String?)
      writer.member("number", Int64.min)
      writer.member("truth", true)
      writer.member("list", each: [1, 2]) { (writer, number) in
        writer.object { $0.member("n", number) }
      }
      writer.member("empty", each: [Int]()) { _, _ in }
      writer.null("last")
    }
    let json = try JSON(text: String(buffer: buffer))
    #expect(json["text"] == .string("quote \" slash \\ line \n zero \u{0} é 😀"))
    #expect(json["number"] == .int(.min))
    #expect(json["list"][1]["n"] == .int(2))
    #expect(json["empty"] == .array([]))
    #expect(json.names == ["text", "none", "number", "truth", "list", "empty", "last"])
  }

  @Test func `times are written and read in RFC 3339`() {
    for (text, expected) in [
      ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
      ("2030-12-31t23:59:59.1239999z", "2030-12-31T23:59:59.123Z"),
      ("2024-02-29T00:30:00+01:00", "2024-02-28T23:30:00.000Z"),
      ("1969-12-31T23:59:59.5-00:30", "1970-01-01T00:29:59.500Z"),
      ("1960-01-01T00:00:00.250Z", "1960-01-01T00:00:00.250Z"),
    ] {
      #expect(Instant(rfc3339: text)?.rfc3339 == expected, "\(text)")
    }
    for text in [
      "", "2030", "2030-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2030-01-01T24:00:00Z",
      "2030-01-01T00:00:00", "2030-01-01T00:00:00.Z", "2030-01-01T00:00:00Zx",
      "2030-01-01T00:00:00+1:00", "٢٠٣٠-01-01T00:00:00Z",
    ] {
      #expect(Instant(rfc3339: text) == nil, "\(text)")
    }
  }

  @Test func `lines are cut the same wherever the parts are cut`() {
    let text =
      "one\n\ntwo\r\n" + String(repeating: "x", count: 10) + "\n"
      + String(repeating: "y", count: 11) + "\nthree"
    let expected = ["one", "", "two\r", "xxxxxxxxxx", "!", "three"]
    for size in 1...text.utf8.count {
      var splitter = LineSplitter(maximum: 10)
      var found: [String] = []
      func take(_ piece: LineSplitter.Piece) {
        switch piece {
        case .line(let bytes): found.append(String(decoding: bytes, as: UTF8.self))
        case .tooLong: found.append("!")
        }
      }
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        splitter.append(ByteBuffer(bytes: rest.prefix(size)), take)
        rest = rest.dropFirst(size)
      }
      splitter.finish(take)
      #expect(found == expected, "parts of \(size)")
    }
  }

  @Test func `long runs of digits do not come back in errors`() {
    #expect(Redaction.name("4000000000000002") == "****************")
    #expect(Redaction.name("a12345678901") == "a12345678901")
    #expect(Redaction.name("x123456789012y") == "x************y")
    #expect(Redaction.name("a b\u{1}é") == "a?b??")
    #expect(Redaction.name(String(repeating: "x", count: 300)).count == 64)
  }
}
