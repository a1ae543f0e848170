import Histogram
import JSON

/// What a load run measured.
public struct LoadReport: Sendable {
  /// Asked rate a second; `nil` for as fast as possible.
  public let askedRate: Double?
  /// How long requests left, in seconds.
  public let seconds: Double
  /// Requests that left.
  public internal(set) var sent: UInt64 = 0
  /// Requests whose time came while no connection took them; they never left.
  public internal(set) var unsent: UInt64 = 0
  /// Answers that belong to a request.
  public internal(set) var answered: UInt64 = 0
  /// Answers with a code below 1000.
  public internal(set) var approved: UInt64 = 0
  /// Other answers by their code.
  public internal(set) var declined: [UInt16: UInt64] = [:]
  /// Requests of the kind `repeat`, which are among those sent.
  public internal(set) var repeats: UInt64 = 0
  /// Answers that belong to no outstanding request, or that cannot be read.
  public internal(set) var unexpected: UInt64 = 0
  /// Connections that broke during the run.
  public internal(set) var brokenConnections: UInt64 = 0
  /// Nanoseconds from intended sending to answer, of every answered request.
  var latency = LoadReport.newHistogram()

  /// A report of nothing.
  init(askedRate: Double?, seconds: Double) {
    self.askedRate = askedRate
    self.seconds = seconds
  }

  /// Requests that left and were not answered by the end of the drain.
  public var unanswered: UInt64 { sent - answered }

  /// Requests that left, a second.
  public var achievedRate: Double { Double(sent) / seconds }

  /// The latency that a share of the answers did not exceed.
  ///
  /// - Parameter percentile: `0...100`.
  /// - Returns: Microseconds; 0 without answers.
  public func latencyMicroseconds(percentile: Double) -> Double {
    answered == 0 ? 0 : Double(latency.valueAtPercentile(percentile)) / 1_000
  }

  /// The longest latency in microseconds; 0 without answers.
  public var longestLatencyMicroseconds: Double {
    answered == 0 ? 0 : Double(latency.max) / 1_000
  }

  /// How many answers took at least `from` and less than `to` microseconds.
  public func answers(from: UInt64, to: UInt64) -> UInt64 {
    guard to > from, answered > 0 else { return 0 }
    return UInt64(latency.count(within: from * 1_000...to * 1_000 - 1))
  }

  /// The report as scripts read it (contract, section 6).
  public var json: JSONValue {
    let rounded = { (value: Double) in JSONValue.number((value * 10).rounded() / 10) }
    return [
      "rate": [
        "asked": askedRate.map { .number($0) } ?? "max", "achieved": rounded(achievedRate),
      ],
      "seconds": .number(seconds),
      "sent": .number(sent),
      "unsent": .number(unsent),
      "answered": .number(answered),
      "approved": .number(approved),
      "declined": .object(
        declined.sorted { $0.key < $1.key }.map { code, count in
          let digits = String(code)
          return JSONValue.Member(
            String(repeating: "0", count: 4 - digits.utf8.count) + digits,
            .number(count)
          )
        }
      ),
      "repeats": .number(repeats),
      "unanswered": .number(unanswered),
      "unexpected": .number(unexpected),
      "brokenConnections": .number(brokenConnections),
      "latencyMicroseconds": [
        "p50": rounded(latencyMicroseconds(percentile: 50)),
        "p90": rounded(latencyMicroseconds(percentile: 90)),
        "p99": rounded(latencyMicroseconds(percentile: 99)),
        "p999": rounded(latencyMicroseconds(percentile: 99.9)),
        "max": rounded(longestLatencyMicroseconds),
      ],
    ]
  }

  /// Adds what another worker measured in the same time.
  mutating func add(_ other: LoadReport) {
    sent += other.sent
    unsent += other.unsent
    answered += other.answered
    approved += other.approved
    declined.merge(other.declined) { $0 + $1 }
    repeats += other.repeats
    unexpected += other.unexpected
    brokenConnections += other.brokenConnections
    latency.add(other.latency)
  }

  /// Ten minutes is the longest latency told apart; three digits are exact.
  static func newHistogram() -> Histogram<UInt64> {
    Histogram(
      lowestDiscernibleValue: 100,
      highestTrackableValue: 600_000_000_000,
      numberOfSignificantValueDigits: .three
    )
  }
}
