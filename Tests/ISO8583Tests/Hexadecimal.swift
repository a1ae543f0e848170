import Testing

/// Bytes as hexadecimal text; spaces are ignored.
enum Hexadecimal {
  static func bytes(_ text: String) throws -> [UInt8] {
    let digits = text.filter { $0 != " " }
    try #require(digits.count.isMultiple(of: 2))
    var bytes: [UInt8] = []
    var start = digits.startIndex
    while start < digits.endIndex {
      let end = digits.index(start, offsetBy: 2)
      bytes.append(try #require(UInt8(digits[start..<end], radix: 16)))
      start = end
    }
    return bytes
  }

  static func text(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      let text = String(byte, radix: 16, uppercase: true)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
