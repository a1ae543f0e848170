import Authorization
import Simulator

/// What a load run does; every limit has a default.
public struct LoadPlan: Sendable {
  /// When requests leave.
  public enum Rate: Hashable, Sendable {
    /// So many a second, whatever the answers do; `arrivals` says how their times lie.
    case perSecond(Double)
    /// As fast as the window of each connection allows: the next request leaves when an answer
    /// comes, so latency counts from the real sending.
    case maximum
  }

  /// The issuer's host.
  public var host: String
  /// The issuer's port.
  public var port: Int
  /// As the issuer's listener is set.
  public var framing = LinkFraming()
  /// When requests leave.
  public var rate: Rate
  /// How intended times lie at a rate of so many a second.
  public var arrivals = ArrivalProcess.constant
  /// How many connections share the load, `1...1024`.
  public var connections = 8
  /// How many event loops share the connections, `1...64`.
  public var threads = 1
  /// How long requests leave, in seconds, up to 3,600.
  public var seconds: Double
  /// How long to wait for outstanding answers afterwards, in seconds.
  public var drainSeconds: Double = 5
  /// Requests in flight per connection at the rate `.maximum`, `1...65536`.
  public var window = 64
  /// Shares of the kinds of request.
  public var mix = LoadMix.onlyApprovals
  /// DE 4 of a purchase.
  public var amount: Amount
  /// How cards are used.
  public var entry = EntryMode.chip
  /// Chooses cards, kinds and Poisson gaps; trace numbers begin at a number made from it.
  public var seed: UInt64

  /// A plan with the defaults.
  public init(
    host: String,
    port: Int,
    rate: Rate,
    seconds: Double,
    amount: Amount,
    seed: UInt64
  ) {
    self.host = host
    self.port = port
    self.rate = rate
    self.seconds = seconds
    self.amount = amount
    self.seed = seed
  }

  /// Why the plan cannot be carried out, or `nil`.
  public var objection: String? {
    if case .perSecond(let rate) = rate, !(rate > 0 && rate <= 10_000_000) {
      return "the rate must be above 0 and at most 10,000,000 a second, or max"
    }
    if !(1...1024).contains(connections) { return "1 to 1024 connections are possible" }
    if !(1...64).contains(threads) { return "1 to 64 threads are possible" }
    if threads > connections { return "each thread needs a connection of its own" }
    if !(seconds > 0 && seconds <= 3_600) { return "the duration must be at most 3,600 seconds" }
    if !(drainSeconds >= 0 && drainSeconds <= 600) { return "the drain is at most 600 seconds" }
    if !(1...65_536).contains(window) { return "the window must be 1 to 65,536" }
    return nil
  }
}
