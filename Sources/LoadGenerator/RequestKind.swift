/// What a request of the load is, and so which answers it may bring.
enum RequestKind: UInt8, CaseIterable, Sendable {
  case approval
  /// An amount that no balance has.
  case insufficientFunds
  /// An expiry (DE 14) in the past.
  case expiredCard
  /// A number with a right check digit that was not issued.
  case unknownCard

  /// The causes among which declines take turns.
  static let declines: [RequestKind] = [.insufficientFunds, .expiredCard, .unknownCard]

  /// The position of repeats among the classes of a report, behind all kinds.
  static let repeatClass = allCases.count

  /// What reports call the class at a position.
  static func className(_ position: Int) -> String {
    RequestKind(rawValue: UInt8(position)).map { "\($0)" } ?? "repeat"
  }

  /// Whether an action code is what this kind must bring.
  ///
  /// A number that was not issued is one without a record within the issuer's ranges, and an invalid
  /// one outside them.
  @inline(__always)
  func expects(_ code: UInt16) -> Bool {
    switch self {
    case .approval: code == 0
    case .insufficientFunds: code == 1016
    case .expiredCard: code == 1001
    case .unknownCard: code == 1018 || code == 1011
    }
  }
}
