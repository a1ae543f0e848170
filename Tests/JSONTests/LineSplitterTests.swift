import JSON
import Testing

struct LineSplitterTests {
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
        rest.prefix(size).withUnsafeBytes { splitter.append($0, take) }
        rest = rest.dropFirst(size)
      }
      splitter.finish(take)
      #expect(found == expected, "parts of \(size)")
    }
  }
}
