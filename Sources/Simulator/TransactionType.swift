/// The first two characters of DE 3 as terminals use them (dialect, section 4.1).
public enum TransactionType: String, CaseIterable, Sendable {
  /// Goods and services.
  case purchase = "00"
  /// Cash withdrawal.
  case cash = "01"
  /// Undoing of an earlier debit, as merchants do it on the same day.
  case void = "02"
  /// Purchase with cash back.
  case purchaseWithCashBack = "09"
  /// Purchase of what is as good as cash.
  case quasiCash = "11"
  /// Refund.
  case refund = "20"
  /// Deposit or top-up.
  case deposit = "21"
  /// Undoing of an earlier refund.
  case refundVoid = "22"
  /// Money sent to a card.
  case originalCredit = "26"
  /// Balance inquiry.
  case balanceInquiry = "30"
  /// Verification of a card without money.
  case verification = "33"
  /// Transfer between accounts.
  case transfer = "40"
  /// Activation of a card by the network (class 3).
  case activation = "72"
  /// Taking a card out of use by the network (class 3).
  case deactivation = "7S"
  /// Block of a card by the network (class 6).
  case block = "73"
  /// Unblocking of a card by the network (class 6).
  case unblock = "74"

  /// Whether the holder gets money.
  public var isCredit: Bool {
    switch self {
    case .refund, .deposit, .originalCredit: true
    default: false
    }
  }
}
