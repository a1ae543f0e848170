import ArgumentParser

/// What a clearing does to the rest of its hold.
enum RemainderChoice: String, ExpressibleByArgument, CaseIterable {
  case release
  case keep

  /// The name in the management interface.
  var name: String { rawValue.uppercased() }

  /// Either case of letters will do.
  init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}
