import ArgumentParser

/// How an identity check stands.
enum KYCStatusChoice: String, ExpressibleByArgument, CaseIterable {
  case new
  case inProgress = "in-progress"
  case accepted
  case rejected

  /// The name in the management interface.
  var name: String { rawValue.uppercased().replacing("-", with: "_") }

  /// Either case of letters will do.
  init?(argument: String) { self.init(rawValue: argument.lowercased().replacing("_", with: "-")) }
}
