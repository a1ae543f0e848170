/// Durations of one measurement in microseconds, as they are printed.
struct Latency: Encodable {
  let p50: Double
  let p90: Double
  let p99: Double
  let p999: Double
  let max: Double
  /// Pairs of a percentile and the duration that it did not exceed, for a plot.
  let distribution: [[Double]]?

  init(_ histogram: LatencyHistogram, distribution isWanted: Bool = false) {
    let microseconds = { (share: Double) in Double(histogram.quantile(share)) / 1_000 }
    p50 = microseconds(0.5)
    p90 = microseconds(0.9)
    p99 = microseconds(0.99)
    p999 = microseconds(0.999)
    max = Double(histogram.longest) / 1_000
    distribution = isWanted ? Self.percentiles.map { [$0, microseconds($0 / 100)] } : nil
  }

  private static let percentiles: [Double] =
    stride(from: 1.0, through: 99.0, by: 1.0).map { $0 } + [99.5, 99.9, 99.95, 99.99]
}
