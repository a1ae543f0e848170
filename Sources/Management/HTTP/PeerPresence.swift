import Synchronization

/// Whether the other side of a connection is still there.
final class PeerPresence: Sendable {
  private let isGone = Atomic(false)

  /// Whether it went away, or will send nothing more.
  var hasLeft: Bool { isGone.load(ordering: .relaxed) }

  /// Notes that it went.
  func left() { isGone.store(true, ordering: .relaxed) }
}
