import Ledger
import Telemetry
import Testing

@testable import Management

/// Turns of work while authorizations come.
struct PacerTests {
  private let begin = MonotonicTime(nanoseconds: 5_000_000_000)

  @Test func `a burst goes at once and the rest at the rate`() {
    let pacer = Pacer(AuthorizationTraffic(), perSecond: 100, burst: 4)
    let delays = (0..<7).map { _ in pacer.delay(of: 1, at: begin) }
    #expect(delays == [0, 0, 0, 0, 10_000_000, 20_000_000, 30_000_000])
    // A second later everything is paid for, and no more than a burst is saved up.
    let later = begin.advanced(by: .seconds(1))
    #expect((0..<5).map { _ in pacer.delay(of: 1, at: later) } == [0, 0, 0, 0, 10_000_000])
  }

  @Test func `large work takes as many turns`() {
    let pacer = Pacer(AuthorizationTraffic(), perSecond: 1_000, burst: 10)
    #expect(pacer.delay(of: 32, at: begin) == 22_000_000)
    #expect(pacer.delay(of: 1, at: begin) == 23_000_000)
  }

  @Test(.timeLimit(.minutes(1)))
  func `nothing waits while no authorizations come`() async throws {
    let pacer = Pacer(AuthorizationTraffic(), perSecond: 1, burst: 1)
    for _ in 0..<1_000 { try await pacer.wait() }
  }
}
