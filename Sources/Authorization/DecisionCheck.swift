/// One check of a decision, in the order in which `visitFailures` makes them.
///
/// The one table of names and order: traces, the interface and `Specs/Decisions.md` take them from
/// here, and a test holds it against the ladder itself.
public enum DecisionCheck: UInt8, CaseIterable, Sendable {
  /// What the message says of an earlier one, or an advice of its end elsewhere, allows it.
  case lifeCycle
  /// Processing and function code ask for something that is offered.
  case functionOffered
  /// The number has a right length and check digit, and belongs to a programme.
  case numberValid
  /// A card has the number.
  case cardKnown
  /// The card was not removed.
  case cardNotRemoved
  /// The card was activated.
  case cardActivated
  /// The card is under no lock.
  case cardUnlocked
  /// The card's month has not passed.
  case cardNotExpired
  /// DE 14, where sent, is the card's month.
  case expiryMatches
  /// The balance is not closed.
  case balanceOpen
  /// The balance is not blocked.
  case balanceNotBlocked
  /// The amount is in the balance's currency, or can be converted.
  case currencyAccepted
  /// The amount is above zero.
  case amountAboveZero
  /// The programme allows cash with a purchase, where there is any.
  case cashBackAllowed
  /// The cash is within the programme's limit and the amount.
  case cashBackWithinLimit
  /// The programme allows surcharges, where there is one.
  case surchargePermitted
  /// One authorization may come to the amount at such a merchant.
  case amountWithinLimit
  /// The partner's deposit backs the amount (deposit programmes only).
  case depositCovers
  /// The user's available funds cover the amount.
  case userFundsCover

  /// The check's name in the management interface.
  public var name: String {
    switch self {
    case .lifeCycle: "LIFE_CYCLE"
    case .functionOffered: "FUNCTION_OFFERED"
    case .numberValid: "NUMBER_VALID"
    case .cardKnown: "CARD_KNOWN"
    case .cardNotRemoved: "CARD_NOT_REMOVED"
    case .cardActivated: "CARD_ACTIVATED"
    case .cardUnlocked: "CARD_UNLOCKED"
    case .cardNotExpired: "CARD_NOT_EXPIRED"
    case .expiryMatches: "EXPIRY_MATCHES"
    case .balanceOpen: "BALANCE_OPEN"
    case .balanceNotBlocked: "BALANCE_NOT_BLOCKED"
    case .currencyAccepted: "CURRENCY_ACCEPTED"
    case .amountAboveZero: "AMOUNT_ABOVE_ZERO"
    case .cashBackAllowed: "CASH_BACK_ALLOWED"
    case .cashBackWithinLimit: "CASH_BACK_WITHIN_LIMIT"
    case .surchargePermitted: "SURCHARGE_PERMITTED"
    case .amountWithinLimit: "AMOUNT_WITHIN_LIMIT"
    case .depositCovers: "DEPOSIT_COVERS"
    case .userFundsCover: "USER_FUNDS_COVER"
    }
  }

  /// The check that gives a reason; each reason is given by one.
  public init(giving reason: DeclineReason) {
    switch reason {
    case .functionNotSupported: self = .functionOffered
    case .panInvalid: self = .numberValid
    case .cardUnknown: self = .cardKnown
    case .cardRemoved: self = .cardNotRemoved
    case .cardNotActivated: self = .cardActivated
    case .cardLost, .cardStolen, .cardLockedPendingQuery, .cardLockedConsolidation, .cardInactive,
      .cardLockedPIN, .cardLockedFraud, .cardReplaced:
      self = .cardUnlocked
    case .cardExpired: self = .cardNotExpired
    case .expiryMismatch: self = .expiryMatches
    case .balanceClosed: self = .balanceOpen
    case .balanceBlocked: self = .balanceNotBlocked
    case .currencyNotAccepted: self = .currencyAccepted
    case .amountInvalid: self = .amountAboveZero
    case .cashBackNotAllowed: self = .cashBackAllowed
    case .cashBackTooHigh: self = .cashBackWithinLimit
    case .surchargeNotPermitted: self = .surchargePermitted
    case .velocityAmount: self = .amountWithinLimit
    case .insufficientDeposit: self = .depositCovers
    case .insufficientUserFunds: self = .userFundsCover
    case .originalNotFound, .lifeCycleNotAcceptable, .lifeCycleExpired, .originalDeclined,
      .exceedsAuthorizedAmount, .reversedBeforeArrival, .declinedElsewhere, .reversalAmountMismatch:
      self = .lifeCycle
    }
  }

  /// The reasons that it gives, most have one.
  public var reasons: [DeclineReason] {
    DeclineReason.allCases.filter { DecisionCheck(giving: $0) == self }
  }

  /// Whether nothing behind it can be looked at when it fails: there is no card, or no sum.
  var endsLadder: Bool {
    switch self {
    case .numberValid, .cardKnown, .currencyAccepted: true
    default: false
    }
  }
}
