public import Authorization

/// What the decision needs of a card, found by its token; kept small and apart from the rest.
///
/// ```
///  0 card        8
///  8 balance     8
/// 16 programme   4
/// 20 expiry      2  YYMM
/// 22 status      1  CardStatus
/// 23 lock        1  LockCode, 0 = not locked
/// 24 lock origin 1  LockOrigin
/// 25 type        1  CardType
/// 26 reserved    6
/// ```
public struct CardRecord: Hashable, Sendable {
  /// The card.
  public var card: CardID
  /// The balance that it draws on, for ever the same (row S-060).
  public var balance: BalanceID
  /// The programme.
  public var program: UInt32
  /// The month to whose end it is valid.
  public var expiry: CardExpiry
  /// Where it stands in its life.
  public var status: CardStatus
  /// The lock, if there is one.
  public var lock: LockCode?
  /// Who asked for the lock.
  public var lockOrigin: LockOrigin
  /// Virtual or physical.
  public var type: CardType
}

/// What a card is made of.
public enum CardType: UInt8, Sendable {
  /// Numbers only.
  case virtual = 1
  /// Plastic.
  case physical = 2

  /// The type's name in the management interface.
  public var name: String { self == .virtual ? "VIRTUAL" : "PHYSICAL" }

  /// A type from its name in the management interface.
  public init?(name: String) {
    switch name {
    case "VIRTUAL": self = .virtual
    case "PHYSICAL": self = .physical
    default: return nil
    }
  }
}

extension CardRecord: FixedRecord {
  static let byteCount = 32

  init(_ bytes: FieldReader) throws(LedgerError) {
    card = CardID(bytes.integer(0))
    balance = BalanceID(bytes.integer(8))
    program = bytes.integer(16)
    expiry = try storedCase(CardExpiry(yearMonth: bytes.integer(20)), "card expiry")
    status = try storedCase(CardStatus(rawValue: bytes.integer(22)), "card status")
    lock = try storedOptional(bytes.integer(23))
    lockOrigin = try storedCase(LockOrigin(rawValue: bytes.integer(24)), "lock origin")
    type = try storedCase(CardType(rawValue: bytes.integer(25)), "card type")
  }

  func store(_ bytes: FieldWriter) {
    bytes.integer(0, card.number)
    bytes.integer(8, balance.number)
    bytes.integer(16, program)
    bytes.integer(20, expiry.yearMonth)
    bytes.integer(22, status.rawValue)
    bytes.integer(23, lock?.rawValue ?? 0)
    bytes.integer(24, lockOrigin.rawValue)
    bytes.integer(25, type.rawValue)
    bytes.integer(26, UInt32(0))
    bytes.integer(30, UInt16(0))
  }
}

/// What is kept of a card besides `CardRecord`: its sealed number and what people are shown.
///
/// ```
///  0 token         16
/// 16 user           8
/// 24 created        8  microseconds since the epoch
/// 32 locked         8  microseconds since the epoch, 0 = not locked
/// 40 first six      4
/// 44 last four      2
/// 46 digits         1
/// 47 reserved       1
/// 48 sealed number 48  AES-256-GCM under the vault's key, see CardCrypto
/// 96 requester     16  who asked for the present lock
/// ```
public struct CardDetailRecord: Hashable, Sendable {
  /// The card number's token: the key of `CardRecord`.
  public var token: PANToken
  /// The holder.
  public var user: UserID
  /// When the card came to be.
  public var created: Instant
  /// When the present lock was set; `nil` when there is none.
  public var locked: Instant?
  /// What of the number may be shown.
  public var number: CardNumberFacts
  /// The sealed number.
  public var sealedNumber: SealedNumber
  /// Who outside asked for the present lock (row S-098); empty when nobody did.
  public var lockRequester = FixedText()
}

/// A card number sealed by the vault; the ledger stores it and cannot open it.
public struct SealedNumber: Hashable, Sendable {
  /// Six words of ciphertext, opaque here.
  public var words: [UInt64]

  /// The bytes of a sealed number; `nil` for more than 48.
  ///
  /// Shorter ones are filled with zeros.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count <= 48 else { return nil }
    var padded = Array(bytes)
    padded.append(contentsOf: repeatElement(0, count: 48 - padded.count))
    words = (0..<6).map { word in
      padded[word * 8..<word * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
  }

  /// The 48 bytes.
  public var bytes: [UInt8] {
    words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) } }
  }

  init(words: [UInt64]) { self.words = words }
}

extension CardDetailRecord: FixedRecord {
  static let byteCount = 112

  init(_ bytes: FieldReader) throws(LedgerError) {
    token = PANToken(high: bytes.integer(0), low: bytes.integer(8))
    user = UserID(bytes.integer(16))
    created = Instant(microsecondsSinceEpoch: bytes.integer(24))
    let locked: Int64 = bytes.integer(32)
    self.locked = locked == 0 ? nil : Instant(microsecondsSinceEpoch: locked)
    number = CardNumberFacts(
      count: bytes.integer(46),
      firstSix: bytes.integer(40),
      lastFour: bytes.integer(44)
    )
    sealedNumber = SealedNumber(words: (0..<6).map { bytes.integer(48 + 8 * $0) })
    lockRequester = FixedText(high: bytes.integer(96), low: bytes.integer(104))
  }

  func store(_ bytes: FieldWriter) {
    bytes.integer(0, token.high)
    bytes.integer(8, token.low)
    bytes.integer(16, user.number)
    bytes.integer(24, created.microsecondsSinceEpoch)
    bytes.integer(32, locked?.microsecondsSinceEpoch ?? 0)
    bytes.integer(40, number.firstSix)
    bytes.integer(44, number.lastFour)
    bytes.integer(46, number.count)
    bytes.integer(47, UInt8(0))
    for (position, word) in sealedNumber.words.enumerated() {
      bytes.integer(48 + 8 * position, word)
    }
    bytes.integer(96, lockRequester.high)
    bytes.integer(104, lockRequester.low)
  }
}
