import Authorization
import Testing

@testable import Ledger

/// What the writer knows of the times of posted messages.
struct PostedTimesTests {
  private func time(_ second: Int) throws -> LocalTime {
    let digits = UInt64(second / 3_600 * 10_000 + second / 60 % 60 * 100 + second % 60)
    return try #require(LocalTime(digits: 20_260_615_000_000 + digits))
  }

  @Test func `no time of a posted message is ever forgotten`() throws {
    var random = SeededRandom(test: "PostedTimesTests")
    let newest = try time(40_000)
    var times = PostedTimes(newest: newest)
    var posted: Set<UInt64> = []
    var told = 0
    for _ in 0..<200 {
      var layer: Set<UInt64> = []
      for _ in 0..<Int.random(in: 0..<20, using: &random) {
        layer.insert(try time(Int.random(in: 0..<86_400, using: &random)).digits)
      }
      times.add(layer)
      posted.formUnion(layer)
      for _ in 0..<50 {
        let asked = try time(Int.random(in: 0..<86_400, using: &random))
        let isThere = posted.contains(asked.digits) || asked <= newest
        #expect(times.mayHold(asked) == isThere)
        if !isThere { told += 1 }
      }
    }
    #expect(told > 1_000)
  }

  @Test func `more times than are kept are all taken for posted`() throws {
    var times = PostedTimes(newest: nil)
    let seconds = Array(0..<LedgerLimits.postedTimes + 1)
    let first = try time(0)
    #expect(!times.mayHold(first))
    for start in stride(from: 0, to: seconds.count, by: 1_000) {
      times.add(
        Set(try seconds[start..<min(start + 1_000, seconds.count)].map { try time($0).digits })
      )
    }
    #expect(times.mayHold(first))
    #expect(times.mayHold(try time(LedgerLimits.postedTimes)))
    #expect(!times.mayHold(try time(LedgerLimits.postedTimes + 1)))
  }

  @Test func `a message is known again whenever it was posted`() async throws {
    let fixture = try LedgerFixture()
    let world = try await TestWorld(fixture, .deposit, backing: 90_000, funds: 90_000)
    let card = world.cards[0]
    var sent: [AuthorizationRequest] = []
    var answers: [AuthorizationID?] = []
    for round in 0..<4 {
      for serial in 0..<40 {
        // Twenty seconds in every round, so that each holds posted and new messages.
        var request = try card.request(UInt64(round * 1_000 + serial), try world.amount(1))
        let time = UInt64(20_260_615_120_000 + serial % 20 + round * 100)
        request.key.localTime = try #require(LocalTime(digits: time))
        sent.append(request)
      }
      let outcomes = try await fixture.submit(Array(sent.suffix(40)))
      #expect(outcomes.allSatisfy { $0.origin == .decided })
      answers += outcomes.map(\.authorization)
      // Posted now, and the layer dropped before the next batch.
      try await fixture.ledger.readPosted { _ in }
      if round == 1 { try fixture.restart() }
      let again = try await fixture.submit(sent)
      #expect(again.allSatisfy { $0.origin == .repeated })
      #expect(again.map(\.authorization) == answers)
    }
    try await fixture.expectConsistent()
  }
}
