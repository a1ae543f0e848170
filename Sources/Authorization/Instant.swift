/// A moment on the wall clock, in microseconds since 1970-01-01T00:00:00Z.
///
/// Every stamp in the journal, the books and an answer is an `Instant`. Deadlines and queue ages use
/// the monotonic clock instead: a step of the wall clock must not make a request early or late.
public struct Instant: Hashable, Comparable, Sendable {
  /// Microseconds since the epoch; negative before 1970.
  public let microsecondsSinceEpoch: Int64

  /// An instant from microseconds since 1970-01-01T00:00:00Z.
  @inlinable
  public init(microsecondsSinceEpoch: Int64) {
    self.microsecondsSinceEpoch = microsecondsSinceEpoch
  }

  /// An instant from whole seconds since 1970-01-01T00:00:00Z.
  @inlinable
  public init(secondsSinceEpoch seconds: UInt32) {
    self.init(microsecondsSinceEpoch: Int64(seconds) * 1_000_000)
  }

  /// Orders instants by time.
  @inlinable
  public static func < (left: Instant, right: Instant) -> Bool {
    left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
  }

  /// The instant moved by whole seconds; negative moves back.
  @inlinable
  public func advanced(bySeconds seconds: Int64) -> Instant {
    Instant(microsecondsSinceEpoch: microsecondsSinceEpoch + seconds * 1_000_000)
  }
}
