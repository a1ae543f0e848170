import Authorization

/// A stored value of variable size: fields one after another, little-endian, texts with their length
/// in two bytes before them.
protocol VariableRecord: Sendable {
  init(_ reader: inout RecordReader) throws(LedgerError)
  func write(to writer: inout RecordWriter)
}

extension VariableRecord {
  /// Reads a stored value, refusing bytes left over.
  init(stored bytes: UnsafeRawBufferPointer) throws(LedgerError) {
    var reader = RecordReader(bytes)
    try self.init(&reader)
    try reader.finish()
  }

  /// The stored form.
  var storedBytes: [UInt8] {
    var writer = RecordWriter()
    write(to: &writer)
    return writer.bytes
  }
}

/// Collects the fields of a variable record.
struct RecordWriter {
  private(set) var bytes: [UInt8] = []

  mutating func integer(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func text(_ text: String) {
    let utf8 = Array(text.utf8)
    precondition(utf8.count <= Int(UInt16.max), "a stored text is longer than its length field")
    integer(UInt16(utf8.count))
    bytes.append(contentsOf: utf8)
  }

  mutating func optionalText(_ text: String?) {
    integer(UInt8(text == nil ? 0 : 1))
    if let text { self.text(text) }
  }

  mutating func raw(_ raw: some Collection<UInt8>) {
    bytes.append(contentsOf: raw)
  }
}

/// Reads the fields of a variable record, never beyond its end.
struct RecordReader {
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func integer<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type = Number.self
  ) throws(LedgerError) -> Number {
    let size = MemoryLayout<Number>.size
    guard bytes.count - offset >= size else { throw .damaged("a stored record ends early") }
    defer { offset += size }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
  }

  mutating func raw(_ count: Int) throws(LedgerError) -> UnsafeRawBufferPointer {
    guard count >= 0, bytes.count - offset >= count else {
      throw .damaged("a stored record ends early")
    }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }

  mutating func text() throws(LedgerError) -> String {
    let count = Int(try integer(UInt16.self))
    guard let text = String(validating: try raw(count), as: UTF8.self) else {
      throw .damaged("a stored text is not UTF-8")
    }
    return text
  }

  mutating func optionalText() throws(LedgerError) -> String? {
    switch try integer(UInt8.self) {
    case 0: nil
    case 1: try text()
    default: throw .damaged("a stored optional text is neither there nor missing")
    }
  }

  mutating func enumeration<Value: RawRepresentable>(
    _ type: Value.Type
  ) throws(LedgerError) -> Value where Value.RawValue == UInt8 {
    guard let value = Value(rawValue: try integer(UInt8.self)) else {
      throw .damaged("a stored \(type) is outside its range")
    }
    return value
  }

  mutating func currency() throws(LedgerError) -> Currency {
    guard let currency = Currency(number: try integer(UInt16.self)) else {
      throw .damaged("a stored currency is unknown")
    }
    return currency
  }

  mutating func remaining() -> UnsafeRawBufferPointer {
    defer { offset = bytes.count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset...])
  }

  func finish() throws(LedgerError) {
    guard offset == bytes.count else { throw .damaged("a stored record has bytes left over") }
  }
}
