public import Authorization

/// What became of a message, and so where its recorded answer stands.
enum MessageTarget: Hashable, Sendable {
  /// It began a payment.
  case payment(AuthorizationID)
  /// It is an entry of a payment.
  case entry(AuthorizationID, UInt16)
  /// It has not come yet, and its reversal has, which stands in a payment of its own: when it comes it
  /// is refused.
  case reversedBeforehand(AuthorizationID)
  /// It concerned no payment and was answered with this at that second.
  case answered(ActionCode, at: Instant)

  /// Two bits of kind, 14 bits of entry number, 48 bits of payment number; or 32 bits of time in front
  /// of 16 of an answer.
  var word: UInt64 {
    switch self {
    case .payment(let id): id.number
    case .entry(let id, let number): 1 << 62 | UInt64(number) << 48 | id.number
    case .reversedBeforehand(let id): 2 << 62 | id.number
    case .answered(let code, let time):
      3 << 62 | UInt64(UInt32(clamping: time.microsecondsSinceEpoch / 1_000_000)) << 16
        | UInt64(code.number)
    }
  }

  init(word: UInt64) throws(LedgerError) {
    let id = AuthorizationID(word & (1 << 48 - 1))
    switch word >> 62 {
    case 0: self = .payment(id)
    case 1: self = .entry(id, UInt16(word >> 48 & 0x3FFF))
    case 2: self = .reversedBeforehand(id)
    default:
      self = .answered(
        try storedActionCode(UInt16(truncatingIfNeeded: word)),
        at: Instant(secondsSinceEpoch: UInt32(truncatingIfNeeded: word >> 16))
      )
    }
  }

  /// The most entries that a payment can have: what fits the target's number.
  static let mostEntries: UInt16 = 0x3FFF
}

/// What is remembered of a message, so that its repeat gets the recorded answer.
///
/// ```
/// 0 target         8  MessageTarget
/// 8 content digest 8
/// ```
struct DuplicateRecord: Hashable, Sendable, FixedRecord {
  static let byteCount = 16
  var target: MessageTarget
  var content: ContentDigest

  init(target: MessageTarget, content: ContentDigest) {
    self.target = target
    self.content = content
  }

  init(_ bytes: FieldReader) throws(LedgerError) {
    target = try MessageTarget(word: bytes.integer(0))
    content = ContentDigest(bytes.integer(8))
  }

  func store(_ bytes: FieldWriter) {
    bytes.integer(0, target.word)
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
