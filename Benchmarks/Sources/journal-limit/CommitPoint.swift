/// What commits of one size cost.
struct CommitPoint: Encodable {
  let commitsPerSecond: Double
  let authorizationsPerSecond: Double
  /// How long it was measured; less than asked when the prepared part of the file was used up.
  let seconds: Double
  let latencyMicroseconds: Latency
}
