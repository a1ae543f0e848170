import ISO8583

/// The buffers and loops of the measurements.
struct CodecBench {
  /// The chip purchase of the dialect's worked messages (vector 01), 347 bytes.
  let request: [UInt8]
  private let layout: MessageLayout
  private let chipData: [UInt8]
  private let place: [UInt8]
  private let posData: [UInt8]
  private let pan: [UInt8]

  init() throws {
    let message = Self.bytes(Self.chipPurchase)
    var layout = MessageLayout()
    try MessageLayout.parse(message.span.bytes, into: &layout)
    chipData = layout.contentRange(.chipData).map { Array(message[$0]) } ?? []
    place = layout.contentRange(.merchantPlace).map { Array(message[$0]) } ?? []
    posData = layout.contentRange(.posDataCode).map { Array(message[$0]) } ?? []
    request = message
    self.layout = layout
    pan = [4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    var builder = MessageBuilder()
    _ = build(1, &builder)
    guard builder.bytes == request else { throw BenchError.differentBytes }
  }

  func parse(_ iterations: Int) -> UInt64 {
    var sum: UInt64 = 0
    var layout = layout
    let bytes = request.span.bytes
    for _ in 0..<iterations {
      do {
        try MessageLayout.parse(bytes, into: &layout)
        sum &+= layout.has(.transportData) ? 1 : 0
      } catch {
        return 0
      }
    }
    return sum
  }

  func read(_ iterations: Int) -> UInt64 {
    var sum: UInt64 = 0
    var layout = layout
    let bytes = request.span.bytes
    for _ in 0..<iterations {
      do {
        try MessageLayout.parse(bytes, into: &layout)
      } catch {
        return 0
      }
      let view = MessageView(bytes, layout)
      for position in 0..<(view.digitCount(.pan) ?? 0) {
        sum &+= UInt64(view.digit(.pan, position) ?? 0)
      }
      sum &+= view.amount(.amountTransaction)?.value ?? 0
      sum &+= view.unsigned(.stan) ?? 0
      sum &+= view.unsigned(.localTime) ?? 0
      sum &+= view.unsigned(.expirationDate) ?? 0
      sum &+= view.unsigned(.functionCode) ?? 0
      sum &+= view.unsigned(.merchantCategory) ?? 0
      sum &+= view.unsigned(.acquirer) ?? 0
      sum &+= UInt64(view.byte(.processingCode, 0) ?? 0)
      sum &+= UInt64(view.content(.terminal)?.byteCount ?? 0)
      sum &+= UInt64(view.content(.chipData)?.byteCount ?? 0)
      sum &+= UInt64(view.part(.merchantPlace, 7)?.byteCount ?? 0)
    }
    return sum
  }

  func build(_ iterations: Int, _ builder: inout MessageBuilder) -> UInt64 {
    guard let type = MessageType(code: 0x2100) else { return 0 }
    var sum: UInt64 = 0
    let posData = posData
    let place = place
    let chipData = chipData
    for _ in 0..<iterations {
      builder.begin(type, secondary: false)
      builder.append(.pan, digits: pan)
      builder.append(.processingCode, text: "000000")
      builder.append(amount: .amountTransaction, currency: 978, exponent: 2, value: 12345)
      builder.append(.transmissionTime, unsigned: 11_22_10_30_15)
      builder.append(.stan, unsigned: 101)
      builder.append(.localTime, unsigned: 2026_11_22_11_30_15)
      builder.append(.expirationDate, unsigned: 3012)
      builder.append(.acquirerCountry, unsigned: 276)
      builder.append(.posDataCode, bytes: posData.span.bytes)
      builder.append(.cardSequence, unsigned: 1)
      builder.append(.functionCode, unsigned: 100)
      builder.append(.merchantCategory, unsigned: 5411)
      builder.append(.acquirer, unsigned: 12_345_678_901)
      builder.append(.track2, text: "4111111111111111=30122010000012345678")
      builder.append(.retrievalReference, text: "632611000101")
      builder.append(.terminal, text: "TERM0001")
      builder.append(.merchant, text: "MERCHANT0000001")
      builder.append(.merchantPlace, bytes: place.span.bytes)
      builder.append(.chipData, bytes: chipData.span.bytes)
      builder.append(.transportData, text: "switch-route-7")
      sum &+= UInt64(builder.bytes.count)
    }
    return sum
  }

  func answer(_ iterations: Int, _ builder: inout MessageBuilder) -> UInt64 {
    guard let type = layout.type.response else { return 0 }
    var sum: UInt64 = 0
    let view = MessageView(request.span.bytes, layout)
    for _ in 0..<iterations {
      builder.begin(type, secondary: false)
      builder.append(.pan, copying: view)
      builder.append(.processingCode, copying: view)
      builder.append(.amountTransaction, copying: view)
      builder.append(.transmissionTime, unsigned: 11_22_10_30_15)
      builder.append(.stan, copying: view)
      builder.append(.localTime, copying: view)
      builder.append(.acquirer, copying: view)
      builder.append(.retrievalReference, copying: view)
      builder.append(.approvalCode, text: "A1B2C3")
      builder.append(.actionCode, unsigned: 0)
      builder.append(.terminal, copying: view)
      builder.append(.merchant, copying: view)
      builder.append(.additionalAmounts, text: "00029782C000000087655")
      builder.append(.transportData, copying: view)
      sum &+= UInt64(builder.bytes.count)
    }
    return sum
  }

  private static func bytes(_ text: String) -> [UInt8] {
    let digits = text.utf8.filter { $0 != UInt8(ascii: "\n") }.map {
      $0 > UInt8(ascii: "9") ? $0 - UInt8(ascii: "A") + 10 : $0 - UInt8(ascii: "0")
    }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  private static let chipPurchase = """
    21007234274128E00220164111111111111111303030303030978200000001234511221030150000
    00000101202611221130153012276020000000200000000200000022000000001010005411111234
    5678901037343131313131313131313131313131313D333031323230313030303030313233343536
    37383633323631313030303130315445524D303030312020202020202020154D45524348414E5430
    3030303030310043560000000000000014434F524E45522047524F43455259064245524C494E3130
    313135202020202032373601189F26083F1C5A9E77B20D149F2701809F100706010A03A0B0009F37
    045EED12349F3602002A950500000080009A032611229C01009F02060000000123455F2A02097882
    0238009F1A0202769F03060000000000008407A00000000310109F3303E0F8C89F34034103029F35
    01229F0902008C5F34010100147377697463682D726F7574652D37
    """
}
