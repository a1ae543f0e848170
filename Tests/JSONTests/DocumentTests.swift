import JSON
import Testing

struct DocumentTests {
  private func read(_ text: String) throws -> JSONValue {
    try JSONValue(parsing: Array(text.utf8))
  }

  @Test(arguments: [
    #"{"a":1,"b":[true,false,null],"c":{"d":"e"}}"#, "[]", "{}", "0", "-12.5e+3", #""\"\\\n""#,
    "12345678901234567890123", #""żółw 🐢""#,
  ])
  func `what is read is written as it was`(text: String) throws {
    #expect(try read(text).compact == text)
  }

  @Test(arguments: [
    "", " ", "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "{a:1}", "01", "1.", "-", "+1", ".5", "nul",
    "\"", "\"\u{1}\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\n\"", "1 2", "[1}",
    "\"\\u+123\"", "NaN",
  ])
  func `what is no JSON is refused`(text: String) {
    #expect(throws: JSONSyntaxError.self) { try read(text) }
  }

  @Test func `escapes are understood and control characters never written`() throws {
    #expect(try read(#""\u0041\ud83d\udc22\/""#).text == "A🐢/")
    #expect(JSONValue.string("\u{1B}[2J\u{9B}\u{7F}").compact == #""\u001b[2J\u009b\u007f""#)
  }

  @Test func `bytes that are no UTF-8 are refused`() {
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [0x22, 0xC0, 0xAF, 0x22]) }
  }

  @Test func `deep nesting is refused and not followed`() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONSyntaxError.self) { try read(deep) }
  }

  @Test func `random bytes never trap`() {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array(#"{}[]",:\u0123e-.tfn "#.utf8)
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...24, using: &generator)
      let bytes = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      guard let value = try? JSONValue(parsing: bytes) else { continue }
      #expect((try? JSONValue(parsing: Array(value.compact.utf8))) == value, "seed \(seed)")
    }
  }
}
