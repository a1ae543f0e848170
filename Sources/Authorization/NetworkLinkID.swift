/// Kind of `NetworkLinkID`.
public enum NetworkLinkKind: IdentifierKind {
  /// `lnk`.
  public static var prefix: String { "lnk" }
}

/// Names a connection of a network, within the life of the process that accepted it: links are not
/// kept in the books, and a restart counts them from 1 again.
public typealias NetworkLinkID = Identifier<NetworkLinkKind>
