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
  /// Card not effective.
  public static var cardNotEffective: ActionCode {
    @inlinable get { ActionCode(1025) }
  }
  /// Currency not accepted.
  public static var currencyNotAccepted: ActionCode {
    @inlinable get { ActionCode(1030) }
  }
  /// Account closed.
  public static var accountClosed: ActionCode {
    @inlinable get { ActionCode(1035) }
  }
  /// Lost card, keep it.
  public static var lostCard: ActionCode {
    @inlinable get { ActionCode(2008) }
  }
  /// Stolen card, keep it.
  public static var stolenCard: ActionCode {
    @inlinable get { ActionCode(2009) }
  }
  /// File action not supported.
  public static var fileActionNotSupported: ActionCode {
    @inlinable get { ActionCode(3001) }
  }
  /// Reconciliation totals not available.
  public static var noReconciliationTotals: ActionCode {
    @inlinable get { ActionCode(5003) }
  }
  /// Network management accepted.
  public static var networkManagementAccepted: ActionCode {
    @inlinable get { ActionCode(8000) }
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
}
