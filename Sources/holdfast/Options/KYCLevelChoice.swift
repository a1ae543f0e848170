import ArgumentParser

/// How well a user is known.
enum KYCLevelChoice: String, ExpressibleByArgument, CaseIterable {
  case none
  case basic
  case strong

  /// The name in the management interface.
  var name: String { rawValue.uppercased() }

  /// Either case of letters will do.
  init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}
