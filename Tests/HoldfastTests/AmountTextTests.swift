import Authorization
import Testing

@testable import holdfast

@Suite struct AmountTextTests {
  private func read(_ text: String, _ code: String) throws -> Int64 {
    try AmountText.read(text, #require(Currency(code: code))).minorUnits
  }

  @Test func `an amount is read by the decimals of its currency`() throws {
    #expect(try read("12.34", "EUR") == 1_234)
    #expect(try read("12.3", "EUR") == 1_230)
    #expect(try read("12", "EUR") == 1_200)
    #expect(try read("0.01", "EUR") == 1)
    #expect(try read("007.50", "EUR") == 750)
    #expect(try read("1234", "JPY") == 1_234)
    #expect(try read("1.234", "KWD") == 1_234)
    #expect(try read("9999999999.99", "EUR") == Amount.largestMinorUnits)
    #expect(try read("999999999999", "JPY") == Amount.largestMinorUnits)
  }

  @Test(arguments: [
    ("12.345", "EUR"), ("12.340", "EUR"), ("1.0", "JPY"), ("12.3456", "KWD"), ("", "EUR"),
    (".", "EUR"), (".5", "EUR"), ("5.", "EUR"), ("-1", "EUR"), ("+1", "EUR"), ("1e3", "EUR"),
    ("1,000.00", "EUR"), ("1 000", "EUR"), ("12,34", "EUR"), ("1.2.3", "EUR"), ("0", "EUR"),
    ("0.00", "EUR"), ("10000000000.00", "EUR"), ("99999999999999999999999999", "EUR"),
    ("١٢", "EUR"), ("NaN", "EUR"), ("0x10", "EUR"), (" 1", "EUR"),
  ])
  func `what is no exact amount is refused, never rounded`(text: String, code: String) throws {
    #expect(throws: AmountText.Refusal.self) { try read(text, code) }
  }

  @Test func `every amount that is printed is read back as itself`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<2_000 {
      let code = try #require(["EUR", "JPY", "KWD", "USD"].randomElement(using: &generator))
      let sum = Int64.random(in: 1...Amount.largestMinorUnits, using: &generator)
      let currency = try #require(Currency(code: code))
      let text = Money(sum).text(in: currency)
      #expect(try read(text, code) == sum, "seed \(seed), \(code) \(text)")
      #expect(MoneyText.of(sum, code) == "\(code) \(text)", "seed \(seed)")
    }
  }

  @Test func `sums of unknown currencies are shown in minor units`() {
    #expect(MoneyText.of(-5, "EUR") == "EUR -0.05")
    #expect(MoneyText.of(12, "QQQ") == "QQQ 12 minor units")
  }
}
