import Telemetry
import Testing

@testable import Switch

struct EchoTestTests {
  private static func time(_ milliseconds: Int64) -> MonotonicTime {
    MonotonicTime(nanoseconds: 1_000_000_000_000).advanced(by: .milliseconds(milliseconds))
  }

  /// A link that opens at 0, is tested after ten seconds of silence and may miss one.
  private final class Bench {
    var test: EchoTest
    var lastMessage: MonotonicTime?
    var listening: MonotonicTime? = EchoTestTests.time(0)

    init(every: Duration = .seconds(10), missesAllowed: Int = 2) {
      var settings = EchoSettings()
      settings.every = every
      settings.missesAllowed = missesAllowed
      test = EchoTest(settings, opened: EchoTestTests.time(0))
    }

    func tick(_ milliseconds: Int64) -> EchoTest.Action {
      test.tick(
        at: EchoTestTests.time(milliseconds),
        lastMessage: lastMessage,
        listening: listening
      )
    }

    func isAnswered(by trace: UInt64) -> Bool { test.isAnswered(by: trace) }

    func send(_ milliseconds: Int64, _ trace: UInt64) {
      test.sent(trace, at: EchoTestTests.time(milliseconds))
    }
  }

  @Test func `nothing is ever sent unless it was asked for`() {
    let bench = Bench(every: .zero)
    #expect(bench.tick(1_000_000_000) == .none)
  }

  @Test func `a silent link is tested, one that speaks is not`() {
    let bench = Bench()
    #expect(bench.tick(9_999) == .none)
    #expect(bench.tick(10_000) == .send)
    bench.lastMessage = Self.time(8_000)
    #expect(bench.tick(17_999) == .none)
    #expect(bench.tick(18_000) == .send)
  }

  @Test func `an answered echo is followed by silence, not by another echo`() {
    let bench = Bench()
    #expect(bench.tick(10_000) == .send)
    bench.send(10_000, 7)
    #expect(!bench.isAnswered(by: 8))
    bench.lastMessage = Self.time(10_020)
    #expect(bench.isAnswered(by: 7))
    #expect(!bench.isAnswered(by: 7))
    #expect(bench.tick(20_019) == .none)
    #expect(bench.tick(20_020) == .send)
    #expect(bench.test.missed == 0)
  }

  @Test func `a missed echo is sent again at once and the second miss ends the link`() {
    let bench = Bench()
    bench.send(10_000, 7)
    #expect(bench.tick(14_999) == .none)
    #expect(bench.tick(15_000) == .missed)
    #expect(bench.test.missed == 1)
    #expect(!bench.isAnswered(by: 7))
    #expect(bench.tick(15_250) == .send)
    bench.send(15_250, 8)
    #expect(bench.tick(20_249) == .none)
    #expect(bench.tick(20_250) == .down)
  }

  @Test func `with one allowed the first miss ends the link`() {
    let bench = Bench(missesAllowed: 1)
    bench.send(10_000, 7)
    #expect(bench.tick(15_000) == .down)
  }

  @Test func `an answer to the second echo ends the run`() {
    let bench = Bench()
    bench.send(10_000, 7)
    #expect(bench.tick(15_000) == .missed)
    bench.send(15_000, 8)
    bench.lastMessage = Self.time(15_100)
    #expect(bench.isAnswered(by: 8))
    bench.send(30_000, 9)
    #expect(bench.tick(35_000) == .missed)
    #expect(bench.test.missed == 1)
  }

  @Test func `a peer that asks and never answers echoes keeps its link`() {
    let bench = Bench(missesAllowed: 1)
    bench.send(10_000, 7)
    bench.lastMessage = Self.time(12_000)
    #expect(bench.tick(15_000) == .missed)
    #expect(bench.test.missed == 0)
    #expect(bench.tick(21_999) == .none)
    #expect(bench.tick(22_000) == .send)
  }

  @Test func `time in which reading was held back does not count against the peer`() {
    let bench = Bench()
    bench.send(10_000, 7)
    bench.listening = nil
    #expect(bench.tick(100_000) == .none)
    bench.listening = Self.time(100_000)
    #expect(bench.tick(104_999) == .none)
    #expect(bench.tick(105_000) == .missed)
  }

  @Test func `an answer is waited for no longer than the pause between echoes`() {
    let bench = Bench(every: .seconds(1))
    bench.send(1_000, 7)
    #expect(bench.tick(1_999) == .none)
    #expect(bench.tick(2_000) == .missed)
  }
}
