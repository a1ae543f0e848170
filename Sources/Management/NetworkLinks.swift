public import Authorization

/// The network's links as management sees them: what there is, and messages to their peers.
public protocol NetworkLinks: Sendable {
  /// The links that are there, the oldest first.
  ///
  /// Must be quick and must not wait for a link's thread.
  func list() -> [NetworkLink]

  /// Sends a message to the peer of a link and waits for its answer, some five seconds at most.
  func send(_ message: NetworkLinkMessage, to link: NetworkLinkID) async -> NetworkLinkReply
}
