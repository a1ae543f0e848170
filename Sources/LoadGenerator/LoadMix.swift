/// What share of the load is of which kind, in percent.
public struct LoadMix: Hashable, Sendable {
  /// Purchases of the plan's amount.
  public let approve: Int
  /// Purchases of an amount that no balance has.
  public let decline: Int
  /// Answered requests sent once more as repeats.
  public let `repeat`: Int

  /// Purchases only.
  public static let approvals = LoadMix(approve: 100, decline: 0, repeat: 0)

  /// A mix, or `nil` unless the shares are not negative and make 100.
  public init?(approving approve: Int, declining decline: Int, repeating: Int) {
    guard approve >= 0, decline >= 0, repeating >= 0, approve + decline + repeating == 100 else {
      return nil
    }
    self.init(approve: approve, decline: decline, repeat: repeating)
  }

  /// A mix written as `approve=90,decline=5,repeat=5`; what is left out is 0.
  ///
  /// `nil` unless every name is known, stands once, and the shares make 100.
  public init?(text: some StringProtocol) {
    var shares: [String: Int] = [:]
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = item.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, let share = Int(parts[1]),
        ["approve", "decline", "repeat"].contains(parts[0]), shares[String(parts[0])] == nil
      else { return nil }
      shares[String(parts[0])] = share
    }
    self.init(
      approving: shares["approve"] ?? 0,
      declining: shares["decline"] ?? 0,
      repeating: shares["repeat"] ?? 0
    )
  }

  private init(approve: Int, decline: Int, repeat repeating: Int) {
    self.approve = approve
    self.decline = decline
    self.repeat = repeating
  }
}
