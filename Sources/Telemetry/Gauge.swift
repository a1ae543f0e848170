import Synchronization

/// A number that goes up and down, such as open links or queued commands.
///
/// Changing it is one atomic instruction; it neither locks nor allocates.
public final class Gauge: Sendable {
  private let level = Atomic<Int64>(0)

  /// A gauge at 0.
  public init() {}

  /// Moves the level by `amount`, which may be negative.
  public func add(_ amount: Int64 = 1) {
    level.wrappingAdd(amount, ordering: .relaxed)
  }

  /// Sets the level.
  public func set(_ value: Int64) {
    level.store(value, ordering: .relaxed)
  }

  /// The level now.
  public var value: Int64 {
    level.load(ordering: .relaxed)
  }
}
