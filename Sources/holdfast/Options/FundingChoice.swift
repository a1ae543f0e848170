import ArgumentParser

/// Who backs the payments of a programme.
enum FundingChoice: String, ExpressibleByArgument, CaseIterable {
  case deposit
  case credit

  /// The name in the management interface.
  var name: String { rawValue.uppercased() }

  /// Either case of letters will do.
  init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}
