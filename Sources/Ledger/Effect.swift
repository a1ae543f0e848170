import Authorization

/// One change, decided once: it carries everything that posting it needs, so that the same effects
/// give the same books on any machine at any time.
///
/// Never in an effect: a clear PAN, CVC2, PIN block or track.
enum Effect: Sendable {
  /// The ledger was founded: what its card numbers are sealed under.
  case founded(vaultFingerprint: String)
  /// A partner came to be.
  case partnerCreated(PartnerRecord)
  /// A programme came to be.
  case programCreated(ProgramRecord)
  /// An empty user's or partner's balance was opened.
  case accountOpened(AccountID, AccountRecord)
  /// A balance was blocked, unblocked or closed.
  case balanceStateChanged(AccountID, BalanceState)
  /// A user came to be or changed.
  case customerStored(CustomerRecord, CustomerChange)
  /// A card came to be.
  case cardIssued(CardRecord, CardDetailRecord)
  /// A card was locked, unlocked, activated or removed.
  case cardChanged(CardChange)
  /// Money moved between two accounts of one currency.
  case transferred(Transfer)
  /// An authorization was decided; approved ones hold or debit the money.
  case authorized(AuthorizationRecord)
  /// Something happened to a payment, or its first message said more than its record.
  case entered(PaymentEntry)
  /// A reversal came before the message that it undoes: that one is refused when it comes.
  case originalAwaited(DuplicateKey, AuthorizationID)
  /// A message that concerns no payment was answered.
  case messageAnswered(DuplicateKey, ContentDigest, ActionCode)
  /// A setting that decisions depend on was changed.
  case settingChanged(SettingKey, SettingRecord)
  /// Holds that run out before this hour (since the epoch) have been looked at.
  case expiriesSwept(hour: UInt32)
  /// A network's business day began, or a cut-over settled that the present one was meant.
  case dayBegun(NetworkDay)
  /// A caller's name for an object was remembered.
  case referenceBound(ReferenceKey, ReferenceRecord)
  /// A management request was answered.
  case requestAnswered(RequestKey, RequestRecord)

  /// The stored number of `authorized`.
  static let authorizedKind: UInt16 = 9

  /// The stored number of the kind; numbers are never reused.
  var kind: UInt16 {
    switch self {
    case .founded: 12
    case .partnerCreated: 1
    case .programCreated: 2
    case .accountOpened: 3
    case .balanceStateChanged: 4
    case .customerStored: 5
    case .cardIssued: 6
    case .cardChanged: 7
    case .transferred: 8
    case .authorized: Self.authorizedKind
    case .referenceBound: 10
    case .requestAnswered: 11
    case .entered: 13
    case .originalAwaited: 14
    case .messageAnswered: 15
    case .settingChanged: 16
    case .expiriesSwept: 17
    case .dayBegun: 18
    }
  }
}

extension JournalEntryBuilder {
  /// Adds a decision; without an effect around it, since each of them is copied.
  func append(_ record: AuthorizationRecord) {
    appendEffect(kind: Effect.authorizedKind, byteCount: AuthorizationRecord.byteCount) {
      record.store(FieldWriter(base: $0))
    }
  }
}

/// What became of a user.
enum CustomerChange: UInt8, Sendable {
  case created = 1
  /// How well the user is known.
  case kyc = 2
}

/// The new state of a card, and what led to it: the state alone does not tell an activation from the
/// end of a lock.
struct CardChange: Hashable, Sendable {
  /// What was done to the card.
  enum Act: UInt8, Sendable {
    case activated = 1
    case locked = 2
    case unlocked = 3
    case removed = 4
  }

  var card: CardID
  var token: PANToken
  var act: Act
  var status: CardStatus
  var lock: LockCode?
  var lockOrigin: LockOrigin
  var locked: Instant?
  /// Who outside asked for the lock.
  var requester = FixedText()
}

/// Double entry: what one account gives, the other gets.
struct Transfer: Hashable, Sendable {
  /// Why money moved.
  enum Reason: UInt8, Sendable {
    /// A bank transfer reached a partner's balance.
    case partnerReload = 1
    /// A user's balance was topped up.
    case userReload = 2
  }

  var from: AccountID
  var to: AccountID
  var amount: Amount
  var reason: Reason
  var reference: String
}

extension Effect {
  /// Writes kind, length and content behind what `entry` holds.
  @inline(__always)
  func append(to entry: JournalEntryBuilder) {
    if case .authorized(let record) = self {
      entry.append(record)
    } else {
      appendRare(to: entry)
    }
  }

  @inline(never)
  private func appendRare(to entry: JournalEntryBuilder) {
    switch self {
    case .authorized(let record): entry.append(record)
    default:
      let bytes = coldBytes
      entry.appendEffect(kind: kind, byteCount: bytes.count) { target in
        bytes.withUnsafeBytes { source in
          if let base = source.baseAddress {
            target.copyMemory(from: base, byteCount: source.count)
          }
        }
      }
    }
  }

  private var coldBytes: [UInt8] {
    var writer = RecordWriter()
    switch self {
    case .founded(let vaultFingerprint): writer.text(vaultFingerprint)
    case .partnerCreated(let record): record.write(to: &writer)
    case .programCreated(let record): record.write(to: &writer)
    case .customerStored(let record, let change):
      writer.integer(change.rawValue)
      record.write(to: &writer)
    case .accountOpened(let account, let record):
      writer.integer(account.word)
      writer.fixed(record)
    case .balanceStateChanged(let account, let state):
      writer.integer(account.word)
      writer.integer(state.rawValue)
    case .cardIssued(let card, let detail):
      writer.fixed(card)
      writer.fixed(detail)
    case .cardChanged(let change):
      writer.integer(change.card.number)
      writer.integer(change.token.high)
      writer.integer(change.token.low)
      writer.integer(change.act.rawValue)
      writer.integer(change.status.rawValue)
      writer.integer(change.lock?.rawValue ?? 0)
      writer.integer(change.lockOrigin.rawValue)
      writer.integer(change.locked?.microsecondsSinceEpoch ?? 0)
      writer.integer(change.requester.high)
      writer.integer(change.requester.low)
    case .transferred(let transfer):
      writer.integer(transfer.from.word)
      writer.integer(transfer.to.word)
      writer.integer(transfer.amount.minorUnits)
      writer.integer(transfer.amount.currency.number)
      writer.integer(transfer.reason.rawValue)
      writer.text(transfer.reference)
    case .authorized(let record): writer.fixed(record)
    case .entered(let entry): entry.write(to: &writer)
    case .originalAwaited(let key, let id):
      writer.duplicateKey(key)
      writer.integer(id.number)
    case .messageAnswered(let key, let content, let code):
      writer.duplicateKey(key)
      writer.integer(content.value)
      writer.integer(code.number)
    case .settingChanged(let key, let record):
      writer.settingKey(key)
      record.write(to: &writer)
    case .expiriesSwept(let hour): writer.integer(hour)
    case .dayBegun(let day): day.write(to: &writer)
    case .referenceBound(let key, let record):
      writer.fixed(record)
      writer.raw(key.bytes)
    case .requestAnswered(let key, let record):
      writer.integer(key.high)
      writer.integer(key.low)
      record.write(to: &writer)
    }
    return writer.bytes
  }

  /// Reads an effect back.
  init(kind: UInt16, bytes: UnsafeRawBufferPointer) throws(LedgerError) {
    if kind == Self.authorizedKind {
      self = .authorized(try AuthorizationRecord(stored: bytes))
      return
    }
    var reader = RecordReader(bytes)
    switch kind {
    case 1: self = .partnerCreated(try PartnerRecord(&reader))
    case 2: self = .programCreated(try ProgramRecord(&reader))
    case 3:
      let account = AccountID(word: try reader.integer())
      self = .accountOpened(account, try reader.fixed())
    case 4:
      let account = AccountID(word: try reader.integer())
      self = .balanceStateChanged(account, try reader.enumeration(BalanceState.self))
    case 5:
      let change = try reader.enumeration(CustomerChange.self)
      self = .customerStored(try CustomerRecord(&reader), change)
    case 6: self = .cardIssued(try reader.fixed(), try reader.fixed())
    case 7:
      let card = CardID(try reader.integer())
      let token = PANToken(high: try reader.integer(), low: try reader.integer())
      let act = try reader.enumeration(CardChange.Act.self)
      let status = try reader.enumeration(CardStatus.self)
      let lock: LockCode? = try storedOptional(try reader.integer())
      let origin = try reader.enumeration(LockOrigin.self)
      let locked: Int64 = try reader.integer()
      self = .cardChanged(
        CardChange(
          card: card,
          token: token,
          act: act,
          status: status,
          lock: lock,
          lockOrigin: origin,
          locked: locked == 0 ? nil : Instant(microsecondsSinceEpoch: locked),
          requester: FixedText(high: try reader.integer(), low: try reader.integer())
        )
      )
    case 8:
      let from = AccountID(word: try reader.integer())
      let to = AccountID(word: try reader.integer())
      let minorUnits: Int64 = try reader.integer()
      guard let amount = Amount(minorUnits: minorUnits, currency: try reader.currency()) else {
        throw .damaged("a stored amount is out of range")
      }
      self = .transferred(
        Transfer(
          from: from,
          to: to,
          amount: amount,
          reason: try reader.enumeration(Transfer.Reason.self),
          reference: try reader.text()
        )
      )
    case 10:
      let record: ReferenceRecord = try reader.fixed()
      self = .referenceBound(ReferenceKey(bytes: Array(reader.remaining())), record)
    case 11:
      let key = RequestKey(high: try reader.integer(), low: try reader.integer())
      self = .requestAnswered(key, try RequestRecord(&reader))
    case 12: self = .founded(vaultFingerprint: try reader.text())
    case 13: self = .entered(try PaymentEntry(&reader))
    case 14:
      self = .originalAwaited(
        try reader.duplicateKey(),
        AuthorizationID(try reader.integer())
      )
    case 15:
      self = .messageAnswered(
        try reader.duplicateKey(),
        ContentDigest(try reader.integer()),
        try storedActionCode(try reader.integer())
      )
    case 16:
      let key = try reader.settingKey()
      self = .settingChanged(key, try SettingRecord(&reader))
    case 17: self = .expiriesSwept(hour: try reader.integer())
    case 18: self = .dayBegun(try NetworkDay(&reader))
    default:
      throw .damaged("the journal has an effect of unknown kind \(kind)")
    }
    try reader.finish()
  }
}

extension RecordWriter {
  mutating func fixed<Record: FixedRecord>(_ record: Record) {
    let bytes = [UInt8](unsafeUninitializedCapacity: Record.byteCount) { buffer, count in
      if let base = buffer.baseAddress { record.store(FieldWriter(base: base)) }
      count = Record.byteCount
    }
    raw(bytes)
  }
}

extension RecordReader {
  mutating func fixed<Record: FixedRecord>() throws(LedgerError) -> Record {
    try Record(stored: try raw(Record.byteCount))
  }
}
