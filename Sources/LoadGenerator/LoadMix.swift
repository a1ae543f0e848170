/// What share of the load is of which kind, as weights: `90, 8, 2` and `45, 4, 1` are the same mix.
public struct LoadMix: Hashable, Sendable {
  /// Purchases of the plan's amount.
  public let approvals: UInt32
  /// Purchases that must be declined, each cause of `RequestKind` alike.
  public let declines: UInt32
  /// Answered requests sent once more, half of them byte for byte and half marked as repeats.
  public let repeats: UInt32

  /// Purchases only.
  public static let onlyApprovals = LoadMix(checked: 1, 0, 0)

  /// The largest weight.
  public static let largestWeight: UInt32 = 1_000_000

  /// A mix, or `nil` unless each weight is at most `largestWeight` and one of them is not 0.
  public init?(approvals: UInt32, declines: UInt32, repeats: UInt32) {
    let weights = [approvals, declines, repeats]
    guard weights.allSatisfy({ $0 <= LoadMix.largestWeight }), weights.contains(where: { $0 > 0 })
    else { return nil }
    self.init(checked: approvals, declines, repeats)
  }

  /// A mix written as `approvals=90,declines=8,repeats=2`; what is left out is 0.
  ///
  /// `nil` unless every name is known and stands once, and the weights make a mix.
  public init?(text: some StringProtocol) {
    var weights: [String: UInt32] = [:]
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = item.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, let weight = UInt32(parts[1]),
        ["approvals", "declines", "repeats"].contains(parts[0]), weights[String(parts[0])] == nil
      else { return nil }
      weights[String(parts[0])] = weight
    }
    self.init(
      approvals: weights["approvals"] ?? 0,
      declines: weights["declines"] ?? 0,
      repeats: weights["repeats"] ?? 0
    )
  }

  private init(checked approvals: UInt32, _ declines: UInt32, _ repeats: UInt32) {
    self.approvals = approvals
    self.declines = declines
    self.repeats = repeats
  }

  /// All weights together.
  var total: UInt64 { UInt64(approvals) + UInt64(declines) + UInt64(repeats) }
}
