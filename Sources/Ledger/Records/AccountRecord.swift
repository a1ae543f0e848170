public import Authorization

/// What kind of account a sum stands on.
///
/// Per currency the ledger balances of all kinds add up to zero.
public enum AccountKind: UInt8, CaseIterable, Sendable {
  /// A user's balance.
  case user = 1
  /// A partner's deposit: backs authorizations of deposit programmes.
  case deposit = 2
  /// A partner's credit balance: pays for users' top-ups in credit programmes.
  case credit = 3
  /// Fees earned.
  case feeIncome = 4
  /// Owed to the network.
  case settlement = 5
  /// Not yet explained.
  case suspense = 6
  /// The outside: what came in through banks stands here negative.
  case bank = 7

  /// The kind's name in the management interface.
  public var name: String {
    switch self {
    case .user: "USER"
    case .deposit: "DEPOSIT"
    case .credit: "CREDIT"
    case .feeIncome: "FEE_INCOME"
    case .settlement: "SETTLEMENT"
    case .suspense: "SUSPENSE"
    case .bank: "BANK"
    }
  }
}

/// Names an account: its kind in the top byte, then the number of its balance or, for the accounts of
/// the house, of its currency.
public struct AccountID: Hashable, Comparable, Sendable {
  /// Kind and number in one word.
  public let word: UInt64

  /// An account of a kind; traps when the number needs more than 56 bits.
  @inlinable
  public init(_ kind: AccountKind, _ number: UInt64) {
    precondition(number >> 56 == 0, "an account number has at most 56 bits")
    word = UInt64(kind.rawValue) << 56 | number
  }

  /// An account from its stored word.
  @inlinable
  init(word: UInt64) { self.word = word }

  /// A user's balance.
  @inlinable
  public init(_ balance: BalanceID) { self.init(.user, balance.number) }

  /// An account of the house in a currency.
  @inlinable
  public init(_ kind: AccountKind, _ currency: Currency) {
    self.init(kind, UInt64(currency.number))
  }

  /// The kind; `nil` when the word was never an account.
  @inlinable
  public var kind: AccountKind? { AccountKind(rawValue: UInt8(word >> 56)) }

  /// The number without the kind.
  @inlinable
  public var number: UInt64 { word & (1 << 56 - 1) }

  /// Orders by kind, then number.
  @inlinable
  public static func < (left: AccountID, right: AccountID) -> Bool { left.word < right.word }
}

/// One account.
///
/// ```
///  0 ledger               8  signed minor units
///  8 held                 8  minor units, never negative
/// 16 newest authorization 8  0 = none; heads the chain of the balance's authorizations
/// 24 owner                8  user or partner number, 0 for the house
/// 32 created              8  microseconds since the epoch
/// 40 programme            4  0 unless a user's balance
/// 44 currency             2  ISO 4217 number
/// 46 state                1  BalanceState
/// 47 kind                 1  AccountKind
/// ```
public struct AccountRecord: Hashable, Sendable {
  /// What is booked.
  public var ledger: Money = .zero
  /// What is held.
  public var held: Money = .zero
  /// The newest authorization of the balance; 0 when there is none.
  public var newestAuthorization: UInt64 = 0
  /// The user or partner that the account belongs to; 0 for the house.
  public var owner: UInt64
  /// When the account was opened.
  public var created: Instant
  /// The programme of a user's balance; 0 otherwise.
  public var program: UInt32
  /// The currency.
  public var currency: Currency
  /// Whether it takes debits.
  public var state: BalanceState = .active
  /// The kind.
  public var kind: AccountKind

  init(owner: UInt64, created: Instant, program: UInt32, currency: Currency, kind: AccountKind) {
    self.owner = owner
    self.created = created
    self.program = program
    self.currency = currency
    self.kind = kind
  }

  /// What can still be held or debited.
  public var available: Money { ledger - held }

  var funds: FundsSnapshot {
    FundsSnapshot(currency: currency, state: state, ledger: ledger, held: held)
  }
}

extension AccountRecord: FixedRecord {
  static let byteCount = 48

  init(_ bytes: FieldReader) throws(LedgerError) {
    ledger = Money(bytes.integer(0))
    held = Money(bytes.integer(8))
    newestAuthorization = bytes.integer(16)
    owner = bytes.integer(24)
    created = Instant(microsecondsSinceEpoch: bytes.integer(32))
    program = bytes.integer(40)
    currency = try storedCurrency(bytes.integer(44))
    state = try storedCase(BalanceState(rawValue: bytes.integer(46)), "balance state")
    kind = try storedCase(AccountKind(rawValue: bytes.integer(47)), "account kind")
  }

  func store(_ bytes: FieldWriter) {
    bytes.integer(0, ledger.minorUnits)
    bytes.integer(8, held.minorUnits)
    bytes.integer(16, newestAuthorization)
    bytes.integer(24, owner)
    bytes.integer(32, created.microsecondsSinceEpoch)
    bytes.integer(40, program)
    bytes.integer(44, currency.number)
    bytes.integer(46, state.rawValue)
    bytes.integer(47, kind.rawValue)
  }
}
