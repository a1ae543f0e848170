import Synchronization

/// The places for open links of one listener, shared by its event loops.
final class ConnectionLimit: Sendable {
  private let maximum: Int
  private let taken = Atomic<Int>(0)

  /// `maximum` free places.
  init(maximum: Int) {
    self.maximum = maximum
  }

  /// Takes a place; false when none is free.
  func acquire() -> Bool {
    if taken.wrappingAdd(1, ordering: .relaxed).newValue <= maximum { return true }
    release()
    return false
  }

  /// Gives a place back.
  func release() {
    taken.wrappingSubtract(1, ordering: .relaxed)
  }
}
