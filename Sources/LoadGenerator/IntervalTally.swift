import Histogram

/// What one worker counts in one second.
struct IntervalTally: Sendable {
  var sent: UInt64 = 0
  var answered: UInt64 = 0
  var refused: UInt64 = 0
  /// Two digits, so that putting it aside each second takes microseconds.
  var latency = Histogram<UInt64>(
    lowestDiscernibleValue: 1_000,
    highestTrackableValue: 600_000_000_000,
    numberOfSignificantValueDigits: .two
  )

  mutating func add(_ other: IntervalTally) {
    sent += other.sent
    answered += other.answered
    refused += other.refused
    latency.add(other.latency)
  }

  mutating func reset() {
    sent = 0
    answered = 0
    refused = 0
    latency.reset()
  }
}
