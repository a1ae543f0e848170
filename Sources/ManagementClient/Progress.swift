import Synchronization

/// Counts what moved over a connection, so that a standstill is seen.
final class Progress: Sendable {
  private let steps = Atomic<UInt64>(0)

  /// How many steps there were.
  var count: UInt64 { steps.load(ordering: .relaxed) }

  /// Something moved.
  func moved() { steps.wrappingAdd(1, ordering: .relaxed) }
}
