import Foundation
import JSON
import Testing

struct WriterTests {
  @Test func `what is written is read back by Foundation`() throws {
    var written = JSONWriter()
    written.object { writer in
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
    let text =
      #"{"text":"quote \" slash \\ line \n zero \u0000 é 😀","none":null,"#
      + #""number":-9223372036854775808,"truth":true,"list":[{"n":1},{"n":2}],"empty":[],"#
      + #""last":null}"#
    #expect(String(decoding: written.bytes, as: UTF8.self) == text)
    let known = try JSONSerialization.jsonObject(with: Data(written.bytes)) as? [String: Any]
    #expect(known?["text"] as? String == "quote \" slash \\ line \n zero \u{0} é 😀")
    #expect(known?["number"] as? Int64 == .min)
    #expect(try JSONValue(parsing: written.bytes).bytes == written.bytes)
  }

  @Test func `values that a program makes are written and read as they are`() throws {
    let value: JSONValue = [
      "a": [1, -2, true, nil, "x\"\\\n\u{1}é"], "b": [:], "c": .number(1.5),
      "d": .number(UInt64.max), "e": .text(nil), "f": .number(Double.nan),
    ]
    #expect(
      value.compact == #"{"a":[1,-2,true,null,"x\"\\\n\u0001é"],"b":{},"c":1.5,"#
        + #""d":18446744073709551615,"e":null,"f":null}"#
    )
    #expect(try JSONValue(parsing: value.bytes) == value)
    #expect(JSONValue.number(UInt8(7)) == 7)
  }

  @Test func `lines of NDJSON have no commas between them`() {
    var writer = JSONWriter()
    for number in 1...2 {
      writer.object { $0.member("n", number) }
      writer.newline()
    }
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "{\"n\":1}\n{\"n\":2}\n")
  }
}
