#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A reading of the machine's monotonic clock: it never goes back and knows no date, so it
/// measures ages and deadlines and nothing else.
public struct MonotonicTime: Hashable, Comparable, Sendable {
  /// Nanoseconds since an unspecified point, the same for the whole life of the process.
  public let nanoseconds: UInt64

  /// A reading from its nanoseconds; for tests and virtual clocks.
  @inlinable
  public init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// The clock's reading now (`CLOCK_MONOTONIC`).
  public static func now() -> MonotonicTime {
    var reading = timespec()
    // Cannot fail: the clock always exists and the pointer is valid.
    clock_gettime(CLOCK_MONOTONIC, &reading)
    return MonotonicTime(
      nanoseconds: UInt64(reading.tv_sec) &* 1_000_000_000 &+ UInt64(reading.tv_nsec)
    )
  }

  /// Nanoseconds from `earlier` to this reading; 0 when `earlier` is in fact later.
  @inlinable
  public func nanoseconds(since earlier: MonotonicTime) -> UInt64 {
    nanoseconds > earlier.nanoseconds ? nanoseconds &- earlier.nanoseconds : 0
  }

  /// This reading moved by `interval`; it stops at either end of the clock's range instead of
  /// wrapping, so that an endless interval makes a deadline that is never reached.
  public func advanced(by interval: Duration) -> MonotonicTime {
    let distance = interval.wholeNanoseconds
    if distance >= 0 {
      let (sum, overflow) = nanoseconds.addingReportingOverflow(UInt64(distance))
      return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }
    let (difference, overflow) = nanoseconds.subtractingReportingOverflow(distance.magnitude)
    return MonotonicTime(nanoseconds: overflow ? 0 : difference)
  }

  /// Orders readings by age.
  @inlinable
  public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}
