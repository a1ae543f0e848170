import ArgumentParser
import Authorization

extension Identifier: ExpressibleByArgument {
  /// An identifier from its prefixed text.
  public init?(argument: String) { self.init(text: argument) }
}

extension Currency: ExpressibleByArgument {
  /// A currency from its alphabetic code in either case.
  public init?(argument: String) { self.init(code: argument.uppercased()) }
}
