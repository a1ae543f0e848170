/// The class of a message: the second digit of its message type (ISO 8583:2003).
public enum MessageClass: UInt8, Hashable, Sendable, CaseIterable {
  /// May this be spent? Nothing is debited yet.
  case authorization = 1
  /// A debit or credit.
  case financial = 2
  /// A change of a file, for example a list of blocked cards.
  case fileAction = 3
  /// A reversal, or a chargeback.
  case reversal = 4
  /// Comparing of totals.
  case reconciliation = 5
  /// Administration.
  case administrative = 6
  /// A fee.
  case feeCollection = 7
  /// Sign-on, echo, keys: the link itself.
  case networkManagement = 8
}
