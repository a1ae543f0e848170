/// A currency in circulation, by its ISO 4217 number.
///
/// A value exists only for currencies of the table below, so its exponent is always known.
public struct Currency: Hashable, Sendable {
  /// The ISO 4217 numeric code, `1...999`; EUR is 978.
  public let number: UInt16

  /// The currency with an ISO 4217 number, or `nil` when no currency in circulation has it.
  @inlinable
  public init?(number: UInt16) {
    guard number < 1000, CurrencyTable.exponents[Int(number)] >= 0 else { return nil }
    self.number = number
  }

  /// The currency with an ISO 4217 alphabetic code in capitals, for example `EUR`.
  public init?(code: some StringProtocol) {
    guard let number = CurrencyTable.numbers[String(code)] else { return nil }
    self.number = number
  }

  private init(unchecked number: UInt16) { self.number = number }

  /// EUR.
  public static let euro = Currency(unchecked: 978)

  /// The number of decimals of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD.
  @inlinable
  public var exponent: UInt8 { UInt8(CurrencyTable.exponents[Int(number)]) }

  /// The ISO 4217 alphabetic code, for example `EUR`.
  public var code: String { CurrencyTable.codes[number] ?? String(number) }
}

extension Currency: CustomStringConvertible {
  /// The alphabetic code.
  public var description: String { code }
}

/// ISO 4217 list one as amended to 2025, without funds, metals and test codes.
@usableFromInline
enum CurrencyTable {
  /// Decimals by number; -1 where no currency has the number.
  @usableFromInline static let exponents: [Int8] = {
    var table = [Int8](repeating: -1, count: 1000)
    for row in rows { table[Int(row.number)] = row.exponent }
    return table
  }()

  static let codes: [UInt16: String] = Dictionary(
    uniqueKeysWithValues: rows.map { ($0.number, $0.code) }
  )

  static let numbers: [String: UInt16] = Dictionary(
    uniqueKeysWithValues: rows.map { ($0.code, $0.number) }
  )
}

private struct Row: Sendable {
  let number: UInt16
  let code: String
  let exponent: Int8

  init(_ number: UInt16, _ code: String, _ exponent: Int8) {
    self.number = number
    self.code = code
    self.exponent = exponent
  }
}

private let rows: [Row] = [
  Row(784, "AED", 2),
  Row(971, "AFN", 2),
  Row(8, "ALL", 2),
  Row(51, "AMD", 2),
  Row(973, "AOA", 2),
  Row(32, "ARS", 2),
  Row(36, "AUD", 2),
  Row(533, "AWG", 2),
  Row(944, "AZN", 2),
  Row(977, "BAM", 2),
  Row(52, "BBD", 2),
  Row(50, "BDT", 2),
  Row(975, "BGN", 2),
  Row(48, "BHD", 3),
  Row(108, "BIF", 0),
  Row(60, "BMD", 2),
  Row(96, "BND", 2),
  Row(68, "BOB", 2),
  Row(986, "BRL", 2),
  Row(44, "BSD", 2),
  Row(64, "BTN", 2),
  Row(72, "BWP", 2),
  Row(933, "BYN", 2),
  Row(84, "BZD", 2),
  Row(124, "CAD", 2),
  Row(976, "CDF", 2),
  Row(756, "CHF", 2),
  Row(152, "CLP", 0),
  Row(156, "CNY", 2),
  Row(170, "COP", 2),
  Row(188, "CRC", 2),
  Row(192, "CUP", 2),
  Row(132, "CVE", 2),
  Row(203, "CZK", 2),
  Row(262, "DJF", 0),
  Row(208, "DKK", 2),
  Row(214, "DOP", 2),
  Row(12, "DZD", 2),
  Row(818, "EGP", 2),
  Row(232, "ERN", 2),
  Row(230, "ETB", 2),
  Row(978, "EUR", 2),
  Row(242, "FJD", 2),
  Row(238, "FKP", 2),
  Row(826, "GBP", 2),
  Row(981, "GEL", 2),
  Row(936, "GHS", 2),
  Row(292, "GIP", 2),
  Row(270, "GMD", 2),
  Row(324, "GNF", 0),
  Row(320, "GTQ", 2),
  Row(328, "GYD", 2),
  Row(344, "HKD", 2),
  Row(340, "HNL", 2),
  Row(332, "HTG", 2),
  Row(348, "HUF", 2),
  Row(360, "IDR", 2),
  Row(376, "ILS", 2),
  Row(356, "INR", 2),
  Row(368, "IQD", 3),
  Row(364, "IRR", 2),
  Row(352, "ISK", 0),
  Row(388, "JMD", 2),
  Row(400, "JOD", 3),
  Row(392, "JPY", 0),
  Row(404, "KES", 2),
  Row(417, "KGS", 2),
  Row(116, "KHR", 2),
  Row(174, "KMF", 0),
  Row(408, "KPW", 2),
  Row(410, "KRW", 0),
  Row(414, "KWD", 3),
  Row(136, "KYD", 2),
  Row(398, "KZT", 2),
  Row(418, "LAK", 2),
  Row(422, "LBP", 2),
  Row(144, "LKR", 2),
  Row(430, "LRD", 2),
  Row(426, "LSL", 2),
  Row(434, "LYD", 3),
  Row(504, "MAD", 2),
  Row(498, "MDL", 2),
  Row(969, "MGA", 2),
  Row(807, "MKD", 2),
  Row(104, "MMK", 2),
  Row(496, "MNT", 2),
  Row(446, "MOP", 2),
  Row(929, "MRU", 2),
  Row(480, "MUR", 2),
  Row(462, "MVR", 2),
  Row(454, "MWK", 2),
  Row(484, "MXN", 2),
  Row(458, "MYR", 2),
  Row(943, "MZN", 2),
  Row(516, "NAD", 2),
  Row(566, "NGN", 2),
  Row(558, "NIO", 2),
  Row(578, "NOK", 2),
  Row(524, "NPR", 2),
  Row(554, "NZD", 2),
  Row(512, "OMR", 3),
  Row(590, "PAB", 2),
  Row(604, "PEN", 2),
  Row(598, "PGK", 2),
  Row(608, "PHP", 2),
  Row(586, "PKR", 2),
  Row(985, "PLN", 2),
  Row(600, "PYG", 0),
  Row(634, "QAR", 2),
  Row(946, "RON", 2),
  Row(941, "RSD", 2),
  Row(643, "RUB", 2),
  Row(646, "RWF", 0),
  Row(682, "SAR", 2),
  Row(90, "SBD", 2),
  Row(690, "SCR", 2),
  Row(938, "SDG", 2),
  Row(752, "SEK", 2),
  Row(702, "SGD", 2),
  Row(654, "SHP", 2),
  Row(925, "SLE", 2),
  Row(706, "SOS", 2),
  Row(968, "SRD", 2),
  Row(728, "SSP", 2),
  Row(930, "STN", 2),
  Row(222, "SVC", 2),
  Row(760, "SYP", 2),
  Row(748, "SZL", 2),
  Row(764, "THB", 2),
  Row(972, "TJS", 2),
  Row(934, "TMT", 2),
  Row(788, "TND", 3),
  Row(776, "TOP", 2),
  Row(949, "TRY", 2),
  Row(780, "TTD", 2),
  Row(901, "TWD", 2),
  Row(834, "TZS", 2),
  Row(980, "UAH", 2),
  Row(800, "UGX", 0),
  Row(840, "USD", 2),
  Row(858, "UYU", 2),
  Row(860, "UZS", 2),
  Row(926, "VED", 2),
  Row(928, "VES", 2),
  Row(704, "VND", 0),
  Row(548, "VUV", 0),
  Row(882, "WST", 2),
  Row(950, "XAF", 0),
  Row(951, "XCD", 2),
  Row(532, "XCG", 2),
  Row(952, "XOF", 0),
  Row(953, "XPF", 0),
  Row(886, "YER", 2),
  Row(710, "ZAR", 2),
  Row(967, "ZMW", 2),
  Row(924, "ZWG", 2),
]
