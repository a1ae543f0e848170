import Authorization
import Cryptography

/// The plaintext inside an encrypted card number: 20 half bytes, the digits from the left, then `F`
/// to the end.
///
/// The first `F` tells how many digits there are.
struct PackedPAN {
  static let byteCount = 10

  /// Ten bytes: the first sixteen half bytes, then four more, both big-endian in memory.
  private var halves: (UInt64, UInt16) = (0, 0)

  init(_ pan: PAN) {
    var high: UInt64 = .max
    var low: UInt16 = .max
    for position in 0..<Int(pan.count) {
      // What makes the half byte's ones into the digit.
      let change = pan.digit(at: position) ^ 0xF
      if position < 16 {
        high ^= UInt64(change) << UInt64(60 - 4 * position)
      } else {
        low ^= UInt16(change) << UInt16(12 - 4 * (position - 16))
      }
    }
    halves = (high.bigEndian, low.bigEndian)
  }

  /// A value whose ten bytes `initialize` writes.
  init<Failure: Error>(
    initializedBy initialize: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    try withUnsafeMutableBytes(of: &halves) { (bytes) throws(Failure) in
      try initialize(UnsafeMutableRawBufferPointer(rebasing: bytes[..<Self.byteCount]))
    }
  }

  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeBytes(of: halves) { (bytes) throws(Failure) in
      try body(UnsafeRawBufferPointer(rebasing: bytes[..<Self.byteCount]))
    }
  }

  /// The number, or `nil` unless there are 1 to 19 digits with nothing but `F` after them.
  var pan: PAN? {
    let halfBytes = withBytes { bytes in bytes.flatMap { [$0 >> 4, $0 & 15] } }
    guard let end = halfBytes.firstIndex(of: 0xF), halfBytes[end...].allSatisfy({ $0 == 0xF })
    else { return nil }
    return PAN(digits: halfBytes[..<end])
  }

  /// Overwrites the digits.
  mutating func wipe() {
    withUnsafeMutableBytes(of: &halves) { SecretBytes.wipe($0) }
  }
}
