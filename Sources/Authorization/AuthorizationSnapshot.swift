/// The state that a decision depends on, as it is at the instant of the decision.
public struct AuthorizationSnapshot: Sendable {
  /// Whether the number lies in some programme's BIN range.
  public var isInBINRange: Bool
  /// The card, its balance and terms; `nil` when no card has the number.
  public var card: CardSnapshot?
  /// What a request with details costs in the balance's currency; `nil` when it cannot be told.
  ///
  /// A request without details costs its amount.
  public var charge: Charge?
  /// The most that one authorization may come to at the merchant, in the balance's currency; `nil` for
  /// any sum.
  public var mostAmount: Money?

  /// A snapshot from its parts.
  @inlinable
  public init(
    isInBINRange: Bool,
    card: CardSnapshot?,
    charge: Charge? = nil,
    mostAmount: Money? = nil
  ) {
    self.isInBINRange = isInBINRange
    self.card = card
    self.charge = charge
    self.mostAmount = mostAmount
  }
}

/// A card with everything that its authorization draws on.
public struct CardSnapshot: Sendable {
  /// Where the card stands in its life.
  public var status: CardStatus
  /// The lock, if there is one.
  public var lock: LockCode?
  /// The month to whose end the card is valid.
  public var expiry: CardExpiry
  /// The user's balance.
  public var balance: FundsSnapshot
  /// The partner's deposit; `nil` in a credit programme, where the user's funds alone decide.
  public var deposit: FundsSnapshot?
  /// What the programme allows.
  public var terms: ProgramTerms

  /// A snapshot from its parts.
  @inlinable
  public init(
    status: CardStatus,
    lock: LockCode?,
    expiry: CardExpiry,
    balance: FundsSnapshot,
    deposit: FundsSnapshot?,
    terms: ProgramTerms = ProgramTerms()
  ) {
    self.status = status
    self.lock = lock
    self.expiry = expiry
    self.balance = balance
    self.deposit = deposit
    self.terms = terms
  }
}

/// What a programme allows beyond plain purchases (rows ).
public struct ProgramTerms: Hashable, Sendable {
  /// Whether a terminal that takes less is given less when there is no more.
  public var acceptsPartialApproval: Bool
  /// The most cash back with one purchase, in minor units; zero for none, `nil` for any.
  public var cashBackLimit: Money?
  /// Whether merchants may charge for taking the card.
  public var permitsSurcharge: Bool

  /// Terms from their parts.
  @inlinable
  public init(
    acceptsPartialApproval: Bool = true,
    cashBackLimit: Money? = nil,
    permitsSurcharge: Bool = true
  ) {
    self.acceptsPartialApproval = acceptsPartialApproval
    self.cashBackLimit = cashBackLimit
    self.permitsSurcharge = permitsSurcharge
  }
}

/// One account's money: `available = ledger − held`.
public struct FundsSnapshot: Sendable {
  /// The account's currency.
  public var currency: Currency
  /// Whether the account takes debits.
  public var state: BalanceState
  /// What is booked.
  public var ledger: Money
  /// What is held and not yet booked.
  public var held: Money

  /// A snapshot from its parts.
  @inlinable
  public init(currency: Currency, state: BalanceState, ledger: Money, held: Money) {
    self.currency = currency
    self.state = state
    self.ledger = ledger
    self.held = held
  }

  /// What can still be held or debited.
  @inlinable
  public var available: Money { ledger - held }
}

/// Where a card stands in its life; a lock is kept apart from it.
public enum CardStatus: UInt8, Sendable {
  /// Ordered, not activated yet.
  case inactive = 1
  /// In use.
  case active = 2
  /// Gone for good.
  case removed = 3
}

/// Whether a balance takes debits.
public enum BalanceState: UInt8, Sendable {
  /// Debits and credits.
  case active = 1
  /// Credits only.
  case blocked = 2
  /// Neither.
  case closed = 3

  /// The state's name in the management interface.
  public var name: String {
    switch self {
    case .active: "ACTIVE"
    case .blocked: "BLOCKED"
    case .closed: "CLOSED"
    }
  }
}
