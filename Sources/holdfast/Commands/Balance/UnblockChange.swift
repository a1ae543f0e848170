/// Unblocks a balance.
enum UnblockChange: BalanceChange {
  static let name = "unblock"
  static let abstract = "Unblock a balance: its cards pay again."
}
