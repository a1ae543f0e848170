public import Authorization

/// A business day of one network (row A-007): what the network asked from when it began until the next
/// one of the same network began.
public struct NetworkDay: Hashable, Sendable {
  /// Its name in the books.
  public var id: NetworkDayID
  /// The network's name.
  public var network: String
  /// The date.
  public var day: BusinessDay
  /// When it began.
  public var began: Instant
  /// What began it; `nil` for the calendar.
  public var cutOver: CutOver?
}

extension NetworkDay: VariableRecord {
  init(_ reader: inout RecordReader) throws(LedgerError) {
    id = NetworkDayID(try reader.integer())
    network = try reader.text()
    day = try reader.businessDay()
    began = Instant(microsecondsSinceEpoch: try reader.integer())
    cutOver = try reader.integer(UInt8.self) == 0 ? nil : try CutOver(&reader)
  }

  func write(to writer: inout RecordWriter) {
    writer.integer(id.number)
    writer.text(network)
    writer.businessDay(day)
    writer.integer(began.microsecondsSinceEpoch)
    writer.integer(UInt8(cutOver == nil ? 0 : 1))
    cutOver?.write(to: &writer)
  }
}

extension CutOver: VariableRecord {
  init(_ reader: inout RecordReader) throws(LedgerError) {
    self.init(
      day: try reader.integer(UInt8.self) == 0 ? nil : try reader.businessDay(),
      trace: try reader.integer(),
      localTime: try reader.integer()
    )
  }

  func write(to writer: inout RecordWriter) {
    writer.integer(UInt8(day == nil ? 0 : 1))
    if let day { writer.businessDay(day) }
    writer.integer(trace)
    writer.integer(localTime)
  }
}

extension RecordWriter {
  fileprivate mutating func businessDay(_ day: BusinessDay) { integer(UInt32(day.digits)) }
}

extension RecordReader {
  fileprivate mutating func businessDay() throws(LedgerError) -> BusinessDay {
    let digits: UInt32 = try integer()
    return try storedCase(BusinessDay(digits: UInt64(digits)), "business day")
  }
}

extension NetworkDayID {
  /// Big-endian, so that days stand in the order in which they began.
  var storedBytes: [UInt8] {
    [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
  }
}
