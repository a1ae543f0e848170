import Synchronization

/// What the connections of an `HTTPServer` share.
final class ServerState: Sendable {
  let connections = Atomic<Int>(0)
}
