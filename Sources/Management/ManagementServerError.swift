/// Why the management socket cannot be opened.
public enum ManagementServerError: Error, Equatable, Sendable {
  /// Another process answers on the socket.
  case socketInUse(path: String)
  /// Something that is no socket stands at the socket's path.
  case notASocket(path: String)
  /// The path has more bytes than the kernel takes (107).
  case pathTooLong(path: String)
  /// The operating system refused.
  case socketUnusable(path: String, reason: String)
  /// The address is not a loopback address: there is no TLS on this listener.
  case notLoopback(host: String)
}

extension ManagementServerError: CustomStringConvertible {
  /// What happened and what to do next.
  public var description: String {
    switch self {
    case .socketInUse(let path):
      "Another process answers on the management socket \(path). Stop it, or name another path."
    case .notASocket(let path):
      "There is something at \(path) that is not a socket, and it is left alone. "
        + "Remove it, or name another path for the management socket."
    case .pathTooLong(let path):
      "The path of the management socket, \(path), is longer than 107 bytes. Name a shorter one."
    case .socketUnusable(let path, let reason):
      "The management socket \(path) cannot be used: \(reason)."
    case .notLoopback(let host):
      "The management interface cannot listen on \(host): without TLS it listens on 127.0.0.1 or ::1 "
        + "only."
    }
  }
}
