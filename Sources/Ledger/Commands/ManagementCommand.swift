public import Authorization

/// A change that somebody asks for on the management socket: decided by the writer, in the same queue
/// as authorizations, so that it holds for the first authorization that starts after its answer.
public enum ManagementCommand: Sendable {
  /// Creates a partner.
  case createPartner(name: String)
  /// Creates a programme.
  case createProgram(ProgramDraft)
  /// Opens a partner's deposit or credit balance.
  case openPartnerBalance(PartnerID, PartnerBalanceKind, Currency)
  /// Books a bank transfer to a partner's balance.
  case reloadPartnerBalance(PartnerID, PartnerBalanceKind, Amount, bankReference: String)
  /// Creates a user.
  case createCustomer(PartnerID, CustomerProfile)
  /// Records the outcome of an identity check.
  case setKYC(CustomerAddress, KYCStatus, KYCLevel, KYCSource)
  /// Opens a user's balance.
  case openBalance(CustomerAddress, ProgramID, Currency)
  /// Tops a user's balance up; in a credit programme the partner's credit balance pays.
  case reloadBalance(BalanceAddress, Amount, reference: String)
  /// Blocks, unblocks or closes a user's balance.
  case setBalanceState(BalanceAddress, BalanceState)
  /// Locks a card; who outside asked for it is named.
  case lockCard(CardAddress, LockCode, LockOrigin, requester: FixedText = FixedText())
  /// Takes a reversible lock off.
  case unlockCard(CardAddress)
  /// Puts a new card in use.
  case activateCard(CardAddress)
  /// Removes a card for good.
  case removeCard(CardAddress)
  /// Releases what is held for a payment, for a reason that is kept (row A-039).
  case releaseHold(AuthorizationID, because: String)
  /// Ends those of these holds that have run out (row A-037).
  case expireHolds([AuthorizationID])
  /// Notes that every hold that ran out before this hour (since the epoch) was looked at.
  case noteSweep(hour: UInt32)
  /// Adds a merchant group, or replaces the one of its name unless it must be new.
  case setMerchantGroup(MerchantGroup, mustBeNew: Bool = false)
  /// Takes a merchant group away.
  case removeMerchantGroup(name: String)
  /// Adds a rate, or replaces the one between its currencies.
  case setExchangeRate(ExchangeRate)
  /// Takes a rate away.
  case removeExchangeRate(from: Currency, to: Currency)
  /// Decides a message as it would be decided now, and changes nothing (row N-1).
  case dryRun(AuthorizationRequest)
  /// Applies lines of a bulk import, each completely or not at all.
  case importLines([ImportLine])

  /// The partner balances that callers can open and reload.
  public enum PartnerBalanceKind: UInt8, Sendable {
    /// Backs authorizations of deposit programmes.
    case deposit = 2
    /// Pays for top-ups in credit programmes.
    case credit = 3

    /// The kind of account.
    public var account: AccountKind { self == .deposit ? .deposit : .credit }
  }
}

/// What a new programme is made from.
public struct ProgramDraft: Hashable, Sendable {
  /// The partner that runs it.
  public var partner: PartnerID
  /// What people call it.
  public var name: String
  /// The card numbers that belong to it.
  public var binRange: BINRange
  /// The currency of its balances.
  public var currency: Currency
  /// Who backs its payments.
  public var funding: Funding
  /// Where the partner's system listens.
  public var remoteURL: String?
  /// What a short deposit is answered with: 1016 or 1000.
  public var insufficientDepositCode: ActionCode
  /// How well a user must be known before a balance is opened.
  public var requiredKYCLevel: KYCLevel
  /// What it allows beyond plain purchases.
  public var terms: ProgramTerms

  /// A draft from its parts.
  public init(
    partner: PartnerID,
    name: String,
    binRange: BINRange,
    currency: Currency,
    funding: Funding,
    remoteURL: String? = nil,
    insufficientDepositCode: ActionCode = .notEnoughMoney,
    requiredKYCLevel: KYCLevel = .strong,
    terms: ProgramTerms = ProgramTerms()
  ) {
    self.partner = partner
    self.name = name
    self.binRange = binRange
    self.currency = currency
    self.funding = funding
    self.remoteURL = remoteURL
    self.insufficientDepositCode = insufficientDepositCode
    self.requiredKYCLevel = requiredKYCLevel
    self.terms = terms
  }
}

/// A user, as a caller may name one: with a partner given, users of other partners do not exist.
public struct CustomerAddress: Hashable, Sendable {
  /// The partner that the caller acts for; `nil` for an operator, who sees all.
  public var partner: PartnerID?
  /// The user.
  public var customer: UserID

  /// An address from its parts.
  public init(partner: PartnerID?, customer: UserID) {
    self.partner = partner
    self.customer = customer
  }
}

/// A user's balance, as a caller may name one.
public struct BalanceAddress: Hashable, Sendable {
  /// The user; `nil` for an operator who names the balance alone.
  public var owner: CustomerAddress?
  /// The balance.
  public var balance: BalanceID

  /// An address from its parts.
  public init(owner: CustomerAddress?, balance: BalanceID) {
    self.owner = owner
    self.balance = balance
  }
}

/// A card, as a caller may name one.
public struct CardAddress: Hashable, Sendable {
  /// The user; `nil` for an operator who names the card alone.
  public var owner: CustomerAddress?
  /// The card.
  public var card: CardID

  /// An address from its parts.
  public init(owner: CustomerAddress?, card: CardID) {
    self.owner = owner
    self.card = card
  }
}

/// One line of a bulk import, checked for form; references are names of earlier lines.
public enum ImportLine: Hashable, Sendable {
  /// A partner.
  case partner(reference: String, name: String)
  /// A programme; `partner` in the draft is filled in from the reference.
  case program(reference: String, partner: String, ProgramDraft)
  /// A partner's balance, opened and reloaded once.
  case partnerBalance(
    partner: String,
    ManagementCommand.PartnerBalanceKind,
    Currency,
    reload: Amount?
  )
  /// A user, with an accepted identity check when a level is given.
  case customer(reference: String, partner: String, CustomerProfile, KYCLevel)
  /// A user's balance, opened and topped up once.
  case balance(
    reference: String,
    customer: String,
    program: String,
    Currency,
    reload: Amount?
  )
  /// A card with its own number.
  case card(reference: String, balance: String, CardMaterial)
}

/// A card number that the vault has already taken in, with what the card is.
public struct CardMaterial: Hashable, Sendable {
  /// The number's token.
  public var token: PANToken
  /// The sealed number.
  public var sealedNumber: SealedNumber
  /// What of the number may be known.
  public var number: CardNumberFacts
  /// The month to whose end the card is valid.
  public var expiry: CardExpiry
  /// Virtual or physical.
  public var type: CardType
  /// Active, or inactive until activation.
  public var status: CardStatus

  /// Material from its parts.
  public init(
    token: PANToken,
    sealedNumber: SealedNumber,
    number: CardNumberFacts,
    expiry: CardExpiry,
    type: CardType,
    status: CardStatus
  ) {
    self.token = token
    self.sealedNumber = sealedNumber
    self.number = number
    self.expiry = expiry
    self.type = type
    self.status = status
  }
}

/// What became of one line of a bulk import.
public struct ImportResult: Hashable, Sendable {
  /// How the line ended.
  public enum Status: Hashable, Sendable {
    /// The object is new.
    case created
    /// The same line was applied before.
    case unchanged
    /// Nothing changed.
    case refused(CommandRefusal)
  }

  /// How the line ended.
  public var status: Status
  /// The object's text identifier; `nil` when refused.
  public var id: String?
}

/// What a command answered: the objects as they were right after it, so that a remembered request is
/// answered again in the same words.
public enum CommandOutcome: Sendable {
  /// A partner.
  case partner(PartnerRecord)
  /// A programme.
  case program(ProgramRecord)
  /// A user.
  case customer(CustomerRecord)
  /// A partner's or a user's balance.
  case account(AccountID, AccountRecord)
  /// A card.
  case card(CardRecord, CardDetailRecord)
  /// A payment as it stands.
  case authorization(AuthorizationRecord)
  /// A merchant group.
  case merchantGroup(MerchantGroup)
  /// A rate.
  case exchangeRate(ExchangeRate)
  /// It is gone.
  case removed
  /// How many holds ended; never remembered.
  case expired(Int)
  /// What would have happened; never remembered.
  case tried(DryRun)
  /// The results of import lines, in their order; never remembered.
  case imported([ImportResult])
  /// Nothing changed.
  case refused(CommandRefusal)
}

extension CommandOutcome: VariableRecord {
  init(_ reader: inout RecordReader) throws(LedgerError) {
    switch try reader.integer(UInt8.self) {
    case 1: self = .partner(try PartnerRecord(&reader))
    case 2: self = .program(try ProgramRecord(&reader))
    case 3: self = .customer(try CustomerRecord(&reader))
    case 4:
      let account = AccountID(word: try reader.integer())
      self = .account(account, try reader.fixed())
    case 5: self = .card(try reader.fixed(), try reader.fixed())
    case 6: self = .refused(try reader.enumeration(CommandRefusal.self))
    case 7: self = .authorization(try reader.fixed())
    case 8: self = .merchantGroup(try MerchantGroup(&reader))
    case 9: self = .exchangeRate(try ExchangeRate(&reader))
    case 10: self = .removed
    default: throw .damaged("a remembered outcome is of unknown kind")
    }
  }

  func write(to writer: inout RecordWriter) {
    switch self {
    case .partner(let record):
      writer.integer(UInt8(1))
      record.write(to: &writer)
    case .program(let record):
      writer.integer(UInt8(2))
      record.write(to: &writer)
    case .customer(let record):
      writer.integer(UInt8(3))
      record.write(to: &writer)
    case .account(let account, let record):
      writer.integer(UInt8(4))
      writer.integer(account.word)
      writer.fixed(record)
    case .card(let card, let detail):
      writer.integer(UInt8(5))
      writer.fixed(card)
      writer.fixed(detail)
    case .refused(let refusal):
      writer.integer(UInt8(6))
      writer.integer(refusal.rawValue)
    case .authorization(let record):
      writer.integer(UInt8(7))
      writer.fixed(record)
    case .merchantGroup(let group):
      writer.integer(UInt8(8))
      group.write(to: &writer)
    case .exchangeRate(let rate):
      writer.integer(UInt8(9))
      rate.write(to: &writer)
    case .removed:
      writer.integer(UInt8(10))
    case .imported, .expired, .tried:
      preconditionFailure("results of imports, sweeps and trials are not remembered")
    }
  }
}

/// What a message would have come to.
public struct DryRun: Sendable {
  /// DE 39 of the answer.
  public var actionCode: ActionCode
  /// Why it would be refused.
  public var reason: DeclineReason?
  /// The payment that it would begin or, when it is about an earlier one, that one as it stands.
  public var authorization: AuthorizationRecord?
  /// The entry that it would make.
  public var entry: PaymentEntry?
  /// The user's balance before it; `nil` when no card has the number.
  public var balance: AccountRecord?
  /// The deposit before it; `nil` where none backs the payment.
  public var deposit: AccountRecord?
}

/// The identity of a management request that may be sent twice (row A-084).
public struct RequestIdentity: Hashable, Sendable {
  /// Scope and `X-Idempotency-Key`, digested.
  public var key: RequestKey
  /// Method, path and body, digested.
  public var content: UInt64

  /// An identity from its parts.
  public init(key: RequestKey, content: UInt64) {
    self.key = key
    self.content = content
  }
}
