import ArgumentParser

/// Who checked a user.
enum KYCSourceChoice: String, ExpressibleByArgument, CaseIterable {
  case partner
  case platform

  /// The name in the management interface.
  var name: String { rawValue.uppercased() }

  /// Either case of letters will do.
  init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}
