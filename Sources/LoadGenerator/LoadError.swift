/// Why a load run could not begin or go on.
public enum LoadError: Error, Hashable, Sendable {
  /// Nothing accepts connections at the address; the command line tools leave with status 69.
  case unreachable(host: String, port: Int, reason: String)
  /// The plan or the cards cannot be used; the text says why.
  case badPlan(String)
}

extension LoadError: CustomStringConvertible {
  /// What happened and what to do next.
  public var description: String {
    switch self {
    case .unreachable(let host, let port, let reason):
      MessageLinkError.unreachable(host: host, port: port, reason: reason).description
    case .badPlan(let reason): reason
    }
  }
}
