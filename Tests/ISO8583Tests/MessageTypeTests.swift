import ISO8583
import Testing

/// Message types and their answers.
struct MessageTypeTests {
  @Test(arguments: [
    ("2100", "2110"), ("2101", "2110"), ("2102", "2112"), ("2103", "2112"), ("2104", "2114"),
    ("2105", "2114"), ("2121", "2130"), ("2305", "2314"), ("2421", "2430"), ("2440", "2450"),
    ("2540", "2550"), ("2742", "2752"), ("2804", "2814"), ("2161", "2170"),
  ])
  func `a message is answered by the next function, never as a repeat`(
    _ request: String,
    _ answer: String
  ) throws {
    #expect(try #require(MessageType(text: request)).response?.text == answer)
  }

  @Test(arguments: ["2110", "2130", "2150", "2170", "2180", "2106", "2109", "2190"])
  func `answers and reserved types are not answered`(_ text: String) throws {
    #expect(try #require(MessageType(text: text)).response == nil)
  }

  @Test func `exactly the codes of four decimal digits are types`() {
    var count = 0
    for code in UInt16.min...UInt16.max {
      guard let type = MessageType(code: code) else { continue }
      count += 1
      #expect(MessageType(text: type.text) == type)
    }
    #expect(count == 10_000)
    for text in ["", "210", "21000", "2A00", "２１００", " 210"] {
      #expect(MessageType(text: text) == nil)
    }
  }

  @Test func `repeats are told by the last digit`() throws {
    #expect(try #require(MessageType(text: "2101")).isRepeat)
    #expect(try #require(MessageType(text: "2305")).isRepeat)
    #expect(!(try #require(MessageType(text: "2100")).isRepeat))
    #expect(!(try #require(MessageType(text: "2107")).isRepeat))
    #expect(try #require(MessageType(text: "2420")).messageClass == .reversal)
    #expect(try #require(MessageType(text: "2990")).messageClass == nil)
  }
}
