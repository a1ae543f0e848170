import Histogram
import JSON

/// What a load run measured.
public struct LoadReport: Sendable {
  /// Asked rate a second; `nil` for as fast as possible.
  public let askedRate: Double?
  /// How intended times lay at the asked rate.
  public let arrivals: ArrivalProcess
  /// How long requests left, in seconds.
  public let seconds: Double
  /// Requests that left.
  public internal(set) var sent: UInt64 = 0
  /// Requests whose time came while no connection took them; they never left.
  public internal(set) var unsent: UInt64 = 0
  /// Requests that left more than a millisecond after their time because no connection took them:
  /// the issuer reads too slowly.
  public internal(set) var heldBack: UInt64 = 0
  /// Requests that left more than a millisecond after their time although connections took them: the
  /// generator is too slow, or its machine too busy.
  public internal(set) var late: UInt64 = 0
  /// Answers that belong to a request.
  public internal(set) var answered: UInt64 = 0
  /// Answers with a code below 1000.
  public internal(set) var approved: UInt64 = 0
  /// Other answers by their code.
  public internal(set) var declined: [UInt16: UInt64] = [:]
  /// Answers that belong to no outstanding request, or that cannot be read.
  public internal(set) var strays: UInt64 = 0
  /// Connections that broke during the run.
  public internal(set) var brokenConnections: UInt64 = 0
  /// The run second by second, with the drain.
  public internal(set) var intervals: [LoadInterval] = []
  /// By `RequestKind`, repeats last.
  var classes = [LoadClassTally](repeating: LoadClassTally(), count: RequestKind.repeatClass + 1)
  /// Nanoseconds from intended sending to answer, of answers other than 9107 and 9109.
  var acceptedLatency = LoadReport.newHistogram()
  /// The same of answers 9107 and 9109.
  var refusedLatency = LoadReport.newHistogram()
  /// Nanoseconds of the monotonic clock.
  var start: UInt64 = 0
  /// Nanoseconds of the monotonic clock.
  var lastAnswer: UInt64 = 0

  /// A report of nothing.
  init(askedRate: Double?, arrivals: ArrivalProcess, seconds: Double) {
    self.askedRate = askedRate
    self.arrivals = arrivals
    self.seconds = seconds
  }

  /// Requests that left and were not answered by the end of the drain.
  public var unanswered: UInt64 { sent - answered }

  /// Answers 9107 and 9109: the issuer had no room or no time for the request.
  public var refused: UInt64 { classes.reduce(0) { $0 + $1.refused } }

  /// Repeats that left.
  public var repeats: UInt64 { classes[RequestKind.repeatClass].sent }

  /// Requests and answers by class; only classes that had requests.
  public var tallies: [(name: String, tally: LoadClassTally)] {
    classes.enumerated().filter { $0.element.sent > 0 }
      .map { (RequestKind.className($0.offset), $0.element) }
  }

  /// Answers that their request must not bring, and answers to nothing.
  public var unexpected: UInt64 { classes.reduce(strays) { $0 + $1.unexpectedCount } }

  /// Requests that left, a second.
  public var offeredRate: Double { Double(sent) / seconds }

  /// Answers a second, up to the last one.
  public var achievedRate: Double { Double(answered) / answeringSeconds }

  /// Answers other than 9107 and 9109 a second, up to the last answer.
  public var acceptedRate: Double { Double(answered - refused) / answeringSeconds }

  /// Whether the asked rate was offered: nothing unsent and at most one request of a hundred late
  /// by the generator's own fault.
  public var isRateKept: Bool { unsent == 0 && late * 100 <= sent }

  /// Later answers than the end of sending are no answers of that time.
  private var answeringSeconds: Double {
    lastAnswer > start ? max(seconds, Double(lastAnswer - start) / 1e9) : seconds
  }

  /// The latency that a share of the answers did not exceed.
  ///
  /// - Parameter percentile: `0...100`.
  /// - Returns: Microseconds; 0 without answers.
  public func latencyMicroseconds(percentile: Double) -> Double {
    LoadReport.microseconds(latency, percentile)
  }

  /// The same among answers other than 9107 and 9109.
  ///
  /// - Parameter percentile: `0...100`.
  /// - Returns: Microseconds; 0 without such answers.
  public func acceptedLatencyMicroseconds(percentile: Double) -> Double {
    LoadReport.microseconds(acceptedLatency, percentile)
  }

  /// The longest latency in microseconds; 0 without answers.
  public var longestLatencyMicroseconds: Double { Double(latency.max) / 1_000 }

  /// How many answers took at least `from` and less than `to` microseconds.
  public func answers(from: UInt64, to: UInt64) -> UInt64 {
    guard to > from, answered > 0 else { return 0 }
    let range = from * 1_000...to * 1_000 - 1
    return UInt64(acceptedLatency.count(within: range) + refusedLatency.count(within: range))
  }

  /// The whole distribution of latencies in microseconds, in the text form of HdrHistogram
  /// (`.hgrm`), which its plotting tools read.
  ///
  /// - Parameter acceptedOnly: Leaves answers 9107 and 9109 out.
  /// - Returns: Lines with value, percentile and count, and a summary behind them.
  public func distribution(acceptedOnly: Bool = false) -> String {
    var text = ""
    (acceptedOnly ? acceptedLatency : latency).outputPercentileDistribution(
      to: &text,
      outputValueUnitScalingRatio: 1_000
    )
    return text
  }

  private var latency: Histogram<UInt64> {
    var all = acceptedLatency
    all.add(refusedLatency)
    return all
  }

  /// The report as scripts read it (contract, section 6).
  public var json: JSONValue {
    [
      "rate": [
        "asked": askedRate.map { .number($0) } ?? "max",
        "offered": LoadReport.rounded(offeredRate),
        "achieved": LoadReport.rounded(achievedRate),
        "accepted": LoadReport.rounded(acceptedRate),
        "isKept": .boolean(isRateKept),
      ],
      "arrivals": askedRate == nil ? .null : .string(arrivals.rawValue),
      "seconds": .number(seconds),
      "sent": .number(sent),
      "unsent": .number(unsent),
      "heldBack": .number(heldBack),
      "late": .number(late),
      "answered": .number(answered),
      "approved": .number(approved),
      "declined": LoadReport.byCode(declined),
      "refused": .number(refused),
      "repeats": .number(repeats),
      "unanswered": .number(unanswered),
      "unexpected": .number(unexpected),
      "strays": .number(strays),
      "brokenConnections": .number(brokenConnections),
      "classes": .object(
        tallies.map { name, tally in
          JSONValue.Member(
            name,
            [
              "sent": .number(tally.sent), "expected": .number(tally.expected),
              "refused": .number(tally.refused),
              "unexpected": LoadReport.byCode(tally.unexpected),
              "otherApprovalCodes": .number(tally.otherApprovalCodes),
            ]
          )
        }
      ),
      "latencyMicroseconds": LoadReport.percentiles(latency),
      "acceptedLatencyMicroseconds": LoadReport.percentiles(acceptedLatency),
      "refusedLatencyMicroseconds": LoadReport.percentiles(refusedLatency),
      "intervals": .array(intervals.map(\.json)),
      "distribution": .array(
        latency.percentiles(ticksPerHalfDistance: 5).map { point in
          [
            "percentile": .number(point.percentileLevelIteratedTo),
            "microseconds": LoadReport.rounded(Double(point.value) / 1_000),
            "count": .number(UInt64(point.totalCountToThisValue)),
          ]
        }
      ),
    ]
  }

  /// Adds what another worker measured in the same time.
  mutating func add(_ other: LoadReport) {
    sent += other.sent
    unsent += other.unsent
    heldBack += other.heldBack
    late += other.late
    answered += other.answered
    approved += other.approved
    declined.merge(other.declined) { $0 + $1 }
    strays += other.strays
    brokenConnections += other.brokenConnections
    for position in classes.indices { classes[position].add(other.classes[position]) }
    acceptedLatency.add(other.acceptedLatency)
    refusedLatency.add(other.refusedLatency)
    lastAnswer = max(lastAnswer, other.lastAnswer)
  }

  /// One decimal.
  static func rounded(_ value: Double) -> JSONValue { .number((value * 10).rounded() / 10) }

  private static func percentiles(_ latency: Histogram<UInt64>) -> JSONValue {
    let at = { (percentile: Double) in rounded(microseconds(latency, percentile)) }
    return [
      "p50": at(50), "p90": at(90), "p99": at(99), "p999": at(99.9), "p9999": at(99.99),
      "max": rounded(Double(latency.max) / 1_000),
    ]
  }

  private static func microseconds(_ latency: Histogram<UInt64>, _ percentile: Double) -> Double {
    latency.totalCount == 0 ? 0 : Double(latency.valueAtPercentile(percentile)) / 1_000
  }

  private static func byCode(_ counts: [UInt16: UInt64]) -> JSONValue {
    .object(
      counts.sorted { $0.key < $1.key }.map { code, count in
        let digits = String(code)
        return JSONValue.Member(
          String(repeating: "0", count: 4 - digits.utf8.count) + digits,
          .number(count)
        )
      }
    )
  }

  /// Ten minutes is the longest latency told apart; three digits are exact.
  private static func newHistogram() -> Histogram<UInt64> {
    Histogram(
      lowestDiscernibleValue: 100,
      highestTrackableValue: 600_000_000_000,
      numberOfSignificantValueDigits: .three
    )
  }
}
