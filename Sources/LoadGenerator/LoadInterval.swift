import Histogram
import JSON

/// One second of a load run.
public struct LoadInterval: Hashable, Sendable {
  /// Counted from 0 at the first intended time.
  public let second: Int
  /// Requests that left in it.
  public let sent: UInt64
  /// Answers that came in it.
  public let answered: UInt64
  /// Those of them that are 9107 or 9109.
  public let refused: UInt64
  /// Half of its answers took at most so many microseconds, two digits exact; 0 without answers.
  public let p50: Double
  /// 99 of 100 answers took at most so many microseconds, two digits exact; 0 without answers.
  public let p99: Double
  /// The longest latency of its answers in microseconds, two digits exact; 0 without answers.
  public let longest: Double

  init(second: Int, _ tally: IntervalTally) {
    self.second = second
    sent = tally.sent
    answered = tally.answered
    refused = tally.refused
    let isEmpty = tally.answered == 0
    p50 = isEmpty ? 0 : Double(tally.latency.valueAtPercentile(50)) / 1_000
    p99 = isEmpty ? 0 : Double(tally.latency.valueAtPercentile(99)) / 1_000
    longest = isEmpty ? 0 : Double(tally.latency.max) / 1_000
  }

  var json: JSONValue {
    [
      "second": .integer(Int64(second)), "sent": .number(sent), "answered": .number(answered),
      "refused": .number(refused),
      "latencyMicroseconds": [
        "p50": LoadReport.rounded(p50), "p99": LoadReport.rounded(p99),
        "max": LoadReport.rounded(longest),
      ],
    ]
  }
}
