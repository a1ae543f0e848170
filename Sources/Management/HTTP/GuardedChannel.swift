import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// A connection on the management socket: HTTP/1.1 with deadlines, for the daemon's own user and root
/// only when it came in through the Unix socket.
struct GuardedChannel: ServerChildChannel {
  typealias Value = HTTP1Channel.Value

  let http: HTTP1Channel
  let limits: ManagementLimits
  /// Whether the kernel can say who the peer is.
  let checksPeer: Bool

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    let limits = limits
    return http.setup(channel: channel, logger: logger).flatMapThrowing { value in
      let pipeline = channel.pipeline.syncOperations
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try pipeline.addHandler(ConnectionDeadline(limits: limits), position: .after(decoder))
      return value
    }
  }

  func handle(value: Value, logger: Logger) async {
    if checksPeer, await !Self.isOperator(value.channel) {
      logger.warning("refused a connection to the management socket by another user")
      try? await value.executeThenClose { _, _ in }
      return
    }
    await http.handle(value: value, logger: logger)
  }

  /// Whether the peer runs under the daemon's own user id or as root: the socket's mode already keeps
  /// others out, and this also does while the mode is being set.
  private static func isOperator(_ channel: any Channel) async -> Bool {
    guard let options = channel as? any SocketOptionProvider else { return false }
    let peer: EventLoopFuture<PeerCredentials> = options.unsafeGetSocketOption(
      level: .socket,
      name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
    )
    guard let user = try? await peer.map(\.user).get() else { return false }
    return user == 0 || user == geteuid()
  }
}

/// What Linux writes for `SO_PEERCRED` (`struct ucred`, which the C library declares to GNU programs
/// only).
private struct PeerCredentials: Sendable {
  var process: pid_t
  var user: uid_t
  var group: gid_t
}
