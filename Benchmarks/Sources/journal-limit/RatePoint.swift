/// Latency at one offered rate, when each commit takes whatever has become due meanwhile.
struct RatePoint: Encodable {
  let offeredPerSecond: Double
  /// Less than offered when the loop did not keep up.
  let achievedPerSecond: Double
  let authorizationsPerCommit: Double
  /// From the time an authorization was due to the end of its commit.
  let latencyMicroseconds: Latency
}
