/// Why a management command was refused: nothing changed.
///
/// The numbers are stored with remembered requests and never reused.
public enum CommandRefusal: UInt8, Error, CaseIterable, Sendable {
  /// No such partner.
  case partnerNotFound = 1
  /// The partner has no such programme.
  case programNotFound = 2
  /// The partner has no such user.
  case userNotFound = 3
  /// The user has no such balance.
  case balanceNotFound = 4
  /// The user has no such card.
  case cardNotFound = 5
  /// The partner has no such balance in this currency; open it before it is reloaded or charged.
  case partnerBalanceNotFound = 6
  /// Another programme already has card numbers of this range.
  case binRangeOverlap = 7
  /// The partner already has this kind of balance in this currency.
  case partnerBalanceExists = 8
  /// The partner already has a user with this external id, telephone number or e-mail address.
  case userExists = 9
  /// The user's identity check is not accepted at the level that the programme requires.
  case kycRequired = 10
  /// The programme does not offer this currency.
  case currencyNotSupported = 11
  /// The amount is in another currency than the balance.
  case currencyMismatch = 12
  /// The amount must be above zero and have at most twelve digits.
  case amountInvalid = 13
  /// The partner's credit balance does not cover the amount; reload it first.
  case insufficientPartnerFunds = 14
  /// The balance would rise above its limit.
  case balanceLimitExceeded = 15
  /// The balance is closed.
  case balanceClosed = 16
  /// A balance is closed only when nothing is booked or held on it.
  case balanceNotEmpty = 17
  /// A reload with this bank reference was booked before.
  case bankReferenceUsed = 18
  /// A card under this lock code can never be unlocked; replace the card.
  case lockIrreversible = 19
  /// The card is under an irreversible lock; another lock cannot take its place.
  case lockWeaker = 20
  /// The card is not locked.
  case cardNotLocked = 21
  /// The card is already active.
  case cardAlreadyActive = 22
  /// The card is locked as inactive and can never be activated.
  case cardInactiveForEver = 23
  /// A card with this number exists already.
  case cardExists = 24
  /// The card number is outside the programme's BIN range.
  case panOutOfRange = 25
  /// The card number needs 14 to 19 digits and a right check digit.
  case panInvalid = 26
  /// The idempotency key was used for another request; use a new key for a new request.
  case idempotencyConflict = 27
  /// The line refers to an object that no line has named.
  case referenceUnknown = 28
  /// The reference already names an object with other content.
  case referenceConflict = 29
  /// The card was removed and cannot be used again.
  case cardRemoved = 30
  /// No such authorization.
  case authorizationNotFound = 31
  /// Nothing is held for the authorization, so nothing can be released.
  case nothingHeld = 32
  /// No such merchant group.
  case merchantGroupNotFound = 33
  /// Another merchant group already has one of these categories.
  case merchantCategoryTaken = 34
  /// No such exchange rate.
  case exchangeRateNotFound = 35
  /// There are as many as there may be.
  case tooMany = 36
  /// There is a merchant group of this name.
  case merchantGroupExists = 37

  /// The code in the error object.
  public var code: String {
    switch self {
    case .partnerNotFound: "PARTNER_NOT_FOUND"
    case .programNotFound: "PROGRAM_NOT_FOUND"
    case .userNotFound: "USER_NOT_FOUND"
    case .balanceNotFound: "BALANCE_NOT_FOUND"
    case .cardNotFound: "CARD_NOT_FOUND"
    case .partnerBalanceNotFound: "PARTNER_BALANCE_NOT_FOUND"
    case .binRangeOverlap: "BIN_RANGE_OVERLAP"
    case .partnerBalanceExists: "PARTNER_BALANCE_EXISTS"
    case .userExists: "USER_EXISTS"
    case .kycRequired: "KYC_REQUIRED"
    case .currencyNotSupported: "CURRENCY_NOT_SUPPORTED"
    case .currencyMismatch: "CURRENCY_MISMATCH"
    case .amountInvalid: "AMOUNT_INVALID"
    case .insufficientPartnerFunds: "INSUFFICIENT_PARTNER_FUNDS"
    case .balanceLimitExceeded: "BALANCE_LIMIT_EXCEEDED"
    case .balanceClosed: "BALANCE_CLOSED"
    case .balanceNotEmpty: "BALANCE_NOT_EMPTY"
    case .bankReferenceUsed: "BANK_REFERENCE_USED"
    case .lockIrreversible: "LOCK_IRREVERSIBLE"
    case .lockWeaker: "LOCK_WEAKER"
    case .cardNotLocked: "CARD_NOT_LOCKED"
    case .cardAlreadyActive: "CARD_ALREADY_ACTIVE"
    case .cardInactiveForEver: "CARD_INACTIVE"
    case .cardExists: "CARD_EXISTS"
    case .panOutOfRange: "PAN_OUT_OF_RANGE"
    case .panInvalid: "PAN_INVALID"
    case .idempotencyConflict: "IDEMPOTENCY_CONFLICT"
    case .referenceUnknown: "REFERENCE_UNKNOWN"
    case .referenceConflict: "REFERENCE_CONFLICT"
    case .cardRemoved: "CARD_REMOVED"
    case .authorizationNotFound: "AUTHORIZATION_NOT_FOUND"
    case .nothingHeld: "NOTHING_HELD"
    case .merchantGroupNotFound: "MCC_GROUP_NOT_FOUND"
    case .merchantCategoryTaken: "MCC_TAKEN"
    case .exchangeRateNotFound: "FX_RATE_NOT_FOUND"
    case .tooMany: "LIMIT_REACHED"
    case .merchantGroupExists: "MCC_GROUP_EXISTS"
    }
  }

  /// What is wrong and what to do about it.
  public var message: String {
    switch self {
    case .partnerNotFound: "No such partner."
    case .programNotFound: "The partner has no such programme."
    case .userNotFound: "The partner has no such user."
    case .balanceNotFound: "The user has no such balance."
    case .cardNotFound: "The user has no such card."
    case .partnerBalanceNotFound:
      "The partner has no such balance in this currency; open it before it is reloaded or charged."
    case .binRangeOverlap: "Another programme already has card numbers of this range."
    case .partnerBalanceExists: "The partner already has this kind of balance in this currency."
    case .userExists:
      "The partner already has a user with this external id, telephone number or e-mail address."
    case .kycRequired:
      "The user's identity check is not accepted at the level that the programme requires."
    case .currencyNotSupported: "The programme does not offer this currency."
    case .currencyMismatch: "The amount is in another currency than the balance."
    case .amountInvalid: "The amount must be above zero and have at most twelve digits."
    case .insufficientPartnerFunds:
      "The partner's credit balance does not cover the amount; reload it first."
    case .balanceLimitExceeded: "The balance would rise above its limit."
    case .balanceClosed: "The balance is closed."
    case .balanceNotEmpty: "A balance is closed only when nothing is booked or held on it."
    case .bankReferenceUsed: "A reload with this bank reference was booked before."
    case .lockIrreversible: "A card under this lock code can never be unlocked; replace the card."
    case .lockWeaker: "The card is under an irreversible lock; another lock cannot take its place."
    case .cardNotLocked: "The card is not locked."
    case .cardAlreadyActive: "The card is already active."
    case .cardInactiveForEver: "The card is locked as inactive and can never be activated."
    case .cardExists: "A card with this number exists already."
    case .panOutOfRange: "The card number is outside the programme's BIN range."
    case .panInvalid: "The card number needs 14 to 19 digits and a right check digit."
    case .idempotencyConflict:
      "The idempotency key was used for another request; use a new key for a new request."
    case .referenceUnknown: "The line refers to an object that no line has named."
    case .referenceConflict: "The reference already names an object with other content."
    case .cardRemoved: "The card was removed and cannot be used again."
    case .authorizationNotFound: "No such authorization."
    case .nothingHeld:
      "Nothing is held for the authorization; it was cleared, reversed, expired or declined."
    case .merchantGroupNotFound: "No such merchant group."
    case .merchantCategoryTaken:
      "Another merchant group has one of these categories; take it away there first."
    case .exchangeRateNotFound: "No rate between these currencies."
    case .tooMany: "There are as many as there may be; remove one first."
    case .merchantGroupExists:
      "There is a merchant group of this name; change that one, or use another name."
    }
  }
}
