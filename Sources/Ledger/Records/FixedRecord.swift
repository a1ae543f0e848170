import Authorization

/// A stored value of fixed size; little-endian, fields at the offsets that its file draws.
protocol FixedRecord: Sendable {
  /// The number of bytes, for ever: another size is another format.
  static var byteCount: Int { get }
  /// Reads from at least `byteCount` bytes; refuses a field outside its range.
  init(_ bytes: FieldReader) throws(LedgerError)
  /// Writes exactly `byteCount` bytes.
  func store(_ bytes: FieldWriter)
}

extension FixedRecord {
  /// Reads a stored value, refusing one of another size.
  init(stored bytes: UnsafeRawBufferPointer) throws(LedgerError) {
    guard bytes.count == Self.byteCount, let base = bytes.baseAddress else {
      throw .damaged("a \(Self.self) has \(bytes.count) bytes instead of \(Self.byteCount)")
    }
    try self.init(FieldReader(base: base))
  }

  /// Runs `body` with the stored form.
  @inline(__always)
  func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(LedgerError) -> Result
  ) throws(LedgerError) -> Result {
    try withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 8) {
      (space) throws(LedgerError) -> Result in
      guard let base = space.baseAddress else { preconditionFailure("a record has no bytes") }
      store(FieldWriter(base: base))
      return try body(UnsafeRawBufferPointer(space))
    }
  }
}

/// Reads little-endian fields at byte offsets.
struct FieldReader {
  let base: UnsafeRawPointer

  @inline(__always)
  func integer<Number: FixedWidthInteger & BitwiseCopyable>(
    _ offset: Int,
    as type: Number.Type = Number.self
  ) -> Number {
    Number(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: type))
  }
}

/// Writes little-endian fields at byte offsets.
struct FieldWriter {
  let base: UnsafeMutableRawPointer

  @inline(__always)
  func integer(_ offset: Int, _ number: some FixedWidthInteger & BitwiseCopyable) {
    base.storeBytes(of: number.littleEndian, toByteOffset: offset, as: type(of: number).self)
  }
}

/// A stored value that its type must accept.
///
/// The books have no checksum of their own, so a byte that the disk changed is told as damage and
/// never read as something else: an unknown lock, taken for none, would open the card.
@inline(__always)
func storedCase<Value>(
  _ value: Value?,
  _ what: @autoclosure () -> String
) throws(LedgerError) -> Value {
  guard let value else { throw .damaged("a stored \(what()) is outside its range") }
  return value
}

@inline(__always)
func storedCurrency(_ number: UInt16) throws(LedgerError) -> Currency {
  try storedCase(Currency(number: number), "currency")
}

/// A stored enumeration value in which 0 stands for none.
@inline(__always)
func storedOptional<Value: RawRepresentable>(
  _ number: UInt8,
  _ type: Value.Type = Value.self
) throws(LedgerError) -> Value? where Value.RawValue == UInt8 {
  number == 0 ? nil : try storedCase(Value(rawValue: number), "\(type)")
}

@inline(__always)
func storedActionCode(_ number: UInt16) throws(LedgerError) -> ActionCode {
  try storedCase(number <= 9999 ? ActionCode(number) : nil, "action code")
}
