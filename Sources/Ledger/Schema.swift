import Authorization
import CLMDB
import Cryptography

/// The trees of the books, one line each: the only place that names them.
///
/// | tree           | key                                    | value                |
/// |----------------|----------------------------------------|----------------------|
/// | accounts       | AccountID, native 8                    | AccountRecord        |
/// | cards          | PANToken, big-endian 16                | CardRecord           |
/// | cardDetails    | CardID, native 8                       | CardDetailRecord     |
/// | authorizations | AuthorizationID, native 8              | AuthorizationRecord  |
/// | entries        | EntryKey, big-endian 10                | PaymentEntry         |
/// | expiries       | ExpiryKey, big-endian 14               | ExpirySpan           |
/// | duplicates     | DuplicateKey, big-endian 24            | DuplicateRecord      |
/// | partners       | PartnerID, native 8                    | PartnerRecord        |
/// | programs       | ProgramID, native 8                    | ProgramRecord        |
/// | customers      | UserID, native 8                       | CustomerRecord       |
/// | members        | MemberKey: list 1, owner 8, member 8   | empty                |
/// | references     | ReferenceKey                           | ReferenceRecord      |
/// | requests       | RequestKey, big-endian 16              | RequestRecord        |
/// | settings       | SettingKey                             | SettingRecord        |
/// | networkDays    | NetworkDayID, big-endian 2             | NetworkDay           |
/// | dayTotals      | DayTotalsKey, big-endian 4             | DayTotals            |
/// | totals         | account kind 1, currency 2, big-endian | TotalRecord          |
/// | meta           | "state"                                | BooksState           |
///
/// "Native" keys are LMDB integer keys: they sort by value on any machine that reads the file.
struct Schema: Sendable {
  /// The format of journal and books together; a larger number in a file is refused.
  static let format: UInt32 = 3

  let accounts: LMDBTable
  let cards: LMDBTable
  let cardDetails: LMDBTable
  let authorizations: LMDBTable
  let entries: LMDBTable
  let expiries: LMDBTable
  let duplicates: LMDBTable
  let partners: LMDBTable
  let programs: LMDBTable
  let customers: LMDBTable
  let members: LMDBTable
  let references: LMDBTable
  let requests: LMDBTable
  let settings: LMDBTable
  let networkDays: LMDBTable
  let dayTotals: LMDBTable
  let totals: LMDBTable
  let meta: LMDBTable

  /// The number of trees, for the environment's table count.
  static let tableCount: UInt32 = 18
  /// The tree that says what the others are; its name outlives every format.
  static let metaName = "meta"

  /// Opens the trees, creating them in a write transaction.
  init(_ access: LMDBAccess, create: Bool) throws(LedgerError) {
    func open(_ name: String, integerKeys: Bool = false) throws(LedgerError) -> LMDBTable {
      try access.table(name, integerKeys: integerKeys, create: create)
    }
    accounts = try open("accounts", integerKeys: true)
    cards = try open("cards")
    cardDetails = try open("cardDetails", integerKeys: true)
    authorizations = try open("authorizations", integerKeys: true)
    entries = try open("entries")
    expiries = try open("expiries")
    duplicates = try open("duplicates")
    partners = try open("partners", integerKeys: true)
    programs = try open("programs", integerKeys: true)
    customers = try open("customers", integerKeys: true)
    members = try open("members")
    references = try open("references")
    requests = try open("requests")
    settings = try open("settings")
    networkDays = try open("networkDays")
    dayTotals = try open("dayTotals")
    totals = try open("totals")
    meta = try open(Self.metaName)
  }
}

/// One line of a list: what belongs to whom, in order of creation.
struct MemberKey: Hashable, Comparable, Sendable {
  /// The lists.
  enum List: UInt8, Sendable {
    case programsOfPartner = 1
    case customersOfPartner = 2
    case balancesOfCustomer = 3
    case cardsOfBalance = 4
    case cardsOfCustomer = 5
    case balancesOfPartner = 6
  }

  let list: List
  let owner: UInt64
  let member: UInt64

  var storedBytes: [UInt8] {
    var bytes = [list.rawValue]
    bytes.reserveCapacity(17)
    withUnsafeBytes(of: (owner.bigEndian, member.bigEndian)) { bytes.append(contentsOf: $0) }
    return bytes
  }

  static func < (left: MemberKey, right: MemberKey) -> Bool {
    (left.list.rawValue, left.owner, left.member) < (right.list.rawValue, right.owner, right.member)
  }
}

/// Names a total: all accounts of a kind in a currency.
struct TotalKey: Hashable, Comparable, Sendable {
  let kind: AccountKind
  let currency: Currency

  var storedBytes: [UInt8] {
    [kind.rawValue, UInt8(currency.number >> 8), UInt8(truncatingIfNeeded: currency.number)]
  }

  init(kind: AccountKind, currency: Currency) {
    self.kind = kind
    self.currency = currency
  }

  init(stored bytes: UnsafeRawBufferPointer) throws(LedgerError) {
    guard bytes.count == 3, let kind = AccountKind(rawValue: bytes[0]),
      let currency = Currency(number: UInt16(bytes[1]) << 8 | UInt16(bytes[2]))
    else { throw .damaged("a stored total has no valid key") }
    self.init(kind: kind, currency: currency)
  }

  static func < (left: TotalKey, right: TotalKey) -> Bool {
    (left.kind.rawValue, left.currency.number) < (right.kind.rawValue, right.currency.number)
  }
}

/// The sum of the ledger balances of a kind of account in a currency, maintained with each posting.
///
/// ```
/// 0 ledger   8  signed minor units
/// 8 accounts 8  how many
/// ```
struct TotalRecord: Hashable, Sendable, FixedRecord {
  static let byteCount = 16
  var ledger: Money = .zero
  var accounts: UInt64 = 0

  init() {}

  init(_ bytes: FieldReader) {
    ledger = Money(bytes.integer(0))
    accounts = bytes.integer(8)
  }

  func store(_ bytes: FieldWriter) {
    bytes.integer(0, ledger.minorUnits)
    bytes.integer(8, accounts)
  }
}

/// How far the books have come.
struct BooksState: Hashable, Sendable, VariableRecord {
  /// The last journal entry that is posted.
  var applied: UInt64
  /// The hash of that entry.
  var hash: Digest256
  /// When that entry was written.
  var time: Instant
  /// The next numbers to assign.
  var counters: Counters
  /// What the card numbers are sealed under.
  var vaultFingerprint: String

  static let key: [UInt8] = Array("state".utf8)

  init(
    applied: UInt64,
    hash: Digest256,
    time: Instant,
    counters: Counters,
    vaultFingerprint: String
  ) {
    self.applied = applied
    self.hash = hash
    self.time = time
    self.counters = counters
    self.vaultFingerprint = vaultFingerprint
  }

  init(_ reader: inout RecordReader) throws(LedgerError) {
    let format: UInt32 = try reader.integer()
    guard format <= Schema.format else {
      throw .newerFormat(found: format, supported: Schema.format)
    }
    guard format == Schema.format else {
      throw .olderFormat(found: format, supported: Schema.format)
    }
    applied = try reader.integer()
    guard let hash = Digest256(bytes: try reader.raw(32)) else {
      throw .damaged("the books' state has no hash")
    }
    self.hash = hash
    time = Instant(microsecondsSinceEpoch: try reader.integer())
    counters = Counters(
      partner: try reader.integer(),
      program: try reader.integer(),
      partnerBalance: try reader.integer(),
      user: try reader.integer(),
      balance: try reader.integer(),
      card: try reader.integer(),
      authorization: try reader.integer(),
      sweptHour: try reader.integer(),
      event: try reader.integer()
    )
    vaultFingerprint = try reader.text()
  }

  func write(to writer: inout RecordWriter) {
    writer.integer(Schema.format)
    writer.integer(applied)
    hash.withBytes { writer.raw($0) }
    writer.integer(time.microsecondsSinceEpoch)
    writer.integer(counters.partner)
    writer.integer(counters.program)
    writer.integer(counters.partnerBalance)
    writer.integer(counters.user)
    writer.integer(counters.balance)
    writer.integer(counters.card)
    writer.integer(counters.authorization)
    writer.integer(counters.sweptHour)
    writer.integer(counters.event)
    writer.text(vaultFingerprint)
  }
}

/// The next number of each kind of object; numbers begin at 1 and are never reused.
struct Counters: Hashable, Sendable {
  var partner: UInt64 = 1
  var program: UInt64 = 1
  var partnerBalance: UInt64 = 1
  var user: UInt64 = 1
  var balance: UInt64 = 1
  var card: UInt64 = 1
  var authorization: UInt64 = 1
  /// Holds that run out before this hour (since the epoch) have been looked at.
  var sweptHour: UInt32 = 0
  /// The next number of the event feed.
  var event: UInt64 = 1

  /// Notes an authorization, which is an event too, in one access.
  mutating func noteAuthorization(_ id: AuthorizationID) {
    authorization = max(authorization, id.number + 1)
    event += 1
  }
}
