/// Where a daemon's management side listens.
public enum ManagementEndpoint: Hashable, Sendable {
  /// A Unix socket, by its path (at most 107 bytes, the kernel's limit).
  case unixSocket(path: String)
  /// A TCP port without TLS; only for a listener on the loopback interface.
  case tcp(host: String, port: Int)
}

extension ManagementEndpoint: CustomStringConvertible {
  /// The address as people write it: a path, or `host:port`.
  public var description: String {
    switch self {
    case .unixSocket(let path): path
    case .tcp(let host, let port): "\(host):\(port)"
    }
  }

  /// What goes into the `Host` header field: a Unix socket has no name of its own.
  var hostHeader: String {
    switch self {
    case .unixSocket: "holdfast"
    case .tcp(let host, let port): "\(host):\(port)"
    }
  }
}
