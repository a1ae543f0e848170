/// What a metric measures, by its name in the Prometheus text format.
enum MetricKind: String, Sendable {
  case counter, gauge, histogram
}
