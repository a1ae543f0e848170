import Authorization

/// Where holds stand that run out in the same hour: payments between two numbers, since payments that
/// were decided in one hour and are held for the same days stand together.
///
/// ```
/// 0 first 8
/// 8 last  8
/// ```
struct ExpirySpan: Hashable, Sendable, FixedRecord {
  static let byteCount = 16
  var first: AuthorizationID
  var last: AuthorizationID

  init(_ id: AuthorizationID) { (first, last) = (id, id) }

  init(_ bytes: FieldReader) {
    first = AuthorizationID(bytes.integer(0))
    last = AuthorizationID(bytes.integer(8))
  }

  func store(_ bytes: FieldWriter) {
    bytes.integer(0, first.number)
    bytes.integer(8, last.number)
  }

  /// Takes in one more payment.
  mutating func include(_ id: AuthorizationID) {
    if id.number < first.number { first = id }
    if id.number > last.number { last = id }
  }
}

/// Names a span: the hour in which holds run out and how many days they last, or, where a later message
/// moved the end of a hold, the payment itself.
///
/// Keys sort by hour, so that what is due is a range of the tree.
struct ExpiryKey: Hashable, Comparable, Sendable {
  /// Hours since the epoch.
  let hour: UInt32
  /// How many days the holds last; 0 for a single payment.
  let days: UInt16
  /// The payment; 0 for a span of many.
  let payment: UInt64

  /// The key of a hold that was made now.
  ///
  /// - Parameters:
  ///   - expires: when it runs out.
  ///   - decided: when it was made.
  init(_ expires: Instant, since decided: Instant) {
    let seconds = expires.microsecondsSinceEpoch / 1_000_000
    hour = UInt32(clamping: seconds / 3600)
    let days = (seconds - decided.microsecondsSinceEpoch / 1_000_000) / 86_400
    self.days = UInt16(clamping: max(1, days))
    payment = 0
  }

  /// The key of one payment whose end was moved.
  init(_ expires: Instant, of payment: AuthorizationID) {
    hour = UInt32(clamping: expires.microsecondsSinceEpoch / 3_600_000_000)
    days = 0
    self.payment = payment.number
  }

  init(stored bytes: UnsafeRawBufferPointer) throws(LedgerError) {
    guard bytes.count == 14 else { throw .damaged("an expiry key has \(bytes.count) bytes") }
    hour = UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))
    days = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self))
    payment = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 6, as: UInt64.self))
  }

  var storedBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(14)
    withUnsafeBytes(of: hour.bigEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: days.bigEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: payment.bigEndian) { bytes.append(contentsOf: $0) }
    return bytes
  }

  static func < (left: ExpiryKey, right: ExpiryKey) -> Bool {
    (left.hour, left.days, left.payment) < (right.hour, right.days, right.payment)
  }
}
