public import Authorization

/// One payment as it stands: the decision about its first message, and what is held and booked for it
/// now.
///
/// What later messages did to it stands in its entries (`PaymentEntry`).
///
/// ```
///   0 authorization 8      72 acquirer          8     144 kind             1
///   8 card          8      80 reference (DE 37) 16    145 state            1
///  16 balance       8      96 terminal (DE 41)  16    146 reason           1
///  24 deposit       8     112 duplicate key     16    147 PAN digits       1
///  32 previous      8     128 content digest     8    148 first six        4
///  40 amount        8     136 processing code    6    152 last four        2
///  48 held          8     142 expiry asked       2    154 merchant category 2
///  56 decided       8                                 156 action code      2
///  64 local time    8                                 158 currency         2
///                                                     160 programme        4
///                                                     164 expires          4
///                                                     168 STAN             8
///
/// 176 booked        8     200 failed checks     8     212 entries          2
/// 184 user before   8     208 flags             4     214 business day     2
/// 192 deposit before 8
/// ```
public struct AuthorizationRecord: Hashable, Sendable {
  /// The authorization.
  public var id: AuthorizationID
  /// The card; `nil` when no card has the number.
  public var card: CardID?
  /// The user's balance; `nil` with the card.
  public var balance: BalanceID?
  /// The deposit that backs it; `nil` unless approved in a deposit programme.
  public var deposit: PartnerBalanceID?
  /// The authorization before this one on the same balance.
  public var previous: AuthorizationID?
  /// The amount asked.
  public var amount: Amount
  /// What is still held on the balance and, in a deposit programme, on the deposit.
  public var held: Money
  /// What is booked: above zero the user paid, below zero the user was credited.
  public var booked: Money = .zero
  /// When it was decided; also the sending time (DE 7) of the answer, so that a repeat is answered
  /// with the same bytes.
  public var decided: Instant
  /// The key of the message, DE 12 first.
  public var key: DuplicateKey
  /// What the message asked.
  public var content: ContentDigest
  /// What people search it by.
  public var trace: MessageTrace
  /// Hold or debit.
  public var kind: AuthorizationRequest.Kind
  /// Where it stands.
  public var state: AuthorizationState
  /// Why it was refused; `nil` when approved.
  public var reason: DeclineReason?
  /// What of the card number may be shown.
  public var number: CardNumberFacts
  /// DE 39 of the answer.
  public var actionCode: ActionCode
  /// The programme; 0 with no card.
  public var program: UInt32
  /// When the hold runs out; `nil` when it does not.
  public var expires: Instant?
  /// What the user had available before the decision.
  public var userAvailable: Money = .zero
  /// What the deposit had available before the decision; zero where there is none.
  public var depositAvailable: Money = .zero
  /// Every check that failed, not only the one that decided; empty when approved.
  public var failedChecks = DeclineReasonSet()
  /// What is special about the payment.
  public var flags: PaymentFlags = []
  /// How many entries it has behind its first message.
  public var entryCount: UInt16 = 0
  /// The month of expiry that the first message named; `nil` when it named none.
  public var askedExpiry: CardExpiry?
  /// The business day of its first message.
  public var day = NetworkDayID.none

  /// State, hold and booking.
  public var standing: PaymentStanding {
    get { PaymentStanding(state: state, held: held, booked: booked) }
    set { (state, held, booked) = (newValue.state, newValue.held, newValue.booked) }
  }

  /// DE 38: six characters, different for a billion authorizations in a row; `nil` unless approved.
  public var approvalCode: ApprovalCode? {
    reason == nil ? ApprovalCode(id) : nil
  }
}

/// An approval code (DE 38): six letters and digits.
public struct ApprovalCode: Hashable, Sendable {
  /// Thirty bits, five to a character.
  public let bits: UInt32

  /// The code of an authorization.
  ///
  /// Multiplication by an odd number modulo 2^30 is one to one, so codes repeat only after a
  /// billion authorizations and yet do not count upwards for all to see.
  @inlinable
  public init(_ id: AuthorizationID) {
    bits = UInt32(truncatingIfNeeded: id.number &* 0x2545_F491) & 0x3FFF_FFFF
  }

  /// The six characters, ASCII, Crockford's base 32 in capitals.
  public var text: String {
    String(decoding: (0..<6).map { character(at: $0) }, as: UTF8.self)
  }

  /// One of the six characters, ASCII.
  @inlinable
  public func character(at position: Int) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: bits >> UInt32(25 - 5 * position) & 31)
    // Digits, then letters without I, L, O and U.
    if value < 10 { return UInt8(ascii: "0") + value }
    var letter = UInt8(ascii: "A") + value - 10
    if letter >= UInt8(ascii: "I") { letter += 1 }
    if letter >= UInt8(ascii: "L") { letter += 1 }
    if letter >= UInt8(ascii: "O") { letter += 1 }
    if letter >= UInt8(ascii: "U") { letter += 1 }
    return letter
  }
}

extension AuthorizationRecord: FixedRecord {
  static let byteCount = 216
  private static var processingCodeBits: UInt64 { 1 << 48 - 1 }

  init(_ bytes: FieldReader) throws(LedgerError) {
    let card: UInt64 = bytes.integer(8)
    let balance: UInt64 = bytes.integer(16)
    let deposit: UInt64 = bytes.integer(24)
    let previous: UInt64 = bytes.integer(32)
    id = AuthorizationID(bytes.integer(0))
    self.card = card == 0 ? nil : CardID(card)
    self.balance = balance == 0 ? nil : BalanceID(balance)
    self.deposit = deposit == 0 ? nil : PartnerBalanceID(deposit)
    self.previous = previous == 0 ? nil : AuthorizationID(previous)
    amount = try storedCase(
      Amount(minorUnits: bytes.integer(40), currency: try storedCurrency(bytes.integer(158))),
      "amount"
    )
    held = Money(bytes.integer(48))
    decided = Instant(microsecondsSinceEpoch: bytes.integer(56))
    key = DuplicateKey(
      localTime: try storedCase(LocalTime(digits: bytes.integer(64)), "local time"),
      high: bytes.integer(112),
      low: bytes.integer(120)
    )
    content = ContentDigest(bytes.integer(128))
    trace = MessageTrace(
      processingCode: bytes.integer(136) & Self.processingCodeBits,
      stan: bytes.integer(168),
      acquirer: bytes.integer(72),
      retrievalReference: FixedText(high: bytes.integer(80), low: bytes.integer(88)),
      terminal: FixedText(high: bytes.integer(96), low: bytes.integer(104)),
      merchantCategory: bytes.integer(154)
    )
    kind = try storedCase(AuthorizationRequest.Kind(rawValue: bytes.integer(144)), "request kind")
    state = try storedCase(AuthorizationState(rawValue: bytes.integer(145)), "authorization state")
    reason = try storedOptional(bytes.integer(146))
    number = CardNumberFacts(
      count: bytes.integer(147),
      firstSix: bytes.integer(148),
      lastFour: bytes.integer(152)
    )
    actionCode = try storedActionCode(bytes.integer(156))
    program = bytes.integer(160)
    let expires: UInt32 = bytes.integer(164)
    self.expires = expires == 0 ? nil : Instant(secondsSinceEpoch: expires)
    booked = Money(bytes.integer(176))
    userAvailable = Money(bytes.integer(184))
    depositAvailable = Money(bytes.integer(192))
    failedChecks = DeclineReasonSet(bits: bytes.integer(200))
    flags = PaymentFlags(rawValue: bytes.integer(208))
    entryCount = bytes.integer(212)
    let expiry: UInt16 = bytes.integer(142)
    askedExpiry =
      expiry == 0 ? nil : try storedCase(CardExpiry(yearMonth: expiry), "card expiry")
    day = NetworkDayID(bytes.integer(214))
  }

  @inline(__always)
  func store(_ bytes: FieldWriter) {
    bytes.integer(0, id.number)
    bytes.integer(8, card?.number ?? 0)
    bytes.integer(16, balance?.number ?? 0)
    bytes.integer(24, deposit?.number ?? 0)
    bytes.integer(32, previous?.number ?? 0)
    bytes.integer(40, amount.minorUnits)
    bytes.integer(48, held.minorUnits)
    bytes.integer(56, decided.microsecondsSinceEpoch)
    bytes.integer(64, key.localTime.digits)
    bytes.integer(72, trace.acquirer)
    bytes.integer(80, trace.retrievalReference.high)
    bytes.integer(88, trace.retrievalReference.low)
    bytes.integer(96, trace.terminal.high)
    bytes.integer(104, trace.terminal.low)
    bytes.integer(112, key.high)
    bytes.integer(120, key.low)
    bytes.integer(128, content.value)
    // Six characters leave room for the month.
    bytes.integer(
      136,
      trace.processingCode & Self.processingCodeBits
        | UInt64(askedExpiry?.yearMonth ?? 0) << 48
    )
    bytes.integer(144, kind.rawValue)
    bytes.integer(145, state.rawValue)
    bytes.integer(146, reason?.rawValue ?? 0)
    bytes.integer(147, number.count)
    bytes.integer(148, number.firstSix)
    bytes.integer(152, number.lastFour)
    bytes.integer(154, trace.merchantCategory)
    bytes.integer(156, actionCode.number)
    bytes.integer(158, amount.currency.number)
    bytes.integer(160, program)
    bytes.integer(164, expires.map { UInt32($0.microsecondsSinceEpoch / 1_000_000) } ?? 0)
    bytes.integer(168, trace.stan)
    bytes.integer(176, booked.minorUnits)
    bytes.integer(184, userAvailable.minorUnits)
    bytes.integer(192, depositAvailable.minorUnits)
    bytes.integer(200, failedChecks.bits)
    bytes.integer(208, flags.rawValue)
    bytes.integer(212, entryCount)
    bytes.integer(214, day.number)
  }
}
