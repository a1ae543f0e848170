import Switch
import Synchronization

/// Replies that a closure keeps.
final class Replies: Sendable {
  private let replies = Mutex<[LinkReply]>([])

  var values: [LinkReply] { replies.withLock(\.self) }

  func append(_ reply: LinkReply) { replies.withLock { $0.append(reply) } }
}
