public import Synchronization

/// How long something took, as counts in log-linear buckets: 32 equal steps within each power of
/// two, so that a quantile is at most 1/32 (3.2 %) above the true one at any scale.
///
/// The size is fixed (about 9 KB), recording is three or four atomic instructions and neither locks
/// nor allocates, and any thread may record or read at any time.  A reading taken while others
/// record misses at most what is being recorded.
public final class LatencyHistogram: Sendable {
  /// Two to this power is the number of steps within a power of two.
  @inlinable static var stepBits: Int { 5 }
  /// Durations of two to this power of nanoseconds (18 minutes) and more share the last bucket.
  @inlinable static var rangeBits: Int { 40 }
  @inlinable static var bucketCount: Int { (rangeBits - stepBits + 1) << stepBits }

  // The storage is set once, holds only atomics and lives as long as the object, so sharing the
  // pointer between threads is safe although the compiler cannot see it.
  // Behind the buckets stand the sum and the longest: with all of it in one place, recording looks into
  // the object once and need not retain it.
  @usableFromInline nonisolated(unsafe) let buckets: UnsafeMutablePointer<Atomic<UInt64>>
  @inlinable static var sumPlace: Int { bucketCount }
  @inlinable static var longestPlace: Int { bucketCount + 1 }
  private static var placeCount: Int { bucketCount + 2 }

  /// An empty histogram.
  public init() {
    buckets = .allocate(capacity: Self.placeCount)
    for index in 0..<Self.placeCount {
      (buckets + index).initialize(to: Atomic(0))
    }
  }

  deinit {
    buckets.deinitialize(count: Self.placeCount)
    buckets.deallocate()
  }

  /// Records one duration in nanoseconds.
  @inlinable
  @inline(__always)
  public func record(nanoseconds: UInt64) {
    let buckets = buckets
    buckets[Self.bucket(of: nanoseconds)].wrappingAdd(1, ordering: .relaxed)
    buckets[Self.sumPlace].wrappingAdd(nanoseconds, ordering: .relaxed)
    if nanoseconds > buckets[Self.longestPlace].load(ordering: .relaxed) {
      buckets[Self.longestPlace].max(nanoseconds, ordering: .relaxed)
    }
  }

  /// Records the time from `start` to `end`.
  @inlinable
  @inline(__always)
  public func record(from start: MonotonicTime, to end: MonotonicTime) {
    record(nanoseconds: end.nanoseconds(since: start))
  }

  /// How many durations were recorded.
  public var count: UInt64 {
    snapshot().reduce(0, +)
  }

  /// The sum of all recorded durations in nanoseconds.
  public var sum: UInt64 {
    buckets[Self.sumPlace].load(ordering: .relaxed)
  }

  /// The longest recorded duration in nanoseconds, exactly; 0 when nothing was recorded.
  public var maximum: UInt64 {
    buckets[Self.longestPlace].load(ordering: .relaxed)
  }

  /// The duration in nanoseconds that the share `quantile` (held within 0…1) of all recorded ones
  /// does not exceed, up to 3.2 % too high but never above `maximum`; 0 when nothing was recorded.
  public func quantile(_ quantile: Double) -> UInt64 {
    let counts = snapshot()
    let count = counts.reduce(0, +)
    guard count > 0 else { return 0 }
    let share = quantile.isNaN ? 1 : min(max(quantile, 0), 1)
    // Rounding up names the smallest recorded duration that covers the share; at least the first.
    let rank = max(1, min(count, UInt64((share * Double(count)).rounded(.up))))
    var seen: UInt64 = 0
    for (index, bucket) in counts.enumerated() {
      seen += bucket
      if seen >= rank {
        return index == counts.count - 1 ? maximum : min(Self.upperBound(of: index), maximum)
      }
    }
    return maximum
  }

  /// The counts of all buckets now, in ascending order of duration.
  func snapshot() -> [UInt64] {
    (0..<Self.bucketCount).map { buckets[$0].load(ordering: .relaxed) }
  }

  /// The bucket that counts durations of `nanoseconds`.
  @inlinable
  @inline(__always)
  static func bucket(of nanoseconds: UInt64) -> Int {
    guard nanoseconds >> stepBits != 0 else { return Int(nanoseconds) }
    let exponent = UInt64.bitWidth - 1 - nanoseconds.leadingZeroBitCount
    guard exponent < rangeBits else { return bucketCount - 1 }
    let step =
      Int(truncatingIfNeeded: nanoseconds &>> UInt64(truncatingIfNeeded: exponent &- stepBits))
      & (1 << stepBits - 1)
    return (exponent - stepBits + 1) << stepBits + step
  }

  /// The longest duration in nanoseconds that the bucket counts.
  static func upperBound(of bucket: Int) -> UInt64 {
    let group = bucket >> stepBits
    guard group > 0 else { return UInt64(bucket) }
    let step = UInt64(bucket & (1 << stepBits - 1))
    return (UInt64(1 << stepBits) + step + 1) << UInt64(group - 1) - 1
  }
}
