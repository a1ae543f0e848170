import ArgumentParser

/// Whether merchants may charge for taking the card.
enum SurchargeChoice: String, ExpressibleByArgument, CaseIterable {
  case permitted
  case refused

  /// The name in the management interface.
  var name: String { rawValue.uppercased() }

  /// Either case of letters will do.
  init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}
