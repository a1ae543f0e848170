/// Why an authorization was refused, in the order in which `decide` looks.
///
/// The order of the cases is the precedence: a card that fails several checks reports the first. The
/// guard ladder in `decide`, `Specs/Decisions.md` and the rule table of the tests keep the same order.
/// Wire codes are not unique (1011, 1016 and 1018 each mean several things), so every decision keeps
/// its reason beside its code.
public enum DeclineReason: UInt8, CaseIterable, Sendable {
  /// The processing or function code asks for something that is not offered.
  case functionNotSupported = 1
  /// The number has a wrong length or check digit, or belongs to no programme.
  case panInvalid = 2
  /// The number is well formed and in a programme's BIN range, but no card has it.
  case cardUnknown = 3
  /// The card was removed for good.
  case cardRemoved = 4
  /// The card has not been activated yet.
  case cardNotActivated = 5
  /// Lock code 1.
  case cardLost = 6
  /// Lock code 2.
  case cardStolen = 7
  /// Lock code 3.
  case cardLockedPendingQuery = 8
  /// Lock code 4.
  case cardLockedConsolidation = 9
  /// Lock code 5.
  case cardInactive = 10
  /// Lock code 6.
  case cardLockedPIN = 11
  /// Lock code 7.
  case cardLockedFraud = 12
  /// Lock code 8.
  case cardReplaced = 13
  /// The card's month has passed.
  case cardExpired = 14
  /// DE 14 is not the card's month.
  case expiryMismatch = 15
  /// The balance is closed.
  case balanceClosed = 16
  /// The balance is blocked.
  case balanceBlocked = 17
  /// The amount is in another currency than the balance.
  case currencyNotAccepted = 18
  /// The amount is zero.
  case amountInvalid = 19
  /// The programme allows no cash with a purchase.
  case cashBackNotAllowed = 22
  /// The cash part is above the programme's limit, or above the amount.
  case cashBackTooHigh = 23
  /// The programme allows no surcharge.
  case surchargeNotPermitted = 24
  /// The amount is above what one authorization may come to at such a merchant.
  case velocityAmount = 33
  /// The partner's deposit cannot back the amount (deposit programmes only).
  case insufficientDeposit = 20
  /// The user's available funds are below the amount.
  case insufficientUserFunds = 21

  // Reasons that concern another message than this one; they are found before any check is made.

  /// No earlier message is the one that this message is about.
  case originalNotFound = 25
  /// The payment has ended: reversed or cleared.
  case lifeCycleNotAcceptable = 26
  /// The hold of the payment has run out.
  case lifeCycleExpired = 27
  /// The earlier message was refused.
  case originalDeclined = 28
  /// A requested clearing is above the hold and the merchant's tolerance.
  case exceedsAuthorizedAmount = 29
  /// The reversal of this message came before it.
  case reversedBeforeArrival = 30
  /// An advice says that the payment was refused elsewhere.
  case declinedElsewhere = 31
  /// The amounts of a partial reversal do not fit what is held.
  case reversalAmountMismatch = 32

  /// The reason's name in the management interface.
  public var name: String {
    switch self {
    case .functionNotSupported: "FUNCTION_NOT_SUPPORTED"
    case .panInvalid: "PAN_INVALID"
    case .cardUnknown: "CARD_UNKNOWN"
    case .cardRemoved: "CARD_REMOVED"
    case .cardNotActivated: "CARD_NOT_ACTIVATED"
    case .cardLost: "CARD_LOST"
    case .cardStolen: "CARD_STOLEN"
    case .cardLockedPendingQuery: "CARD_LOCKED_PENDING_QUERY"
    case .cardLockedConsolidation: "CARD_LOCKED_CONSOLIDATION"
    case .cardInactive: "CARD_INACTIVE"
    case .cardLockedPIN: "CARD_LOCKED_PIN"
    case .cardLockedFraud: "CARD_LOCKED_FRAUD"
    case .cardReplaced: "CARD_REPLACED"
    case .cardExpired: "CARD_EXPIRED"
    case .expiryMismatch: "CARD_EXPIRY_MISMATCH"
    case .balanceClosed: "BALANCE_CLOSED"
    case .balanceBlocked: "BALANCE_BLOCKED"
    case .currencyNotAccepted: "CURRENCY_NOT_ACCEPTED"
    case .amountInvalid: "AMOUNT_INVALID"
    case .cashBackNotAllowed: "CASH_BACK_NOT_ALLOWED"
    case .cashBackTooHigh: "CASH_BACK_TOO_HIGH"
    case .surchargeNotPermitted: "SURCHARGE_NOT_PERMITTED"
    case .velocityAmount: "VELOCITY_AMOUNT"
    case .originalNotFound: "ORIGINAL_NOT_FOUND"
    case .lifeCycleNotAcceptable: "LIFE_CYCLE_NOT_ACCEPTABLE"
    case .lifeCycleExpired: "LIFE_CYCLE_EXPIRED"
    case .originalDeclined: "ORIGINAL_DECLINED"
    case .exceedsAuthorizedAmount: "EXCEEDS_AUTHORIZED_AMOUNT"
    case .reversedBeforeArrival: "REVERSED_BEFORE_ARRIVAL"
    case .declinedElsewhere: "DECLINED_ELSEWHERE"
    case .reversalAmountMismatch: "REVERSAL_AMOUNT_MISMATCH"
    case .insufficientDeposit: "INSUFFICIENT_DEPOSIT"
    case .insufficientUserFunds: "INSUFFICIENT_USER_FUNDS"
    }
  }

  /// The action code on the wire.
  ///
  /// A programme may answer a short deposit with 1000, so that its cardholders do not read "not
  /// enough money" about money that is not theirs.
  @inlinable
  public func actionCode(insufficientDeposit: ActionCode) -> ActionCode {
    switch self {
    case .functionNotSupported: .functionNotSupported
    case .panInvalid: .invalidCardNumber
    case .cardUnknown: .noCardRecord
    case .cardRemoved: .noCardRecord
    case .cardNotActivated: .cardNotEffective
    case .cardLost: .lostCard
    case .cardStolen: .stolenCard
    case .cardLockedPendingQuery: .doNotHonour
    case .cardLockedConsolidation: .notEnoughMoney
    case .cardInactive: .noCardRecord
    case .cardLockedPIN: .pinTriesExceeded
    case .cardLockedFraud: .suspectedFraud
    case .cardReplaced: .invalidCardNumber
    case .cardExpired, .expiryMismatch: .expiredCard
    case .balanceClosed: .accountClosed
    case .balanceBlocked: .restrictedCard
    case .currencyNotAccepted: .currencyNotAccepted
    case .amountInvalid: .invalidAmount
    case .cashBackNotAllowed: .cashBackNotAllowed
    case .cashBackTooHigh: .cashBackTooHigh
    case .surchargeNotPermitted: .surchargeNotPermitted
    case .velocityAmount: .exceedsAmountLimit
    case .originalNotFound: .originalNotFound
    case .lifeCycleNotAcceptable: .lifeCycleNotAcceptable
    case .lifeCycleExpired: .lifeCycleExpired
    case .originalDeclined: .originalDeclined
    case .exceedsAuthorizedAmount: .exceedsPreauthorizedAmount
    case .reversedBeforeArrival, .declinedElsewhere: .doNotHonour
    case .reversalAmountMismatch: .messageError
    case .insufficientDeposit: insufficientDeposit
    case .insufficientUserFunds: .notEnoughMoney
    }
  }

  /// The reason that a lock gives.
  @inlinable
  public init(lock: LockCode) {
    self =
      switch lock {
      case .lost: .cardLost
      case .stolen: .cardStolen
      case .pendingQuery: .cardLockedPendingQuery
      case .consolidation: .cardLockedConsolidation
      case .inactive: .cardInactive
      case .pinTriesExceeded: .cardLockedPIN
      case .suspectedFraud: .cardLockedFraud
      case .replaced: .cardReplaced
      }
  }
}
