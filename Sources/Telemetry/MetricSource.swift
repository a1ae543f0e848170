/// Where the value of one series comes from.
enum MetricSource: Sendable {
  case counter(Counter)
  case gauge(Gauge)
  case histogram(LatencyHistogram)
  case reading(@Sendable () -> Double)
}
