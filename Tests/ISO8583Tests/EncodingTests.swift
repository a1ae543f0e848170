import ISO8583
import Testing

/// Every way in which a value can stand on the wire, both ways.
struct EncodingTests {
  struct Example: Sendable, CustomStringConvertible {
    let element: Element
    let value: FieldValue
    let hex: String
    var description: String { "\(element) \(hex.prefix(24))" }
  }

  static let examples: [Example] = [
    // Digits: even, odd, short.
    Example(element: 39, value: "1016", hex: "1016"),
    Example(element: 19, value: "276", hex: "2760"),
    Example(element: 23, value: "007", hex: "0070"),
    Example(element: 11, value: "000000123456", hex: "000000123456"),
    Example(element: 67, value: "07", hex: "07"),
    Example(element: 31, value: "12345678901234567890123", hex: "123456789012345678901230"),
    Example(
      element: 75,
      value: .text(String(repeating: "90", count: 45)),
      hex: String(repeating: "90", count: 45)
    ),
    // Amounts.
    Example(element: 4, value: "9782000000012345", hex: "9782000000012345"),
    Example(element: 8, value: "978200000150", hex: "978200000150"),
    Example(element: 97, value: "978200000000000012345", hex: "9782000000000000123450"),
    Example(
      element: 30,
      value: .composite([0: "9782000000012345", 1: "0000000000000000"]),
      hex: "97820000000123450000000000000000"
    ),
    // Digits with a length.
    Example(element: 2, value: "4111111111111111", hex: "164111111111111111"),
    Example(element: 2, value: "411111111111111", hex: "154111111111111110"),
    Example(element: 2, value: "4111111111111111110", hex: "1941111111111111111100"),
    Example(element: 2, value: "4222222222222", hex: "1342222222222220"),
    Example(element: 2, value: "", hex: "00"),
    Example(
      element: 56,
      value: "210000000000010120261122113015",
      hex: "30210000000000010120261122113015"
    ),
    // Text: fixed, with one and with two bytes of length, empty.
    Example(element: 3, value: "000000", hex: "303030303030"),
    Example(element: 41, value: "TERM0001        ", hex: "5445524D303030312020202020202020"),
    Example(element: 42, value: "ABC", hex: "03414243"),
    Example(element: 42, value: "", hex: "00"),
    Example(element: 42, value: "Caf\u{E9}", hex: "04436166E9"),
    Example(
      element: 54,
      value: "00029782C000000087655",
      hex: "0021303030323937383243303030303030303837363535"
    ),
    Example(element: 59, value: "", hex: "0000"),
    // Bytes: fixed, with one and with two bytes of length, empty, the longest.
    Example(
      element: 52,
      value: .binary([0x2A, 0x3D, 0x40, 0x8A, 0x19, 0x77, 0xDD, 0xE9]),
      hex: "2A3D408A1977DDE9"
    ),
    Example(element: 64, value: .binary([0xBD, 0xDE, 0x79, 0xED]), hex: "BDDE79ED"),
    Example(element: 65, value: .binary([1, 2, 3, 4, 5, 6, 7, 8]), hex: "0102030405060708"),
    Example(element: 128, value: .binary([0x45, 0x98, 0xDD, 0x2A]), hex: "4598DD2A"),
    Example(element: 53, value: .binary([0x05, 0x97]), hex: "020597"),
    Example(element: 96, value: .binary([1, 2]), hex: "00020102"),
    Example(element: 55, value: .binary([0x9C, 0x01, 0x00]), hex: "00039C0100"),
    Example(element: 55, value: .binary([]), hex: "0000"),
    Example(
      element: 55,
      value: .binary([UInt8](repeating: 0x7F, count: 9999)),
      hex: "9999" + String(repeating: "7F", count: 9999)
    ),
    // Composites.
    Example(
      element: 21,
      value: .composite([0: "1", 1: "123456789012345", 2: "01", 3: "0000"]),
      hex: "31313233343536373839303132333435010000"
    ),
    Example(
      element: 27,
      value: .composite([
        0: .binary([0x20, 0, 0, 0, 0x08, 0, 0, 0]), 1: "6", 2: "040", 3: "000", 4: "016",
        5: "000", 6: "128", 7: "N", 8: "Y", 9: .binary([12]),
      ]),
      hex: "2000000008000000363034303030303031363030303132384E590C"
    ),
    Example(
      element: 43,
      value: .composite([2: "ABC", 7: "276"]),
      hex: "0015420000000000000003414243323736"
    ),
    Example(
      element: 43,
      value: .composite([11: "https://shop.example"]),
      hex: "00300020000000000000002068747470733A2F2F73686F702E6578616D706C65"
    ),
    Example(element: 43, value: .composite([:]), hex: "0000"),
    Example(element: 49, value: .composite([2: "0597"]), hex: "001040000000000000000597"),
    Example(
      element: 49,
      value: .composite([1: "5", 2: "0597"]),
      hex: "0011C000000000000000500597"
    ),
    Example(
      element: 113,
      value: .binary([0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2]),
      hex: "001040000000000000000102"
    ),
  ]

  @Test(arguments: examples)
  func `a value stands on the wire as the dialect says and reads back`(_ example: Example) throws {
    let message = Message(type: RandomMessages.request, fields: [example.element: example.value])
    let packed = try message.packed()
    let head = example.element.number > 64 ? 18 : 10
    #expect(packed[head...].elementsEqual(try Hexadecimal.bytes(example.hex)))
    #expect(try Message(unpacking: packed) == message)
  }

  @Test(arguments: 13...19)
  func `card numbers of 13 to 19 digits read back`(_ count: Int) throws {
    let text = String("4123456789012345678".prefix(count))
    let message = Message(type: RandomMessages.request, fields: [.pan: .text(text)])
    #expect(try Message(unpacking: message.packed()) == message)
  }

  @Test func `filler 0 and F are accepted and every other is refused`() throws {
    for filler in UInt8(0)...15 {
      let bytes = try Hexadecimal.bytes("2100 4000000000000000 15 41111111111111") + [0x10 | filler]
      let error = refusal(bytes)
      if filler == 0 || filler == 15 {
        #expect(error == nil)
      } else {
        #expect(error == WireError(element: 2, reason: .invalidFiller, offset: 18))
      }
    }
  }

  @Test(arguments: [
    ("2A00 4000000000000000 00", WireError(element: 0, reason: .invalidDigit, offset: 0)),
    ("21", WireError(element: 0, reason: .truncated, offset: 0)),
    ("2100 40000000", WireError(element: 1, reason: .truncated, offset: 2)),
    ("2100 C000000000000000 00", WireError(element: 1, reason: .truncated, offset: 10)),
    ("2100 4000000000000000 1A", WireError(element: 2, reason: .invalidLength, offset: 10)),
    ("2100 4000000000000000 20", WireError(element: 2, reason: .lengthOverMaximum, offset: 10)),
    ("2100 4000000000000000 02 1A", WireError(element: 2, reason: .invalidDigit, offset: 11)),
    ("2100 4000000000000000 00 00", WireError(element: 2, reason: .trailingBytes, offset: 11)),
    ("2100 0000000000000000 00", WireError(element: 1, reason: .trailingBytes, offset: 10)),
    (
      "2100 1000000000000000 978200000001234A",
      WireError(element: 4, reason: .invalidDigit, offset: 17)
    ),
    ("2100 0000400000000000 1000", WireError(element: 18, reason: .lengthOverMaximum, offset: 10)),
    ("2100 0000400000000000 0100 30", WireError(element: 18, reason: .truncated, offset: 10)),
    ("2100 0000000000200000 0004 54000000", WireError(element: 43, reason: .truncated, offset: 12)),
    (
      "2100 0000000000200000 0008 8000000000000000",
      WireError(element: 43, part: 1, reason: .undefinedPart, offset: 20)
    ),
    (
      "2100 0000000000200000 0008 0008000000000000",
      WireError(element: 43, part: 13, reason: .undefinedPart, offset: 20)
    ),
    (
      "2100 0000000000200000 0010 0200000000000000 3237",
      WireError(element: 43, part: 7, reason: .truncated, offset: 20)
    ),
    (
      "2100 0000000000200000 0012 0200000000000000 32373630",
      WireError(element: 43, reason: .trailingBytes, offset: 23)
    ),
    (
      "2100 0000000000200000 0009 4000000000000000 51",
      WireError(element: 43, part: 2, reason: .lengthOverMaximum, offset: 20)
    ),
    (
      "2100 0000000000008000 0010 4000000000000000 05A7",
      WireError(element: 49, part: 2, reason: .invalidDigit, offset: 21)
    ),
    (
      "2100 0000000000008000 0009 8000000000000000 57",
      WireError(element: 49, part: 1, reason: .invalidFiller, offset: 20)
    ),
    (
      "2100 8000000000000000 0000002000000000 00",
      WireError(element: 91, reason: .undefinedElement, offset: 18)
    ),
    (
      "2100 8000000000000000 0000000000008000 0008 8000000000000000",
      WireError(element: 113, reason: .truncated, offset: 20)
    ),
  ])
  func `strict reading names element, reason and place`(_ hex: String, _ error: WireError) throws {
    #expect(refusal(try Hexadecimal.bytes(hex)) == error)
  }

  @Test func `a secondary bitmap of zeros is accepted`() throws {
    #expect(refusal(try Hexadecimal.bytes("2100 8000000000000000 0000000000000000")) == nil)
  }

  @Test func `after an error the elements before the fault can be read`() throws {
    let bytes = try Hexadecimal.bytes("2100 6020000000000000 164111111111111111 303030303030 0000")
    var layout = MessageLayout()
    let span = bytes.span.bytes
    #expect(throws: WireError.self) { try MessageLayout.parse(bytes.span.bytes, into: &layout) }
    let view = MessageView(span, layout)
    check(view.text(.pan), "4111111111111111")
    check(view.text(.processingCode), "000000")
    #expect(layout.announces(.stan) && !layout.has(.stan))
    check(view.unsigned(.stan), nil)
  }

  @Test(arguments: [
    (Element.pan, FieldValue.text("41111111111111111111"), WireError.Reason.lengthOverMaximum),
    (.pan, .text("4111x"), .invalidDigit),
    (.pan, .binary([1]), .wrongKind),
    (.stan, .text("1"), .wrongLength),
    (.merchant, .text(String(repeating: "M", count: 36)), .lengthOverMaximum),
    (.merchant, .text("\u{20AC}"), .invalidCharacter),
    (.pinData, .binary([1, 2]), .wrongLength),
    (.chipData, .binary([UInt8](repeating: 0, count: 10_000)), .lengthOverMaximum),
    (.originalAmounts, .composite([0: "9782000000012345"]), .wrongKind),
    (.merchantPlace, .composite([1: "A"]), .undefinedPart),
    (.merchantPlace, .binary([1, 2, 3]), .truncated),
    (91, .binary([]), .undefinedElement),
  ])
  func `values that do not fit are refused when writing`(
    _ element: Element,
    _ value: FieldValue,
    _ reason: WireError.Reason
  ) {
    let message = Message(type: RandomMessages.request, fields: [element: value])
    do throws(WireError) {
      _ = try message.packed()
      Issue.record("\(element) was written")
    } catch {
      #expect(error.element == element.number)
      #expect(error.reason == reason)
    }
  }

  private func refusal(_ bytes: [UInt8]) -> WireError? {
    do throws(WireError) {
      _ = try MessageLayout(parsing: bytes.span.bytes)
      return nil
    } catch {
      return error
    }
  }
}
