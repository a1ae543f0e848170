public import Authorization

/// What is remembered of a message, so that its repeat gets the recorded answer.
///
/// ```
/// 0 authorization  8
/// 8 content digest 8
/// ```
struct DuplicateRecord: Hashable, Sendable, FixedRecord {
  static let byteCount = 16
  var authorization: AuthorizationID
  var content: ContentDigest

  init(authorization: AuthorizationID, content: ContentDigest) {
    self.authorization = authorization
    self.content = content
  }

  init(_ bytes: FieldReader) {
    authorization = AuthorizationID(bytes.integer(0))
    content = ContentDigest(bytes.integer(8))
  }

  func store(_ bytes: FieldWriter) {
    bytes.integer(0, authorization.number)
    bytes.integer(8, content.value)
  }
}

extension DuplicateKey {
  /// The stored key: DE 12, then the digest, big-endian, so that keys sort by time.
  func withStoredBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(LedgerError) -> Result
  ) throws(LedgerError) -> Result {
    let words = (localTime.digits.bigEndian, high.bigEndian, low.bigEndian)
    return try withUnsafeBytes(of: words) { (bytes) throws(LedgerError) in try body(bytes) }
  }
}

extension DuplicateKey: Comparable {
  /// Orders as the stored keys do.
  public static func < (left: DuplicateKey, right: DuplicateKey) -> Bool {
    (left.localTime.digits, left.high, left.low) < (right.localTime.digits, right.high, right.low)
  }
}

extension PANToken {
  /// The stored key, big-endian.
  func withStoredBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(LedgerError) -> Result
  ) throws(LedgerError) -> Result {
    let words = (high.bigEndian, low.bigEndian)
    return try withUnsafeBytes(of: words) { (bytes) throws(LedgerError) in try body(bytes) }
  }
}
