/// What DE 39 says: four digits, whose first is the family of the message (dialect, section 5).
public struct ActionCode: Hashable, Sendable {
  /// The code as a number, `0...9999`.
  public let number: UInt16

  /// A code from its number; traps outside `0...9999`.
  @inlinable
  public init(_ number: UInt16) {
    precondition(number <= 9999, "an action code has four digits")
    self.number = number
  }

  /// The four digits.
  public var text: String {
    let digits = String(number)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }

  /// Whether the code approves, in full or in part.
  @inlinable
  public var isApproval: Bool { number < 1000 }
}

extension ActionCode: CustomStringConvertible {
  /// The four digits.
  public var description: String { text }
}

extension ActionCode {
  /// Approved in full.
  public static var approved: ActionCode {
    @inlinable get { ActionCode(0) }
  }
  /// Approved for a part of what was asked.
  public static var approvedInPart: ActionCode {
    @inlinable get { ActionCode(2) }
  }
  /// No reason to decline: the card could be used.
  public static var noReasonToDecline: ActionCode {
    @inlinable get { ActionCode(85) }
  }
  /// General refusal.
  public static var doNotHonour: ActionCode {
    @inlinable get { ActionCode(1000) }
  }
  /// Expired card.
  public static var expiredCard: ActionCode {
    @inlinable get { ActionCode(1001) }
  }
  /// Suspected fraud.
  public static var suspectedFraud: ActionCode {
    @inlinable get { ActionCode(1002) }
  }
  /// Restricted card.
  public static var restrictedCard: ActionCode {
    @inlinable get { ActionCode(1004) }
  }
  /// PIN tries exceeded.
  public static var pinTriesExceeded: ActionCode {
    @inlinable get { ActionCode(1006) }
  }
  /// Invalid amount.
  public static var invalidAmount: ActionCode {
    @inlinable get { ActionCode(1010) }
  }
  /// Invalid card number.
  public static var invalidCardNumber: ActionCode {
    @inlinable get { ActionCode(1011) }
  }
  /// Processing or function code not offered.
  public static var functionNotSupported: ActionCode {
    @inlinable get { ActionCode(1015) }
  }
  /// Not enough money.
  public static var notEnoughMoney: ActionCode {
    @inlinable get { ActionCode(1016) }
  }
  /// No card record.
  public static var noCardRecord: ActionCode {
    @inlinable get { ActionCode(1018) }
  }
  /// Exceeds the amount limit.
  public static var exceedsAmountLimit: ActionCode {
    @inlinable get { ActionCode(1021) }
  }
  /// Card not effective.
  public static var cardNotEffective: ActionCode {
    @inlinable get { ActionCode(1025) }
  }
  /// Currency not accepted.
  public static var currencyNotAccepted: ActionCode {
    @inlinable get { ActionCode(1030) }
  }
  /// Life cycle not acceptable: the payment has ended.
  public static var lifeCycleNotAcceptable: ActionCode {
    @inlinable get { ActionCode(1033) }
  }
  /// Life cycle expired: the hold has run out.
  public static var lifeCycleExpired: ActionCode {
    @inlinable get { ActionCode(1034) }
  }
  /// Account closed.
  public static var accountClosed: ActionCode {
    @inlinable get { ActionCode(1035) }
  }
  /// Cash back not allowed.
  public static var cashBackNotAllowed: ActionCode {
    @inlinable get { ActionCode(1062) }
  }
  /// Cash back too high.
  public static var cashBackTooHigh: ActionCode {
    @inlinable get { ActionCode(1063) }
  }
  /// Surcharge not permitted.
  public static var surchargeNotPermitted: ActionCode {
    @inlinable get { ActionCode(1072) }
  }
  /// Exceeds the pre-authorized amount.
  public static var exceedsPreauthorizedAmount: ActionCode {
    @inlinable get { ActionCode(1074) }
  }
  /// The original was declined.
  public static var originalDeclined: ActionCode {
    @inlinable get { ActionCode(1082) }
  }
  /// Reversed by another message before (private to CMF).
  public static var previouslyReversed: ActionCode {
    @inlinable get { ActionCode(1824) }
  }
  /// Lost card, keep it.
  public static var lostCard: ActionCode {
    @inlinable get { ActionCode(2008) }
  }
  /// Stolen card, keep it.
  public static var stolenCard: ActionCode {
    @inlinable get { ActionCode(2009) }
  }
  /// File action done.
  public static var fileActionDone: ActionCode {
    @inlinable get { ActionCode(3000) }
  }
  /// File action not supported.
  public static var fileActionNotSupported: ActionCode {
    @inlinable get { ActionCode(3001) }
  }
  /// File action: record not found.
  public static var fileRecordNotFound: ActionCode {
    @inlinable get { ActionCode(3002) }
  }
  /// File action: the old record was replaced.
  public static var fileRecordReplaced: ActionCode {
    @inlinable get { ActionCode(3003) }
  }
  /// File action: a field is wrong.
  public static var fileFieldError: ActionCode {
    @inlinable get { ActionCode(3004) }
  }
  /// File action not successful.
  public static var fileActionFailed: ActionCode {
    @inlinable get { ActionCode(3006) }
  }
  /// File action: format error.
  public static var fileFormatError: ActionCode {
    @inlinable get { ActionCode(3007) }
  }
  /// File action: same request with other content.
  public static var fileActionDuplicate: ActionCode {
    @inlinable get { ActionCode(3008) }
  }
  /// File action: unknown file.
  public static var unknownFile: ActionCode {
    @inlinable get { ActionCode(3009) }
  }
  /// File action: invalid card number.
  public static var fileInvalidCardNumber: ActionCode {
    @inlinable get { ActionCode(3010) }
  }
  /// Reversal accepted.
  public static var reversalAccepted: ActionCode {
    @inlinable get { ActionCode(4000) }
  }
  /// Reconciliation totals not available.
  public static var noReconciliationTotals: ActionCode {
    @inlinable get { ActionCode(5003) }
  }
  /// Administrative message accepted.
  public static var administrativeAccepted: ActionCode {
    @inlinable get { ActionCode(6000) }
  }
  /// Network management accepted.
  public static var networkManagementAccepted: ActionCode {
    @inlinable get { ActionCode(8000) }
  }
  /// Advice acknowledged, nothing booked.
  public static var adviceAcknowledged: ActionCode {
    @inlinable get { ActionCode(9000) }
  }
  /// Advice accepted and booked.
  public static var adviceAccepted: ActionCode {
    @inlinable get { ActionCode(9001) }
  }
  /// Format error; DE 18 names the elements.
  public static var messageError: ActionCode {
    @inlinable get { ActionCode(9100) }
  }
  /// Known message type, but not offered.
  public static var invalidTransaction: ActionCode {
    @inlinable get { ActionCode(9102) }
  }
  /// Issuer or switch inoperative.
  public static var issuerInoperative: ActionCode {
    @inlinable get { ActionCode(9107) }
  }
  /// System malfunction.
  public static var systemMalfunction: ActionCode {
    @inlinable get { ActionCode(9109) }
  }
  /// Issuer signed off.
  public static var issuerSignedOff: ActionCode {
    @inlinable get { ActionCode(9110) }
  }
  /// Duplicate transmission: same key, other content.
  public static var duplicateTransmission: ActionCode {
    @inlinable get { ActionCode(9113) }
  }
  /// The original was not found.
  public static var originalNotFound: ActionCode {
    @inlinable get { ActionCode(9114) }
  }
}
