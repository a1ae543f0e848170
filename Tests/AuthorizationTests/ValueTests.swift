import Authorization
import Testing

struct ValueTests {
  // MARK: Identifiers

  @Test func `an identifier survives its text`() {
    for shift in 0..<56 {
      for number in [UInt64(1) << UInt64(shift), (UInt64(1) << UInt64(shift)) | 1] {
        let card = CardID(number)
        #expect(card.text.utf8.count == 17)
        #expect(CardID(text: card.text) == card)
      }
    }
    #expect(CardID(39).text == "crd_0000000000017")
    #expect("\(BalanceID(1))" == "bal_0000000000001")
  }

  @Test func `text of another kind, length or alphabet is no identifier`() {
    for text in [
      "", "crd_", "bal_0000000000017", "crd_000000000017", "crd_00000000000017",
      "crd_000000000001I", "crd_000000000001u", "CRD_0000000000017", "crd-0000000000017",
      "crd_0000000000000", "crd_00000000000é", "crd_ 000000000017", "crd_000000000001\0",
    ] {
      #expect(CardID(text: text) == nil, "\(text)")
    }
  }

  @Test func `no identifier needs more than 56 bits`() {
    #expect(BalanceID(text: BalanceID(1 << 56 - 1).text)?.number == 1 << 56 - 1)
    for number in [1 << 56, 1 << 60, UInt64.max] {
      #expect(BalanceID(text: BalanceID(number).text) == nil)
    }
    #expect(BalanceID(text: "bal_zzzzzzzzzzzzz") == nil)
  }

  @Test func `identifiers sort by age, as text too`() {
    let numbers: [UInt64] = [1, 9, 10, 31, 32, 33, 1023, 1024, 1 << 40]
    #expect(numbers.map { CardID($0) }.sorted().map(\.number) == numbers)
    #expect(numbers.map { CardID($0).text } == numbers.map { CardID($0).text }.sorted())
  }

  // MARK: Money

  @Test func `an amount has at most twelve digits and is never negative`() throws {
    let euro = try #require(Currency(code: "EUR"))
    #expect(Amount(minorUnits: -1, currency: euro) == nil)
    #expect(Amount(minorUnits: 0, currency: euro)?.isZero == true)
    #expect(Amount(minorUnits: 999_999_999_999, currency: euro) != nil)
    #expect(Amount(minorUnits: 1_000_000_000_000, currency: euro) == nil)
    #expect(Amount(minorUnits: .max, currency: euro) == nil)
    #expect(Amount(minorUnits: 12_345, currency: euro)?.description == "EUR 123.45")
  }

  @Test func `money is written with the decimals of its currency`() throws {
    let euro = try #require(Currency(code: "EUR"))
    let yen = try #require(Currency(code: "JPY"))
    let dinar = try #require(Currency(code: "KWD"))
    #expect(Money(5).text(in: euro) == "0.05")
    #expect(Money(-5).text(in: euro) == "-0.05")
    #expect(Money(100).text(in: euro) == "1.00")
    #expect(Money(-12_345).text(in: dinar) == "-12.345")
    #expect(Money(7).text(in: yen) == "7")
    #expect(Money(.min).text(in: euro) == "-92233720368547758.08")
    #expect(Money(3) + Money(4) == Money(7))
    #expect(Money(3) - Money(4) == Money(-1))
    #expect(-Money(3) < .zero)
  }

  @Test func `currencies have their ISO 4217 numbers and decimals`() {
    let expected: [(String, UInt16, UInt8)] = [
      ("EUR", 978, 2), ("USD", 840, 2), ("GBP", 826, 2), ("PLN", 985, 2), ("CZK", 203, 2),
      ("JPY", 392, 0), ("KRW", 410, 0), ("ISK", 352, 0), ("CLP", 152, 0), ("VND", 704, 0),
      ("XAF", 950, 0), ("BHD", 48, 3), ("KWD", 414, 3), ("OMR", 512, 3), ("TND", 788, 3),
      ("JOD", 400, 3), ("IQD", 368, 3), ("LYD", 434, 3), ("ALL", 8, 2), ("MGA", 969, 2),
    ]
    for (code, number, exponent) in expected {
      #expect(Currency(code: code)?.number == number)
      #expect(Currency(number: number)?.code == code)
      #expect(Currency(number: number)?.exponent == exponent)
    }
    for number: UInt16 in [0, 1, 999, 1000, 9999, .max] { #expect(Currency(number: number) == nil) }
    #expect(Currency(code: "eur") == nil)
    #expect(Currency(code: "XXX") == nil)
    #expect((UInt16(0)...999).count { Currency(number: $0) != nil } > 140)
  }

  @Test func `an action code has four digits`() {
    #expect(ActionCode.approved.text == "0000")
    #expect(ActionCode(85).text == "0085")
    #expect(ActionCode(9999).text == "9999")
    #expect(ActionCode(999).isApproval)
    #expect(!ActionCode(1000).isApproval)
  }

  // MARK: Time

  @Test func `a card expires with its month`() {
    #expect(CardExpiry(yearMonth: 0) == nil)
    #expect(CardExpiry(yearMonth: 2600) == nil)
    #expect(CardExpiry(yearMonth: 2613) == nil)
    #expect(CardExpiry(yearMonth: 9999) == nil)
    #expect(CardExpiry(yearMonth: 10_001) == nil)
    #expect(CardExpiry(yearMonth: 3012)?.text == "2030-12")
    #expect(CardExpiry(yearMonth: 101)?.text == "2001-01")
    // 2028-03-01 and 2031-01-01, from a calendar.
    #expect(CardExpiry(yearMonth: 2802)?.end.microsecondsSinceEpoch == 1_835_481_600_000_000)
    #expect(CardExpiry(yearMonth: 3012)?.end.microsecondsSinceEpoch == 1_924_992_000_000_000)
    #expect(CardExpiry(yearMonth: 9912)?.end.microsecondsSinceEpoch == 4_102_444_800_000_000)
  }

  @Test func `every month of the century ends when the calendar says, packed or not`() throws {
    for year in 0..<100 {
      for month in 1...12 {
        let expiry = try #require(CardExpiry(yearMonth: UInt16(year * 100 + month)))
        let days = CivilDate.daysSinceEpoch(
          year: Int64(month == 12 ? 2001 + year : 2000 + year),
          month: Int64(month % 12 + 1),
          day: 1
        )
        #expect(expiry.end.microsecondsSinceEpoch == days * 86_400_000_000)
        let packed = UInt64(0x100 * (16 * (year / 10) + year % 10) + 16 * (month / 10) + month % 10)
        #expect(CardExpiry(packed: packed) == expiry)
      }
    }
    for packed in [0x3000, 0x3013, 0x3099] as [UInt64] {
      #expect(CardExpiry(packed: packed) == nil)
    }
  }

  @Test func `a local time is a date and a time of day`() {
    for digits: UInt64 in [
      20_260_615_120_000, 20_240_229_235_959, 20_000_229_000_000, 20_261_231_235_959,
    ] {
      #expect(LocalTime(digits: digits)?.digits == digits)
    }
    for digits: UInt64 in [
      0, 20_260_229_120_000, 19_000_229_120_000, 20_261_301_120_000, 20_260_001_120_000,
      20_260_600_120_000, 20_260_631_120_000, 20_260_615_240_000, 20_260_615_126_000,
      20_260_615_120_060, 120_260_615_120_000, .max,
    ] {
      #expect(LocalTime(digits: digits) == nil, "\(digits)")
    }
  }

  @Test func `dates go both ways for four centuries`() {
    var expected = CivilDate.daysSinceEpoch(year: 1800, month: 1, day: 1)
    #expect(CivilDate.daysSinceEpoch(year: 1970, month: 1, day: 1) == 0)
    for year: Int64 in 1800...2200 {
      for month: Int64 in 1...12 {
        for day in 1...CivilDate.days(inMonth: month, of: year) {
          let days = CivilDate.daysSinceEpoch(year: year, month: month, day: day)
          guard days == expected, CivilDate.date(daysSinceEpoch: days) == (year, month, day) else {
            Issue.record("\(year)-\(month)-\(day)")
            return
          }
          expected += 1
        }
      }
    }
    #expect(Instant(microsecondsSinceEpoch: -1).utc.year == 1969)
    #expect(Instant(microsecondsSinceEpoch: -1).utc.second == 59)
  }

  @Test func `fixed text keeps sixteen bytes`() {
    #expect(FixedText(bytes: Array("TERM0001".utf8)).text == "TERM0001")
    #expect(FixedText(bytes: Array("TERMINAL00000001 and more".utf8)).text == "TERMINAL00000001")
    #expect(FixedText(bytes: Array("ABC     ".utf8)).text == "ABC")
    #expect(FixedText().text.isEmpty)
  }
}
