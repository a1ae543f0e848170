import Testing

@testable import holdfast

@Suite struct CardNumberMaskTests {
  @Test func `a card number in any text is masked`() {
    #expect(CardNumberMask.masked("4000000000000002") == "400000******0002")
    #expect(CardNumberMask.masked("pan=4000000000000002,") == "pan=400000******0002,")
    #expect(CardNumberMask.masked("4000 0000 0000 0002") == "4000 00** **** 0002")
    #expect(CardNumberMask.masked("4000-0000-0000-0002") == "4000-00**-****-0002")
    #expect(CardNumberMask.masked("a 378282246310005 b") == "a 378282*****0005 b")
  }

  @Test func `a card number inside a longer run of digits is masked`() {
    let masked = CardNumberMask.masked("40000000000000023012")
    #expect(!masked.contains("4000000000000002"))
    #expect(masked.contains("*"))
    #expect(!CardNumberMask.masked("994000000000000002").contains("4000000000000002"))
  }

  @Test(arguments: [
    "", "400000******0002", "line 12 of 20000", "2026-11-22T13:54:34.000Z", "000000000000000",
    "400000000000", "crd_0000000000001", "EUR 999999999999",
  ])
  func `other text stays as it is`(text: String) {
    #expect(CardNumberMask.masked(text) == text)
  }

  @Test func `no number that a scheme could issue gets through`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<5_000 {
      var digits = (0..<Int.random(in: 12...18, using: &generator)).map { position in
        Int.random(in: position == 0 ? 1...9 : 0...9, using: &generator)
      }
      let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
        let doubled = digit.element * 2
        return sum + (digit.offset % 2 == 1 ? digit.element : doubled > 9 ? doubled - 9 : doubled)
      }
      digits.append((10 - sum % 10) % 10)
      let number = digits.map(String.init).joined()
      let masked = CardNumberMask.masked("the number \(number) is wrong")
      #expect(!masked.contains(number), "seed \(seed)")
      #expect(masked.contains(number.suffix(4)), "seed \(seed)")
    }
  }
}
