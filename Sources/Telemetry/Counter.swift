public import Synchronization

/// A number that only grows: how often something happened since the process started.
///
/// Adding is one atomic instruction; it neither locks nor allocates.
public final class Counter: Sendable {
  @usableFromInline let total = Atomic<UInt64>(0)

  /// A counter at 0.
  public init() {}

  /// Counts `amount` more events.
  @inlinable
  @inline(__always)
  public func add(_ amount: UInt64 = 1) {
    total.wrappingAdd(amount, ordering: .relaxed)
  }

  /// How much was counted until now.
  public var value: UInt64 {
    total.load(ordering: .relaxed)
  }
}
