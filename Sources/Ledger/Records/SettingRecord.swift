import Authorization

/// A setting that is part of the books, since decisions depend on it.
enum SettingKey: Hashable, Comparable, Sendable {
  /// A merchant group, by name.
  case merchantGroup(String)
  /// The rate from a currency to another.
  case exchangeRate(from: Currency, to: Currency)

  /// The kind, then the name.
  var storedBytes: [UInt8] {
    switch self {
    case .merchantGroup(let name): [1] + Array(name.utf8)
    case .exchangeRate(let from, let to): [2] + Array("\(from.code)\(to.code)".utf8)
    }
  }

  static func < (left: SettingKey, right: SettingKey) -> Bool {
    left.storedBytes.lexicographicallyPrecedes(right.storedBytes)
  }
}

/// What a setting is now.
enum SettingRecord: Hashable, Sendable {
  /// A merchant group.
  case merchantGroup(MerchantGroup)
  /// A rate.
  case exchangeRate(ExchangeRate)
  /// It was taken away.
  case removed
}

extension SettingRecord: VariableRecord {
  init(_ reader: inout RecordReader) throws(LedgerError) {
    switch try reader.integer(UInt8.self) {
    case 0: self = .removed
    case 1: self = .merchantGroup(try MerchantGroup(&reader))
    case 2: self = .exchangeRate(try ExchangeRate(&reader))
    default: throw .damaged("a stored setting is of unknown kind")
    }
  }

  func write(to writer: inout RecordWriter) {
    switch self {
    case .removed: writer.integer(UInt8(0))
    case .merchantGroup(let group):
      writer.integer(UInt8(1))
      group.write(to: &writer)
    case .exchangeRate(let rate):
      writer.integer(UInt8(2))
      rate.write(to: &writer)
    }
  }
}

extension MerchantGroup: VariableRecord {
  init(_ reader: inout RecordReader) throws(LedgerError) {
    let name = try reader.text()
    var categories: [ClosedRange<UInt16>] = []
    for _ in 0..<(try reader.integer(UInt16.self)) {
      let low: UInt16 = try reader.integer()
      let high: UInt16 = try reader.integer()
      guard low <= high else { throw .damaged("a stored range of categories is empty") }
      categories.append(low...high)
    }
    self.init(
      name: name,
      categories: categories,
      holdDays: try reader.integer(),
      leastHold: try reader.integer(UInt8.self) == 0 ? nil : try reader.amount(),
      mostAmount: try reader.integer(UInt8.self) == 0 ? nil : try reader.amount(),
      toleranceBasisPoints: try reader.integer(),
      remainder: try reader.enumeration(Remainder.self),
      remainderDays: try reader.integer()
    )
  }

  func write(to writer: inout RecordWriter) {
    writer.text(name)
    writer.integer(UInt16(categories.count))
    for range in categories {
      writer.integer(range.lowerBound)
      writer.integer(range.upperBound)
    }
    writer.integer(holdDays)
    writer.integer(UInt8(leastHold == nil ? 0 : 1))
    if let leastHold { writer.amount(leastHold) }
    writer.integer(UInt8(mostAmount == nil ? 0 : 1))
    if let mostAmount { writer.amount(mostAmount) }
    writer.integer(toleranceBasisPoints)
    writer.integer(remainder.rawValue)
    writer.integer(remainderDays)
  }
}

extension ExchangeRate: VariableRecord {
  init(_ reader: inout RecordReader) throws(LedgerError) {
    let rate = ExchangeRate(
      from: try reader.currency(),
      to: try reader.currency(),
      rateMillionths: try reader.integer(),
      markUpBasisPoints: try reader.integer(),
      holdBufferBasisPoints: try reader.integer()
    )
    self = try storedCase(rate, "exchange rate")
  }

  func write(to writer: inout RecordWriter) {
    writer.integer(from.number)
    writer.integer(to.number)
    writer.integer(rateMillionths)
    writer.integer(markUpBasisPoints)
    writer.integer(holdBufferBasisPoints)
  }
}

extension RecordWriter {
  mutating func settingKey(_ key: SettingKey) {
    switch key {
    case .merchantGroup(let name):
      integer(UInt8(1))
      text(name)
    case .exchangeRate(let from, let to):
      integer(UInt8(2))
      integer(from.number)
      integer(to.number)
    }
  }
}

extension RecordReader {
  mutating func settingKey() throws(LedgerError) -> SettingKey {
    switch try integer(UInt8.self) {
    case 1: .merchantGroup(try text())
    case 2: .exchangeRate(from: try currency(), to: try currency())
    default: throw .damaged("a stored setting is of unknown kind")
    }
  }
}
