import ArgumentParser
import Authorization

/// A lock code by number or by name.
struct LockCodeArgument: ExpressibleByArgument {
  let code: LockCode

  init?(argument: String) {
    let name = argument.lowercased()
    let named = LockCode.allCases.first { Self.name($0) == name || String($0.rawValue) == name }
    guard let named else { return nil }
    code = named
  }

  /// The code's name on the command line.
  static func name(_ code: LockCode) -> String {
    switch code {
    case .lost: "lost"
    case .stolen: "stolen"
    case .pendingQuery: "pending-query"
    case .consolidation: "consolidation"
    case .inactive: "inactive"
    case .pinTriesExceeded: "pin-tries"
    case .suspectedFraud: "fraud"
    case .replaced: "replaced"
    }
  }

  /// The table of codes for the help of the lock command.
  static let table = LockCode.allCases.map { code in
    let name = name(code)
    let padding = String(repeating: " ", count: 15 - name.utf8.count)
    return "  \(code.rawValue)  \(name)\(padding)\(code.reason)"
      + (code.isIrreversible ? " (for ever)" : "")
  }.joined(separator: "\n")
}
