import Foundation
import ISO8583
import TestRandom
import Testing

/// Dumps say what is there and never a secret.
struct DumpTests {
  @Test func `the checker finds a planted card number`() {
    #expect(CardNumbers.shown(in: "x 4111111111111111 y").count == 1)
    #expect(CardNumbers.shown(in: "000004111111111111111222").isEmpty == false)
    #expect(CardNumbers.shown(in: "411111******1111 4111111111111112").isEmpty)
  }

  @Test func `the chip purchase is told in words`() throws {
    let dump = MessageDump(try Hexadecimal.bytes(try Vectors.vector("01").hex))
    #expect(dump.error == nil)
    for words in [
      "2100  347 bytes, 20 elements", "authorization request, acquirer", "411111******1111",
      "goods and services", "EUR 123.45", "2026-11-22 11:30:15", "Expiration date: 2030-12",
      "reading: chip", "PIN off-line, enciphered", "environment: attended",
      "original authorization, exact amount", "grocery stores", "CORNER GROCERY",
      "Application cryptogram", "9F 26 08 3F 1C 5A 9E 77 B2 0D 14", "ARQC", "switch-route-7",
    ] {
      #expect(dump.text.contains(words), "\(words)")
    }
    // The track shows nothing behind the card number.
    #expect(dump.text.contains("'411111******1111*********************'"))
  }

  @Test func `balances, errors, reversals and answers are told in words`() throws {
    let answer = MessageDump(try Hexadecimal.bytes(try Vectors.vector("04").hex)).text
    #expect(answer.contains("available balance: EUR 876.55"))
    #expect(answer.contains("Action code: 0000, approved"))
    let reversal = MessageDump(try Hexadecimal.bytes(try Vectors.vector("08").hex)).text
    #expect(reversal.contains("4004, completed partially"))
    #expect(reversal.contains("30.0    97 82 00 00 00 01 23 45"))
    #expect(reversal.contains("STAN 000000000101, time 2026-11-22 11:30:15, acquirer 12345678901"))
    let refused = Message(
      type: RandomMessages.request,
      fields: [
        .messageError: "00000400400000", .actionCode: "9100",
        .amountTransaction: "9783000000012345", .conversionRateBilling: "60326531",
        .feeAmounts: "00D97820000015000000000D978200000150",
      ]
    )
    let text = MessageDump(try refused.packed()).text
    #expect(text.contains("rejected: DE 004 wrong amount format (0004)"))
    #expect(text.contains("9100, message error"))
    #expect(text.contains("EUR 12.345, but EUR has 2 decimals"))
    #expect(text.contains("0.326531"))
    #expect(text.contains("transaction fee: EUR 1.50 charged"))
  }

  @Test
  func `errors that run on like a card number are shown, and a card number in their place is not`()
    throws
  {
    func dump(_ text: String) throws -> String {
      let refused = Message(type: RandomMessages.request, fields: [.messageError: .text(text)])
      return MessageDump(try refused.packed()).text
    }
    for element in 1...128 {
      let number = String(element)
      let group = "000002" + String(repeating: "0", count: 3 - number.count) + number + "00000"
      for text in [group, group + group, group + "00000300400000"] {
        #expect(try dump(text).contains(text), "\(text)")
      }
    }
    for text in [
      "4111111111111111", "00411111111111111100000000000", "00000041111111111111110000",
      "0000010044111111111111111100",
    ] {
      #expect(try !dump(text).contains("4111111111111111"), "\(text)")
    }
  }

  @Test func `every secret of a request is hidden`() throws {
    let secret = "9138274650"
    let cvc = "0739"
    let message = Message(
      type: RandomMessages.request,
      fields: [
        .pan: "4111111111111111", .pinData: .binary([0x91, 0x38, 0x27, 0x46, 0x50, 0, 0, 0]),
        .securityControl: .binary([0x91, 0x38, 0x27, 0x46, 0x50]),
        .track1: .text("B4111111111111111^DOE/J^3012\(secret)"),
        .track2: .text("4111111111111111=3012\(secret)"),
        .track3: .text("014111111111111111=\(secret)"),
        .verificationData: .composite([2: .text(cvc), 4: "9138274650", 5: "9138274650 STREET"]),
        .keyManagement: .binary([0x91, 0x38, 0x27, 0x46, 0x50]),
        .accountFrom: .text("\(secret)77001234"),
        .chipData: .binary(
          try Hexadecimal.bytes(
            "5713 4111111111111111 D 3012 9138274650 11F 12".replacing(" ", with: "")
              .replacing("F12", with: "F")
          ) + Hexadecimal.bytes("5A08 4111111111111111")
            + Hexadecimal.bytes("5F2005 9138274650")
        ),
      ]
    )
    let bytes = try message.packed()
    for shown in [MessageDump(bytes).text, MessageDump(bytes).json] {
      let compact = shown.filter { $0.isNumber || $0 == "*" }
      #expect(!compact.contains(secret))
      #expect(!shown.replacing(" ", with: "").contains(secret))
      #expect(!shown.contains("DOE"))
      #expect(!shown.contains(cvc) && !shown.contains("07 39"))
      #expect(!shown.replacing(" ", with: "").contains("4111111111111111"))
      #expect(shown.contains("411111******1111"))
      #expect(CardNumbers.shown(in: shown).isEmpty)
    }
  }

  @Test func `a card number in free text or opaque bytes is hidden, in characters and packed`()
    throws
  {
    var random = SeededRandom("planted")
    let places = FieldTable.all.filter {
      $0.structure == .single && ($0.format.content == .text || $0.format.content == .binary)
        && $0.format.maximum >= 40
    }
    for _ in 0..<1_500 {
      let row = try #require(places.randomElement(using: &random))
      let element = try #require(Element(number: Int(row.number)))
      let number = CardNumbers.random(&random)
      let isText = row.format.content == .text
      let isPacked = !isText && Bool.random(using: &random)
      var content = RandomMessages.bytes(Int.random(in: 0...6, using: &random), &random)
      content += isPacked ? CardNumbers.packed(number, filler: 15) : number.map { $0 + 0x30 }
      content += [UInt8(ascii: "^")] + RandomMessages.bytes(3, &random)
      if row.format.isFixed {
        content += [UInt8](repeating: 0x20, count: Int(row.format.maximum) - content.count)
      }
      let text = String(content.map { Character(Unicode.Scalar($0)) })
      let message = Message(
        type: RandomMessages.request,
        fields: [element: isText ? .text(text) : .binary(content)]
      )
      // What Swift holds as one character may be two bytes: only whole texts can be planted.
      guard let bytes = try? message.packed() else { continue }
      let dump = MessageDump(bytes)
      for shown in [dump.text, dump.json] {
        let inner = CardNumbers.text(Array(number[6..<number.count - 4]))
        let whole = CardNumbers.text(number)
        #expect(!shown.contains(whole), "\(element)")
        #expect(!shown.filter { $0 != " " && $0 != "\n" }.contains(whole), "\(element)")
        let spelled = number.map { "3\($0)" }.joined(separator: " ")
        #expect(!shown.contains(spelled), "\(element) \(inner.count)")
        #expect(CardNumbers.shown(in: shown).isEmpty, "\(element)")
      }
    }
  }

  @Test func `a packed card number that reads as chip data is hidden`() throws {
    var random = SeededRandom("chip data with a card number")
    var numbers: [[UInt8]] = ["5808955459646129".utf8.map { $0 - 48 }]
    for _ in 0..<2_000 { numbers.append(CardNumbers.random(&random)) }
    for number in numbers {
      let before = try Hexadecimal.bytes(
        ["", "9C0100", "9F360200 2A"].randomElement(using: &random) ?? ""
      )
      let content = before + CardNumbers.packed(number, filler: 15) + [0x5E, 0xC3, 0x6C, 0xA7]
      let message = Message(type: RandomMessages.request, fields: [.chipData: .binary(content)])
      let text = MessageDump(try message.packed()).text.filter { $0 != " " && $0 != "\n" }
      #expect(!text.contains(CardNumbers.text(number)))
    }
  }

  @Test func `a packed card number in what could not be read is hidden`() throws {
    var random = SeededRandom("unread")
    // A bad message type, a cut DE 34, a bad length of DE 55, bytes behind the last element.
    let heads = [
      "2A00", "2100 0000000040000000 9000", "2100 0000000000000200 0A00", "2100 0000000000000000",
    ]
    for round in 0..<400 {
      let number = CardNumbers.random(&random)
      let head = try Hexadecimal.bytes(heads[round % heads.count]) + [0xAB]
      let dump = MessageDump(head + CardNumbers.packed(number, filler: 15) + [0xCD])
      #expect(dump.error != nil)
      for shown in [dump.text, dump.json] {
        let compact = shown.filter { $0 != " " && $0 != "\n" }
        #expect(!compact.contains(CardNumbers.text(number)))
      }
    }
  }

  @Test func `the message's own card number is hidden wherever it comes again`() throws {
    // Not a valid number: only its being in DE 2 tells.
    let number: [UInt8] = [9, 1, 3, 8, 2, 7, 4, 6, 5, 0, 1, 2, 3, 4, 5, 7]
    let text = CardNumbers.text(number)
    let message = Message(
      type: RandomMessages.request,
      fields: [
        .pan: .text(text), .transportData: .text("card \(text)77"), .merchant: .text("M\(text)"),
        .dataRecord: .binary([0xAB] + CardNumbers.packed(number)),
        .posDataCode: .binary(CardNumbers.packed(number) + CardNumbers.packed(number)),
      ]
    )
    let dump = MessageDump(try message.packed())
    for shown in [dump.text, dump.json] {
      #expect(!shown.replacing(" ", with: "").contains(text))
      #expect(shown.contains("card 913827****"))
    }
  }

  @Test func `any bytes can be dumped and show no card number`() throws {
    var random = SeededRandom("dump anything")
    let seeds = try Vectors.vectors().map { try Hexadecimal.bytes($0.hex) }
    for round in 0..<3_000 {
      var bytes: [UInt8]
      switch round % 4 {
      case 0: bytes = RandomMessages.bytes(Int.random(in: 0...80, using: &random), &random)
      case 1:
        bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in
          UInt8.random(in: 0x30...0x39, using: &random)
        }
      case 2:
        bytes = try RandomMessages.message(&random, longest: 40).packed()
      default:
        bytes = try #require(seeds.randomElement(using: &random))
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255,
          using: &random
        )
        bytes.removeLast(Int.random(in: 0...3, using: &random))
      }
      let dump = MessageDump(bytes)
      #expect(CardNumbers.shown(in: dump.text).isEmpty, "\(Hexadecimal.text(bytes))")
      let json = dump.json
      #expect(CardNumbers.shown(in: json).isEmpty, "\(Hexadecimal.text(bytes))")
      #expect((try? JSONSerialization.jsonObject(with: Data(json.utf8))) != nil)
    }
  }

  @Test func `broken messages show no card number and say what is wrong`() throws {
    for malformed in try Vectors.malformed() {
      let dump = MessageDump(try Hexadecimal.bytes(malformed.hex))
      #expect((dump.error != nil) == ["reject", "not-a-message"].contains(malformed.expect))
      #expect(!dump.text.replacing(" ", with: "").contains("4111111111111"), "\(malformed.name)")
      #expect(!dump.text.contains("41 11 1A"), "\(malformed.name)")
    }
  }

  @Test(arguments: [
    ("", "keep-alive"),
    ("015B", "a two-byte length"), ("00015B", "a three-byte length"),
    ("0000015B", "a four-byte length"), ("6000010002", "TPDU"),
    ("01606000010002", "a two-byte length and a five-byte header"),
  ])
  func `a length or header in front is recognized and the message shown behind it`(
    _ head: String,
    _ words: String
  ) throws {
    let message = head.isEmpty ? "" : try Vectors.vector("01").hex
    let dump = MessageDump(try Hexadecimal.bytes(head + message))
    #expect(dump.text.contains("hint: "))
    #expect(dump.text.contains(words))
    if !message.isEmpty {
      #expect(dump.text.contains("EUR 123.45"))
      #expect(dump.text.contains("411111******1111"))
    }
  }

  @Test func `other frequent mistakes are recognized`() throws {
    let hex = try Vectors.vector("10a").hex
    let bytes = try Hexadecimal.bytes(hex)
    func hint(_ bytes: [UInt8]) -> String {
      MessageDump(bytes).text.split(separator: "\n").last.map(String.init) ?? ""
    }
    #expect(hint(Array(hex.utf8)).contains("hexadecimal characters"))
    #expect(hint(Array("2804".utf8) + bytes[2...]).contains("ASCII characters"))
    #expect(hint([0xF2, 0xF8, 0xF0, 0xF4] + bytes[2...]).contains("EBCDIC"))
    #expect(hint(bytes + [3]).contains("ETX"))
    #expect(hint(bytes + bytes).contains("two share one frame"))
    #expect(hint(Array("GET / HTTP/1.1\r\n\r\n".utf8)).contains("HTTP"))
    #expect(hint([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3]).contains("TLS"))
    #expect(hint([0x08] + bytes[1...] + [0]).contains("1987"))
  }

  @Test func `the longest message can be dumped, and what is longer is cut`() throws {
    let longest = FieldTable.all.reduce(18) { sum, row in
      sum + Int(row.format.prefix) + Int(row.format.maximum)
    }
    #expect(longest <= MessageDump.maximumByteCount)
    let dump = MessageDump([UInt8](repeating: 0x21, count: MessageDump.maximumByteCount + 1))
    #expect(dump.error != nil)
    #expect(dump.text.contains("no message of this dialect is that long"))
    #expect(dump.text.utf8.count < 20_000)
  }

  @Test func `printing a message shows no value`() throws {
    let message = try Message(unpacking: try Hexadecimal.bytes(try Vectors.vector("01").hex))
    var mirrored = ""
    dump(message, to: &mirrored)
    var builder = MessageBuilder()
    builder.begin(message.type, secondary: false)
    builder.append(.pan, unsigned: 4_111_111_111_111_111)
    for text in ["\(message)", String(reflecting: message), mirrored, "\(builder)"] {
      #expect(!text.contains("4111"))
      #expect(!text.contains("65"), "as bytes")
    }
    #expect("\(message.fields)".contains("4111") == false)
  }

  @Test func `JSON names what the text shows`() throws {
    struct Line: Decodable {
      let offset: Int
      let length: Int
      let label: String
      let name: String
      let bytes: String
      let value: String
      let depth: Int
    }
    struct Fault: Decodable {
      let element: Int
      let part: Int?
      let reason: String
      let offset: Int
      let message: String
    }
    struct Dump: Decodable {
      let mti: String?
      let bytes: Int
      let elements: Int
      let error: Fault?
      let hint: String?
      let lines: [Line]
    }
    let good = try JSONDecoder().decode(
      Dump.self,
      from: Data(MessageDump(try Hexadecimal.bytes(try Vectors.vector("01").hex)).json.utf8)
    )
    #expect(good.mti == "2100" && good.bytes == 347 && good.elements == 20 && good.error == nil)
    #expect(
      good.lines.contains { $0.label == "DE 4" && $0.value == "EUR 123.45" && $0.offset == 25 }
    )
    // Every byte stands on exactly one line.
    #expect(good.lines.reduce(0) { $0 + $1.length } == 347)
    let bad = try JSONDecoder().decode(
      Dump.self,
      from: Data(MessageDump(try Hexadecimal.bytes("21004000000000000000" + "0016")).json.utf8)
    )
    #expect(bad.error?.reason == "trailingBytes" && bad.error?.element == 2)
  }
}
