public import Authorization

/// A process without listeners.
public struct NoNetworkLinks: NetworkLinks {
  /// No links.
  public init() {}

  /// Nothing.
  public func list() -> [NetworkLink] { [] }

  /// Finds nobody.
  public func send(
    _ message: NetworkLinkMessage,
    to link: NetworkLinkID
  ) async -> NetworkLinkReply { .unknown }
}
