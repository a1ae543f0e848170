import Synchronization

/// The places for open links of one listener, shared by its event loops.
final class ConnectionLimit: Sendable {
  private let maximum: Int
  private let taken = Atomic<Int>(0)
  private let isFull = Atomic<Bool>(false)

  /// `maximum` free places.
  init(maximum: Int) {
    self.maximum = maximum
  }

  /// Takes a place; false when none is free.
  func acquire() -> Bool {
    if taken.wrappingAdd(1, ordering: .relaxed).newValue <= maximum {
      isFull.store(false, ordering: .relaxed)
      return true
    }
    release()
    return false
  }

  /// Whether this is the first refusal since a place was last taken: the one worth a line in the
  /// log, however many follow.
  func noteRefusal() -> Bool {
    !isFull.exchange(true, ordering: .relaxed)
  }

  /// Gives a place back.
  func release() {
    taken.wrappingSubtract(1, ordering: .relaxed)
  }
}
