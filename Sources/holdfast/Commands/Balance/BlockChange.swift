/// Blocks a balance.
enum BlockChange: BalanceChange {
  static let name = "block"
  static let abstract = "Block a balance: its cards are refused until it is unblocked."
}
