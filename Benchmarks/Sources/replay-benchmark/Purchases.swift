import Authorization
import ISO8583

/// Chip purchases that all differ, as the bytes of a link: frames of `nac2`, one behind the other.
///
/// Each has the twenty elements of the dialect's worked chip purchase; 2100 and 2200 take turns, and
/// card, trace number, amount, time and reference differ.
struct Purchases {
  /// The frames, and where each begins; the last entry is the end.
  let bytes: [UInt8]
  let starts: [Int]

  var count: Int { starts.count - 1 }

  /// The message in a frame, without its length.
  func message(_ index: Int) -> Range<Int> { starts[index] + 2..<starts[index + 1] }

  init(count: Int, cards: Int) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * 352)
    var starts = [0]
    var builder = MessageBuilder()
    for index in 0..<count {
      Self.build(index, card: index &* 7919 % cards, &builder)
      let length = builder.bytes.count
      bytes.append(UInt8(length >> 8))
      bytes.append(UInt8(length & 0xFF))
      bytes.append(contentsOf: builder.bytes)
      starts.append(bytes.count)
    }
    self.bytes = bytes
    self.starts = starts
  }

  /// The digits of a card's number, check digit included.
  static func digits(ofCard card: Int) -> [UInt8] {
    var digits: [UInt8] = [4, 0, 0, 0, 0, 0]
    for position in 0..<9 {
      let weight = (0..<8 - position).reduce(1) { value, _ in value * 10 }
      digits.append(UInt8(card / weight % 10))
    }
    var sum = 0
    for (position, digit) in digits.reversed().enumerated() {
      let doubled = position & 1 == 0 ? Int(digit) * 2 : Int(digit)
      sum += doubled > 9 ? doubled - 9 : doubled
    }
    digits.append(UInt8((10 - sum % 10) % 10))
    return digits
  }

  private static func build(_ index: Int, card: Int, _ builder: inout MessageBuilder) {
    guard let type = MessageType(code: index & 1 == 0 ? 0x2100 : 0x2200) else { return }
    let digits = digits(ofCard: card)
    let number = String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    let reference = String(632_611_000_000 + index % 1_000_000)
    let second = UInt64(index % 60)
    let minute = UInt64(index / 60 % 60)
    builder.begin(type, secondary: false)
    builder.append(.pan, digits: digits)
    builder.append(.processingCode, text: "000000")
    builder.append(
      amount: .amountTransaction,
      currency: 978,
      exponent: 2,
      value: UInt64(100 + index % 5000)
    )
    builder.append(.transmissionTime, unsigned: 11_22_10_00_00 + minute * 100 + second)
    builder.append(.stan, unsigned: UInt64(index + 1))
    builder.append(.localTime, unsigned: 2026_11_22_11_00_00 + minute * 100 + second)
    builder.append(.expirationDate, unsigned: 3012)
    builder.append(.acquirerCountry, unsigned: 276)
    builder.append(.posDataCode, bytes: posData.span.bytes)
    builder.append(.cardSequence, unsigned: 1)
    builder.append(.functionCode, unsigned: index & 1 == 0 ? 100 : 200)
    builder.append(.merchantCategory, unsigned: 5411)
    builder.append(.acquirer, unsigned: 12_345_678_901)
    builder.append(.track2, text: number + "=30122010000012345678")
    builder.append(.retrievalReference, text: reference)
    builder.append(.terminal, text: "TERM0001")
    builder.append(.merchant, text: "MERCHANT0000001")
    builder.append(.merchantPlace, bytes: place.span.bytes)
    builder.append(.chipData, bytes: chipData.span.bytes)
    builder.append(.transportData, text: "switch-route-7")
  }

  private static let posData: [UInt8] = bytes("20000000200000000200000022000000")
  /// Name, city, postal code and country.
  private static let place: [UInt8] =
    bytes("5600000000000000")
    + [0x14] + Array("CORNER GROCERY".utf8) + [0x06] + Array("BERLIN".utf8)
    + Array("10115     ".utf8) + Array("276".utf8)
  private static let chipData: [UInt8] = bytes(
    "9F26083F1C5A9E77B20D149F2701809F100706010A03A0B0009F37"
      + "045EED12349F3602002A950500000080009A032611229C01009F02060000000123455F2A02097882"
      + "0238009F1A0202769F03060000000000008407A00000000310109F3303E0F8C89F34034103029F35"
      + "01229F0902008C5F340101"
  )

  private static func bytes(_ text: String) -> [UInt8] {
    let digits = text.utf8.map {
      $0 > UInt8(ascii: "9") ? $0 - UInt8(ascii: "A") + 10 : $0 - UInt8(ascii: "0")
    }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
