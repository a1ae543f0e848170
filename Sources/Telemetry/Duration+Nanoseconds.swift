extension Duration {
  /// The duration in nanoseconds, cut to whole ones and held within what 64 bits can say
  /// (292 years either way).
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    guard !overflow, !carry else { return seconds < 0 ? .min : .max }
    return sum
  }
}
