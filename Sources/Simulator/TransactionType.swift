/// The first two characters of DE 3 as terminals use them (dialect, section 4.1).
public enum TransactionType: String, CaseIterable, Sendable {
  /// Goods and services.
  case purchase = "00"
  /// Cash withdrawal.
  case cash = "01"
  /// Purchase with cash back.
  case purchaseWithCashBack = "09"
  /// Refund.
  case refund = "20"
  /// Balance inquiry.
  case balanceInquiry = "30"
}
