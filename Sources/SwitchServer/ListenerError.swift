/// Why a listener could not be started.
public enum ListenerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A setting is out of range.
  case invalidSetting(name: String, requirement: String)
  /// Another socket has the address.
  case addressInUse(host: String, port: Int)
  /// The host is not an address of this machine, or not a name that can be resolved.
  case addressNotAvailable(host: String, port: Int)
  /// The operating system forbids the port to this user.
  case notPermitted(host: String, port: Int)
  /// The operating system refused for another reason, in its words.
  case cannotListen(host: String, port: Int, reason: String)

  /// What is wrong and what to do next.
  public var description: String {
    switch self {
    case .invalidSetting(let name, let requirement):
      "setting \(name) of the listener \(requirement)"
    case .addressInUse(let host, let port):
      "cannot listen on \(host):\(port): another process listens there; stop it or choose"
        + " another port"
    case .addressNotAvailable(let host, let port):
      "cannot listen on \(host):\(port): the host is no address of this machine; check its spelling"
    case .notPermitted(let host, let port):
      "cannot listen on \(host):\(port): not permitted; choose a port from 1024 up, or grant the"
        + " right to lower ones"
    case .cannotListen(let host, let port, let reason):
      "cannot listen on \(host):\(port): \(reason)"
    }
  }
}
