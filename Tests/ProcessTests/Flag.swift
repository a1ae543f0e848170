import Synchronization

/// Says once that something is over.
final class Flag: Sendable {
  private let value = Atomic<Bool>(false)

  /// Whether it is over.
  var isSet: Bool { value.load(ordering: .acquiring) }

  /// From now on it is.
  func set() { value.store(true, ordering: .releasing) }
}
