import ISO8583
import TestRandom
import Testing

/// Writing and typed reading agree with the values.
struct BuilderTests {
  @Test func `typed writing of the chip purchase gives its bytes, and typed reading its values`()
    throws
  {
    let vector = try Vectors.vector("01")
    let bytes = try Hexadecimal.bytes(vector.hex)
    let layout = try MessageLayout(parsing: bytes.span.bytes)
    let view = MessageView(bytes.span.bytes, layout)
    check(view.type.text, "2100")
    #expect(layout.digitCount(.pan) == 16)
    #expect(layout.digitCount(.terminal) == nil)
    #expect(layout.contentRange(.pan) == 11..<19)
    #expect(layout.wireRange(.pan) == 10..<19)
    #expect(layout.wireRange(.chipData) == 211..<331)
    #expect(layout.contentRange(.mac) == nil)
    var digits: [UInt8?] = []
    for position in 0..<16 { digits.append(view.digit(.pan, position)) }
    check(digits, [4] + [UInt8](repeating: 1, count: 15))
    check(view.digit(.pan, 16), nil)
    check(view.digit(.track2, 15), 1)
    check(view.digit(.track2, 16), nil)
    check(view.unsigned(.pan), 4_111_111_111_111_111)
    check(view.unsigned(.stan), 101)
    check(view.unsigned(.localTime), 20_261_122_113_015)
    check(view.unsigned(.functionCode), 100)
    check(view.unsigned(.terminal), nil)
    check(view.byte(.terminal, 0), UInt8(ascii: "T"))
    check(view.byte(.terminal, 16), nil)
    check(view.text(.terminal), "TERM0001        ")
    check(view.text(.posDataCode), "20000000200000000200000022000000")
    check(AmountReading(view.amount(.amountTransaction)), AmountReading(978, 2, 12345))
    check(AmountReading(view.amount(.stan)), nil)
    var country: [UInt8] = []
    if let part = view.part(.merchantPlace, 7) { country = [UInt8](copying: part) }
    check(country, Array("276".utf8))
    let hasStreet = if view.part(.merchantPlace, 3) != nil { true } else { false }
    check(hasStreet, false)
    var cryptogram: [UInt8] = []
    if let value = view.chipValue(0x9F26) { cryptogram = [UInt8](copying: value) }
    check(Hexadecimal.text(cryptogram), "3F1C5A9E77B20D14")
    let hasScript = if view.chipValue(0x71) != nil { true } else { false }
    check(hasScript, false)

    var builder = MessageBuilder(capacity: 16)
    builder.begin(view.type, secondary: false)
    builder.append(.pan, digits: [4] + [UInt8](repeating: 1, count: 15))
    builder.append(.processingCode, text: "000000")
    builder.append(amount: .amountTransaction, currency: 978, exponent: 2, value: 12345)
    builder.append(.transmissionTime, unsigned: 1_122_103_015)
    builder.append(.stan, unsigned: 101)
    builder.append(.localTime, unsigned: 20_261_122_113_015)
    builder.append(.expirationDate, unsigned: 3012)
    builder.append(.acquirerCountry, unsigned: 276)
    builder.append(.posDataCode, copying: view)
    builder.append(.cardSequence, unsigned: 1)
    builder.append(.functionCode, unsigned: 100)
    builder.append(.merchantCategory, unsigned: 5411)
    builder.append(.acquirer, unsigned: 12_345_678_901)
    builder.append(.track2, characters: Array("4111111111111111=30122010000012345678".utf8))
    builder.append(.retrievalReference, text: "632611000101")
    builder.append(.terminal, text: "TERM0001")
    builder.append(.merchant, text: "MERCHANT0000001".dropLast(0))
    if let place = view.content(.merchantPlace) { builder.append(.merchantPlace, bytes: place) }
    builder.append(.chipData, copying: view)
    builder.append(.mac, copying: view)
    #expect(builder.bytes == Array(bytes[..<331]).settingBit59(false))
    builder.begin(view.type, secondary: false)
    builder.append(.stan, unsigned: 1)
    #expect(builder.bytes.count == 16)
  }

  @Test func `numbers of any length are written as their digits`() throws {
    var random = SeededRandom("numbers")
    let numeric = RandomMessages.elements.filter { FieldTable.format(of: $0).isPacked }
    var builder = MessageBuilder()
    for _ in 0..<5_000 {
      let element = try #require(numeric.randomElement(using: &random))
      let format = FieldTable.format(of: element)
      let most = min(Int(format.maximum), 19)
      let count = Int.random(in: format.isFixed ? most...most : 0...most, using: &random)
      let digits = (0..<count).map { _ in UInt8.random(in: 0...9, using: &random) }
      let value = digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1) }
      builder.begin(RandomMessages.request, secondary: element.number > 64)
      builder.append(element, unsigned: value, digits: count)
      let zeros = format.isFixed ? Int(format.maximum) - count : 0
      let text = String(repeating: "0", count: zeros) + digits.map(String.init).joined()
      let message = try Message(unpacking: builder.bytes)
      #expect(message[text: element] == text)
      #expect(try message.packed() == builder.bytes)
      if format.maximum <= 19 {
        let layout = try MessageLayout(parsing: builder.bytes.span.bytes)
        let view = MessageView(builder.bytes.span.bytes, layout)
        check(view.unsigned(element), value)
      }
    }
  }

  @Test func `the shortest number of digits is the default of variable elements`() throws {
    var builder = MessageBuilder()
    for (value, hex) in [
      (UInt64(0), "0100"), (9, "0190"), (10, "0210"), (99_999_999_999, "119999999999900"),
    ] {
      builder.begin(RandomMessages.request, secondary: false)
      builder.append(.acquirer, unsigned: value)
      #expect(Hexadecimal.text(builder.bytes[10...]).hasPrefix(String(hex.prefix(4))))
      #expect(try Message(unpacking: builder.bytes)[text: .acquirer] == String(value))
    }
  }

  @Test func `amounts of every kind read back`() throws {
    var random = SeededRandom("amounts")
    var builder = MessageBuilder()
    let kinds: [(Element, UInt64)] = [
      (.amountTransaction, 999_999_999_999), (.amountReconciliation, 999_999_999_999),
      (.amountBilling, 999_999_999_999), (.amountBillingFee, 99_999_999),
      (.amountNetReconciliation, 99_999_999_999_999_999),
    ]
    for _ in 0..<2_000 {
      let (element, most) = try #require(kinds.randomElement(using: &random))
      let currency = UInt16.random(in: 0...999, using: &random)
      let exponent = UInt8.random(in: 0...9, using: &random)
      let value = UInt64.random(in: 0...most, using: &random)
      builder.begin(RandomMessages.request, secondary: element.number > 64)
      builder.append(amount: element, currency: currency, exponent: exponent, value: value)
      let layout = try MessageLayout(parsing: builder.bytes.span.bytes)
      let view = MessageView(builder.bytes.span.bytes, layout)
      check(AmountReading(view.amount(element)), AmountReading(currency, exponent, value))
      if FieldTable.format(of: element).maximum == 16 {
        check(
          AmountReading(view.twelveDigitAmount(element)),
          AmountReading(currency, exponent, value)
        )
      }
    }
    builder.begin(RandomMessages.request, secondary: false)
    builder.append(originalAmount: 392, exponent: 0, value: 150_000)
    let layout = try MessageLayout(parsing: builder.bytes.span.bytes)
    let view = MessageView(builder.bytes.span.bytes, layout)
    check(AmountReading(view.originalAmount(0)), AmountReading(392, 0, 150_000))
    check(AmountReading(view.originalAmount(1)), AmountReading(0, 0, 0))
  }

  @Test func `text is padded, and characters outside the set become question marks`() throws {
    var builder = MessageBuilder()
    builder.begin(RandomMessages.request, secondary: false)
    builder.append(.terminal, text: "K\u{F6}ln \u{20AC}")
    builder.append(.merchant, text: "")
    let message = try Message(unpacking: builder.bytes)
    #expect(message[text: .terminal] == "K\u{F6}ln ?          ")
    #expect(message[text: .merchant] == "")
  }

  @Test func `the verification value is read from its part`() throws {
    let bytes = try Hexadecimal.bytes(try Vectors.vector("02").hex)
    let layout = try MessageLayout(parsing: bytes.span.bytes)
    let view = MessageView(bytes.span.bytes, layout)
    check(view.unsigned(.verificationData, part: 2), 597)
    check(view.unsigned(.verificationData, part: 1), nil)
    check(view.unsigned(.merchantPlace, part: 2), nil)
  }
}

extension [UInt8] {
  /// A copy of the bytes of a span.
  init(copying span: borrowing RawSpan) {
    self = span.withUnsafeBytes { [UInt8]($0) }
  }

  /// The message with the bit of DE 59 set or not.
  func settingBit59(_ isSet: Bool) -> [UInt8] {
    var copy = self
    copy[9] = isSet ? copy[9] | 0x20 : copy[9] & ~0x20
    return copy
  }
}
