/// Whether the other side of the process, the one that talks to networks, can take work.
public struct LinkReadiness: Hashable, Sendable {
  /// Whether all configured ISO 8583 listeners accept connections.
  public var isListening: Bool
  /// How many links are open.
  public var openLinks: Int

  /// A reading from its parts.
  public init(isListening: Bool, openLinks: Int) {
    self.isListening = isListening
    self.openLinks = openLinks
  }
}
