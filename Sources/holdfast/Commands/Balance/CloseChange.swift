/// Closes a balance.
enum CloseChange: BalanceChange {
  static let name = "close"
  static let abstract = "Close an empty balance for good."
}
