/// A change of a balance's state that needs nothing but the balance.
protocol BalanceChange {
  /// The name on the command line and in the path.
  static var name: String { get }
  /// What it does, as a sentence.
  static var abstract: String { get }
}
