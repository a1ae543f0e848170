import Authorization
import Testing

struct PANTests {
  /// Numbers that card schemes publish for tests, with their lengths.
  static let valid = [
    "4000000000000002", "4111111111111111", "5555555555554444", "378282246310005",
    "30569309025904", "6011111111111117", "3530111333300000", "4222222222222",
    "6304000000000000000", "5018000000000009",
  ]

  @Test(arguments: valid)
  func `a published test number has a right check digit`(text: String) throws {
    let pan = try #require(PAN(text: text))
    #expect(pan.hasValidCheckDigit)
    #expect(pan.hasValidLength == (text.count >= 14))
    #expect(Int(pan.count) == text.count)
    #expect(pan.withASCIIDigits { String(decoding: $0, as: UTF8.self) } == text)
  }

  @Test(arguments: valid)
  func `one wrong digit is found wherever it stands`(text: String) throws {
    for position in 0..<text.count {
      var digits = text.utf8.map { $0 - 48 }
      digits[position] = (digits[position] + 1) % 10
      let pan = try #require(PAN(digits: digits))
      #expect(!pan.hasValidCheckDigit)
    }
  }

  @Test func `a number has 1 to 19 digits and nothing else`() {
    #expect(PAN(text: "") == nil)
    #expect(PAN(text: String(repeating: "1", count: 20)) == nil)
    #expect(PAN(text: "400000000000000a") == nil)
    #expect(PAN(text: "４０００") == nil)
    #expect(PAN(text: " 4000") == nil)
    for count in 1...19 {
      #expect(PAN(text: String(repeating: "7", count: count))?.count == UInt8(count))
      let isValid = PAN(text: String(repeating: "7", count: count))?.hasValidLength
      #expect(isValid == (14...19).contains(count))
    }
  }

  @Test func `packed digits, facts and check digit are those of the digits one by one`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var state = seed
    for round in 0..<5000 {
      let count = round % 19 + 1
      let digits = (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(state >> 33 % 10)
      }
      let pan = try #require(PAN(digits: digits))
      // What stands behind the digits, a filler for one, is none of them.
      let filled = digits + [UInt8](repeating: 15, count: 32 - count)
      let words = (filled[..<16], filled[16...])
      let high = words.0.reduce(UInt64(0)) { $0 << 4 | UInt64($1) }
      let low = words.1.reduce(UInt64(0)) { $0 << 4 | UInt64($1) }
      #expect(PAN(packed: high, low, count: count) == pan)
      pan.withBlock { #expect(($0, $1) == (high, low), "the block is filled with F") }

      let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
        let value = Int(digit.element) << (digit.offset & 1)
        return sum + value / 10 + value % 10
      }
      #expect(pan.hasValidCheckDigit == (sum % 10 == 0))
      let facts = CardNumberFacts(pan)
      #expect(facts.firstSix == digits.prefix(6).reduce(0) { $0 * 10 + UInt32($1) })
      #expect(facts.lastFour == digits.suffix(4).reduce(0) { $0 * 10 + UInt16($1) })
      let nine = digits.prefix(9).reduce(0) { $0 * 10 + UInt32($1) }
      #expect(pan.leadingNine == (count < 9 ? nil : nine))
    }
    #expect(PAN(packed: 0, 0, count: 0) == nil)
    #expect(PAN(packed: 0, 0, count: 20) == nil)
  }

  @Test(arguments: [13, 14, 15, 16, 17, 18, 19])
  func `no way of printing shows more than six and four digits`(count: Int) throws {
    let text = String("4929117230586441950".prefix(count))
    let pan = try #require(PAN(text: text))
    // How the digits stand in memory, should a mirror show it.
    let aligned = text.prefix(16) + String(repeating: "0", count: max(0, 16 - count))
    let packed = String(try #require(UInt64(aligned, radix: 16)))
    struct Holder { var pan: PAN }
    var dumped = ""
    dump(pan, to: &dumped)
    dump(Holder(pan: pan), to: &dumped)
    dump([pan], to: &dumped)
    var mirrored = ""
    for child in Mirror(reflecting: pan).children { mirrored += "\(child.value)" }
    let printed = [
      "\(pan)", pan.description, pan.debugDescription, String(reflecting: pan),
      String(describing: pan), "\(Holder(pan: pan))", String(reflecting: Holder(pan: pan)),
      "\([pan])", "\(Optional(pan) as Any)", dumped, mirrored, pan.masked.text,
    ]
    let middle = count >= 14 ? text.dropFirst(6).dropLast(4) : text.dropLast(4)
    for text in printed {
      // Any four neighbouring hidden digits, whatever stands around them.
      for start in 0...middle.count - 4 {
        let hidden = middle.dropFirst(start).prefix(4)
        #expect(!text.contains(hidden), "\(text)")
      }
      #expect(!text.contains(packed), "\(text)")
    }
    #expect(pan.masked.text.count == count)
    #expect(pan.masked == CardNumberFacts(pan).masked)
  }

  @Test func `the mask shows six and four`() {
    #expect(PAN(text: "4000000000000002")?.masked.text == "400000******0002")
    #expect(PAN(text: "4000001234567890123")?.masked.text == "400000*********0123")
    #expect(PAN(text: "4222222222222")?.masked.text == "*********2222")
  }

  @Test func `the programme is found by the first nine digits`() {
    #expect(PAN(text: "4000009990000000")?.leadingNine == 400_000_999)
    #expect(PAN(text: "0000000010000000")?.leadingNine == 1)
    #expect(PAN(text: "12345678")?.leadingNine == nil)
  }

  @Test func `a leading zero counts`() throws {
    #expect(PAN(text: "0400") != PAN(text: "400"))
    #expect(PAN(text: "4000") != PAN(text: "400"))
    #expect(PAN(text: "400") == PAN(digits: [4, 0, 0]))
    #expect(try #require(PAN(text: "0")).hasValidCheckDigit)
  }
}
