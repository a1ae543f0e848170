public import Authorization

/// One thing that happened to a payment: a later message, or the end of its hold (row A-071).
///
/// Number 0 is the first message; it is stored only when it says more than the payment's record.
public struct PaymentEntry: Hashable, Sendable {
  /// What happened.
  public enum Kind: UInt8, Sendable {
    /// The first message.
    case authorization = 1
    /// More was held.
    case increment = 2
    /// Another total was held.
    case replacement = 3
    /// An amount was booked.
    case clearing = 4
    /// All that was left was undone.
    case reversal = 5
    /// A part was undone.
    case partialReversal = 6
    /// The hold ran out.
    case expiry = 7
    /// The hold was released by hand.
    case release = 8

    /// The kind's name in the management interface.
    public var name: String {
      switch self {
      case .authorization: "AUTHORIZATION"
      case .increment: "INCREMENT"
      case .replacement: "REPLACEMENT"
      case .clearing: "CLEARING"
      case .reversal: "REVERSAL"
      case .partialReversal: "PARTIAL_REVERSAL"
      case .expiry: "EXPIRY"
      case .release: "RELEASE"
      }
    }
  }

  /// The message behind an entry.
  public struct Message: Hashable, Sendable {
    /// What kind of message.
    public var kind: AuthorizationRequest.Kind
    /// Its name.
    public var key: DuplicateKey
    /// What it asked.
    public var content: ContentDigest
    /// DE 11.
    public var stan: UInt64
    /// DE 24.
    public var functionCode: UInt16
    /// DE 25; 0 when absent.
    public var reasonCode: UInt16
    /// DE 4; `nil` when absent.
    public var amount: Amount?
    /// What of the amount is cash handed over (DE 54); `nil` for none.
    public var cashBack: Amount?
    /// What the merchant asks for taking the card (DE 46, DE 54); `nil` for none.
    public var surcharge: Amount?
  }

  /// The payment.
  public var payment: AuthorizationID
  /// Its place among the payment's entries.
  public var number: UInt16
  /// What happened.
  public var kind: Kind
  /// The message; `nil` when no message caused it.
  public var message: Message?
  /// The user's balance.
  public var balance: BalanceID?
  /// The deposit that backs the payment from here on.
  public var deposit: PartnerBalanceID?
  /// What it is about, in the currency of the balance.
  public var amount: Amount
  /// What it changed of the hold.
  public var heldChange: Money = .zero
  /// What it changed of the booking.
  public var bookedChange: Money = .zero
  /// State, hold and booking behind it.
  public var standing: PaymentStanding
  /// When the hold runs out, behind it.
  public var expires: Instant?
  /// The payment's flags behind it.
  public var flags: PaymentFlags
  /// The business day on which its message counts; none when no message caused it.
  public var day = NetworkDayID.none
  /// When it was decided.
  public var decided: Instant
  /// DE 39 of the answer.
  public var actionCode: ActionCode
  /// Why it was refused; `nil` when it was not.
  public var reason: DeclineReason?
  /// The amount approved in part, in the currency of the request.
  public var approved: Amount?
  /// The user's booked and available funds, told by the answer to an inquiry.
  public var balances: Balances?
  /// Which earlier message it takes something back from, 0 for the first, `nil` for none.
  ///
  /// The presentment of what one message had booked names that message.
  public var undoes: UInt16?
  /// Why somebody released the hold.
  public var note: String?

  /// What an inquiry was told.
  public struct Balances: Hashable, Sendable {
    /// The currency.
    public var currency: Currency
    /// What is booked.
    public var ledger: Money
    /// What can be used.
    public var available: Money

    /// Balances from their parts.
    public init(currency: Currency, ledger: Money, available: Money) {
      self.currency = currency
      self.ledger = ledger
      self.available = available
    }
  }
}

extension AuthorizationRecord {
  /// Moves the payment on to where an entry leaves it.
  mutating func apply(_ entry: PaymentEntry) {
    standing = entry.standing
    expires = entry.expires
    flags = entry.flags
    deposit = entry.deposit
    entryCount = entry.number
  }
}

/// Names an entry.
struct EntryKey: Hashable, Comparable, Sendable {
  let payment: AuthorizationID
  let number: UInt16

  /// Big-endian, so that the entries of a payment stand together in order.
  var storedBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(10)
    withUnsafeBytes(of: payment.number.bigEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    return bytes
  }

  static func < (left: EntryKey, right: EntryKey) -> Bool {
    (left.payment.number, left.number) < (right.payment.number, right.number)
  }
}

extension PaymentEntry: VariableRecord {
  init(_ reader: inout RecordReader) throws(LedgerError) {
    payment = AuthorizationID(try reader.integer())
    number = try reader.integer()
    kind = try reader.enumeration(Kind.self)
    message = try reader.integer(UInt8.self) == 0 ? nil : try Message(&reader)
    let balance: UInt64 = try reader.integer()
    self.balance = balance == 0 ? nil : BalanceID(balance)
    let deposit: UInt64 = try reader.integer()
    self.deposit = deposit == 0 ? nil : PartnerBalanceID(deposit)
    amount = try reader.amount()
    heldChange = Money(try reader.integer())
    bookedChange = Money(try reader.integer())
    standing = PaymentStanding(
      state: try reader.enumeration(AuthorizationState.self),
      held: Money(try reader.integer()),
      booked: Money(try reader.integer())
    )
    let expires: UInt32 = try reader.integer()
    self.expires = expires == 0 ? nil : Instant(secondsSinceEpoch: expires)
    flags = PaymentFlags(rawValue: try reader.integer())
    day = NetworkDayID(try reader.integer())
    decided = Instant(microsecondsSinceEpoch: try reader.integer())
    actionCode = try storedActionCode(try reader.integer())
    reason = try storedOptional(try reader.integer())
    approved = try reader.integer(UInt8.self) == 0 ? nil : try reader.amount()
    balances = try reader.integer(UInt8.self) == 0 ? nil : try Balances(&reader)
    undoes = try reader.integer(UInt8.self) == 0 ? nil : try reader.integer()
    note = try reader.optionalText()
  }

  func write(to writer: inout RecordWriter) {
    writer.integer(payment.number)
    writer.integer(number)
    writer.integer(kind.rawValue)
    writer.integer(UInt8(message == nil ? 0 : 1))
    message?.write(to: &writer)
    writer.integer(balance?.number ?? 0)
    writer.integer(deposit?.number ?? 0)
    writer.amount(amount)
    writer.integer(heldChange.minorUnits)
    writer.integer(bookedChange.minorUnits)
    writer.integer(standing.state.rawValue)
    writer.integer(standing.held.minorUnits)
    writer.integer(standing.booked.minorUnits)
    writer.integer(expires.map { UInt32($0.microsecondsSinceEpoch / 1_000_000) } ?? 0)
    writer.integer(flags.rawValue)
    writer.integer(day.number)
    writer.integer(decided.microsecondsSinceEpoch)
    writer.integer(actionCode.number)
    writer.integer(reason?.rawValue ?? 0)
    writer.integer(UInt8(approved == nil ? 0 : 1))
    if let approved { writer.amount(approved) }
    writer.integer(UInt8(balances == nil ? 0 : 1))
    if let balances {
      writer.integer(balances.currency.number)
      writer.integer(balances.ledger.minorUnits)
      writer.integer(balances.available.minorUnits)
    }
    writer.integer(UInt8(undoes == nil ? 0 : 1))
    if let undoes { writer.integer(undoes) }
    writer.optionalText(note)
  }
}

extension PaymentEntry.Message {
  fileprivate init(_ reader: inout RecordReader) throws(LedgerError) {
    kind = try reader.enumeration(AuthorizationRequest.Kind.self)
    key = try reader.duplicateKey()
    content = ContentDigest(try reader.integer())
    stan = try reader.integer()
    functionCode = try reader.integer()
    reasonCode = try reader.integer()
    amount = try reader.integer(UInt8.self) == 0 ? nil : try reader.amount()
    cashBack = try reader.integer(UInt8.self) == 0 ? nil : try reader.amount()
    surcharge = try reader.integer(UInt8.self) == 0 ? nil : try reader.amount()
  }

  fileprivate func write(to writer: inout RecordWriter) {
    writer.integer(kind.rawValue)
    writer.duplicateKey(key)
    writer.integer(content.value)
    writer.integer(stan)
    writer.integer(functionCode)
    writer.integer(reasonCode)
    for amount in [amount, cashBack, surcharge] {
      writer.integer(UInt8(amount == nil ? 0 : 1))
      if let amount { writer.amount(amount) }
    }
  }
}

extension PaymentEntry.Balances {
  fileprivate init(_ reader: inout RecordReader) throws(LedgerError) {
    currency = try reader.currency()
    ledger = Money(try reader.integer())
    available = Money(try reader.integer())
  }
}

extension RecordWriter {
  mutating func amount(_ amount: Amount) {
    integer(amount.minorUnits)
    integer(amount.currency.number)
  }

  mutating func duplicateKey(_ key: DuplicateKey) {
    integer(key.localTime.digits)
    integer(key.high)
    integer(key.low)
  }
}

extension RecordReader {
  mutating func amount() throws(LedgerError) -> Amount {
    let minorUnits: Int64 = try integer()
    return try storedCase(Amount(minorUnits: minorUnits, currency: try currency()), "amount")
  }

  mutating func duplicateKey() throws(LedgerError) -> DuplicateKey {
    DuplicateKey(
      localTime: try storedCase(LocalTime(digits: try integer()), "local time"),
      high: try integer(),
      low: try integer()
    )
  }
}
