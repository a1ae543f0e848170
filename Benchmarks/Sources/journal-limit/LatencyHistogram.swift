/// Durations, counted in buckets of at most one percent of their value.
struct LatencyHistogram {
  /// Each power of two is divided into this many buckets, as a power of two.
  private static let precisionBits = 7
  private var counts = [UInt64](repeating: 0, count: 64 << precisionBits)
  private(set) var count: UInt64 = 0
  private(set) var longest: UInt64 = 0

  /// Counts a duration `times` times.
  mutating func record(nanoseconds: UInt64, times: UInt64 = 1) {
    counts[Self.bucket(nanoseconds)] += times
    count += times
    longest = max(longest, nanoseconds)
  }

  /// The duration in nanoseconds that a share of all (`0...1`) did not exceed; 0 without any.
  func quantile(_ share: Double) -> UInt64 {
    let rank = max(1, UInt64((share * Double(count)).rounded(.up)))
    var seen: UInt64 = 0
    for (bucket, times) in counts.enumerated() where times > 0 {
      seen += times
      if seen >= rank { return min(Self.upperBound(bucket), longest) }
    }
    return 0
  }

  private static func bucket(_ value: UInt64) -> Int {
    let shift = max(0, UInt64.bitWidth - value.leadingZeroBitCount - precisionBits - 1)
    return shift << precisionBits + Int(value >> UInt64(shift))
  }

  private static func upperBound(_ bucket: Int) -> UInt64 {
    let shift = max(0, bucket >> precisionBits - 1)
    return (UInt64(bucket - shift << precisionBits) + 1) << UInt64(shift) - 1
  }
}
