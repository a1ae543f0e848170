/// One of the two balances that a partner may have in a currency.
protocol PartnerFunds {
  /// The name on the command line.
  static var name: String { get }
  /// The last part of the path.
  static var path: String { get }
  /// What the balance is for, in words that follow its name.
  static var purpose: String { get }
}
