import Authorization
import JSON
import Simulator
import Testing

@testable import LoadGenerator

@Suite(.serialized)
struct LoadRunTests {
  private func plan(_ port: Int, _ rate: LoadPlan.Rate, seconds: Double) throws -> LoadPlan {
    let euro = try #require(Currency(code: "EUR"))
    var plan = LoadPlan(
      host: "127.0.0.1",
      port: port,
      rate: rate,
      seconds: seconds,
      amount: try #require(Amount(minorUnits: 100, currency: euro)),
      seed: 7
    )
    plan.connections = 4
    plan.drainSeconds = 3
    return plan
  }

  private func cards(_ count: Int = 100) throws -> LoadCards {
    let numbers = try #require(CardNumberRange(bin: "400000"))
    var cards = LoadCards()
    for position in 0..<count {
      let isTaken = cards.append(numbers.number(at: position), expiry: "3012")
      #expect(isTaken)
    }
    return cards
  }

  @Test(arguments: LinkFraming.Prefix.allCases)
  func `every request of a fixed rate is sent, answered and counted once`(
    prefix: LinkFraming.Prefix
  ) async throws {
    let framing = LinkFraming(prefix, header: prefix == .raw4 ? [0x60, 0, 1, 0, 2] : [])
    let issuer = try await EchoIssuer(framing: framing)
    var plan = try plan(issuer.port, .perSecond(2_000), seconds: 0.5)
    plan.framing = framing
    let report = try await LoadRun(plan, cards: cards()).run()
    try await issuer.stop()
    #expect(report.sent == 1_000)
    #expect(report.answered == 1_000)
    #expect(report.approved == 1_000)
    #expect(report.unanswered == 0)
    #expect(report.unexpected == 0)
    #expect(report.declined.isEmpty)
    #expect(report.latencyMicroseconds(percentile: 50) > 0)
    #expect(issuer.requests == 1_000)
  }

  @Test func `the mix is kept and every answer fits its class`() async throws {
    let issuer = try await EchoIssuer()
    var plan = try plan(issuer.port, .perSecond(10_000), seconds: 0.5)
    plan.mix = try #require(LoadMix(text: "approvals=160,declines=20,repeats=20"))
    let report = try await LoadRun(plan, cards: cards()).run()
    try await issuer.stop()
    #expect(report.sent == 5_000)
    #expect(report.unanswered == 0)
    #expect(report.unexpected == 0)
    for code: UInt16 in [1001, 1016, 1018] {
      #expect((90...280).contains(report.declined[code] ?? 0), "code \(code)")
    }
    // Something can be repeated only once it was answered, which a busy machine does late.
    #expect((100...650).contains(report.repeats))
    let names = report.tallies.map(\.name)
    #expect(names == ["approval", "insufficientFunds", "expiredCard", "unknownCard", "repeat"])
    #expect(report.tallies.allSatisfy { $0.tally.sent == $0.tally.expected })
  }

  @Test func `an approval where a decline must come is unexpected and named`() async throws {
    var behaviour = EchoIssuer.Behaviour()
    behaviour.limit = .max
    let issuer = try await EchoIssuer(behaviour: behaviour)
    var plan = try plan(issuer.port, .perSecond(2_000), seconds: 0.5)
    plan.mix = try #require(LoadMix(text: "declines=1"))
    let report = try await LoadRun(plan, cards: cards()).run()
    try await issuer.stop()
    let tally = try #require(report.tallies.first { $0.name == "insufficientFunds" }?.tally)
    #expect(tally.sent > 0)
    #expect(tally.unexpected == [0: tally.sent])
    #expect(report.unexpected == tally.sent)
  }

  @Test func `a repeat that is decided again is noticed`() async throws {
    var behaviour = EchoIssuer.Behaviour()
    behaviour.isForgetful = true
    let issuer = try await EchoIssuer(behaviour: behaviour)
    var plan = try plan(issuer.port, .perSecond(5_000), seconds: 0.5)
    plan.mix = try #require(LoadMix(text: "approvals=1,repeats=1"))
    let report = try await LoadRun(plan, cards: cards()).run()
    try await issuer.stop()
    let tally = try #require(report.tallies.first { $0.name == "repeat" }?.tally)
    // Half of the repeats are marked, and only those are decided again.
    #expect(tally.otherApprovalCodes > tally.sent / 4)
    #expect(tally.expected > tally.sent / 4)
    #expect(tally.otherApprovalCodes + tally.expected == tally.sent)
  }

  @Test func `refusals of an overloaded issuer are kept apart from what it accepted`() async throws
  {
    var behaviour = EchoIssuer.Behaviour()
    behaviour.refusesEvery = 4
    let issuer = try await EchoIssuer(behaviour: behaviour)
    let plan = try plan(issuer.port, .perSecond(2_000), seconds: 0.5)
    let report = try await LoadRun(plan, cards: cards()).run()
    try await issuer.stop()
    #expect(report.refused == 250)
    #expect(report.declined == [9107: 250])
    #expect(report.approved == 750)
    #expect(report.unexpected == 0)
    #expect(report.acceptedRate < report.achievedRate)
    let json = try #require(try? JSONValue(parsing: report.json.bytes))
    for name in ["acceptedLatencyMicroseconds", "refusedLatencyMicroseconds"] {
      #expect(json[name]?["p99"] != nil, "\(name)")
    }
    #expect(json["distribution"]?.elements?.isEmpty == false)
    #expect(report.distribution().contains("Percentile"))
  }

  @Test func `seconds add up to the run`() async throws {
    let issuer = try await EchoIssuer()
    var plan = try plan(issuer.port, .perSecond(2_000), seconds: 1.5)
    plan.threads = 2
    let counters = LoadCounters()
    let report = try await LoadRun(plan, cards: cards()).run(counters: counters)
    try await issuer.stop()
    #expect(report.intervals.map(\.second) == Array(0..<report.intervals.count))
    #expect(report.intervals.count >= 2)
    #expect(report.intervals.reduce(0) { $0 + $1.sent } == report.sent)
    #expect(report.intervals.reduce(0) { $0 + $1.answered } == report.answered)
    #expect(counters.intervals(from: 0) == report.intervals)
  }

  @Test func `poisson arrivals keep the rate and are all accounted for`() async throws {
    let issuer = try await EchoIssuer()
    var plan = try plan(issuer.port, .perSecond(5_000), seconds: 1)
    plan.arrivals = .poisson
    let report = try await LoadRun(plan, cards: cards()).run()
    try await issuer.stop()
    // Six standard deviations of a Poisson count.
    #expect((4_575...5_425).contains(report.sent + report.unsent))
    #expect(report.unanswered == 0)
  }

  @Test func `the seed alone decides poisson times, and their gaps are exponential`() {
    let times = { (seed: UInt64) -> [UInt64] in
      var schedule = ArrivalSchedule(.poisson, start: 5, rate: 1_000, seconds: 100, seed: seed)
      var times: [UInt64] = []
      while schedule.next != .max { times.append(schedule.take()) }
      return times
    }
    let first = times(1)
    #expect(first == times(1))
    #expect(first != times(2))
    #expect((98_000...102_000).contains(first.count))
    let gaps = zip(first.dropFirst(), first).map { Double($0 - $1) / 1e6 }
    // Of exponential gaps 1/e are longer than the mean, and 1/e² than twice the mean.
    let long = Double(gaps.count { $0 > 1 }) / Double(gaps.count)
    let longer = Double(gaps.count { $0 > 2 }) / Double(gaps.count)
    #expect(abs(long - 0.3679) < 0.01)
    #expect(abs(longer - 0.1353) < 0.01)
  }

  @Test func `constant times are evenly spaced and late ones move none`() {
    var schedule = ArrivalSchedule(.constant, start: 1_000, rate: 3, seconds: 2, seed: 0)
    #expect(schedule.due(at: 999) == 0)
    #expect(schedule.due(at: 1_000) == 1)
    #expect(schedule.due(at: 1_000 + 1_000_000_000) == 4)
    #expect(schedule.take() == 1_000)
    #expect(schedule.take() == 1_000 + 333_333_333)
    #expect(schedule.drain() == 4)
    #expect(schedule.next == .max)
  }

  @Test func `an issuer that does not read leaves requests unsent, and the report says so`()
    async throws
  {
    let issuer = try await DeafIssuer()
    var plan = try plan(issuer.port, .perSecond(100_000), seconds: 1)
    plan.connections = 1
    plan.drainSeconds = 0.1
    let report = try await LoadRun(plan, cards: cards()).run()
    try await issuer.stop()
    #expect(report.sent + report.unsent == 100_000)
    #expect(report.unsent > 0)
    #expect(report.answered == 0)
    #expect(!report.isRateKept)
  }

  @Test func `cards of a range are those that the import file has`() throws {
    let numbers = try #require(CardNumberRange(bin: "400000"))
    let derived = try #require(LoadCards(numbers, count: 10_000_000, expiry: "3012"))
    #expect(derived.count == 10_000_000)
    for position in [0, 1, 9, 10, 999_999, 1_000_000, 9_999_999] {
      var listed = LoadCards()
      let isTaken = listed.append(numbers.number(at: position), expiry: "3012")
      #expect(isTaken)
      #expect(derived[position] == listed[0], "position \(position)")
    }
    #expect(LoadCards(numbers, count: 0, expiry: "3012") == nil)
    #expect(LoadCards(numbers, count: 1, expiry: "3013") == nil)
    #expect(derived.lengths() == [16])
  }

  @Test(arguments: ["4000000000002", "4000000000000002", "4000000000000000006"])
  func `a number that was not issued has a right check digit`(pan: String) throws {
    var cards = LoadCards()
    let isTaken = cards.append(pan: pan.utf8, expiry: "3012".utf8)
    #expect(isTaken)
    let other = cards[0].unissued
    #expect(other != cards[0])
    #expect(other.digits == cards[0].digits)
    var digits = (0..<16).map { UInt8(other.high >> UInt64(60 - 4 * $0) & 15) }
    digits += (0..<3).map { UInt8(other.low >> UInt16(12 - 4 * $0) & 15) }
    let sum = digits.prefix(pan.count).reversed().enumerated().reduce(0) { sum, digit in
      let doubled = Int(digit.element) * 2
      return sum + (digit.offset % 2 == 0 ? Int(digit.element) : doubled / 10 + doubled % 10)
    }
    #expect(sum % 10 == 0)
  }

  @Test func `requests without an answer are counted and end the drain in time`() async throws {
    var behaviour = EchoIssuer.Behaviour()
    behaviour.swallowsEvery = 10
    let issuer = try await EchoIssuer(behaviour: behaviour)
    var plan = try plan(issuer.port, .perSecond(1_000), seconds: 0.5)
    plan.drainSeconds = 0.3
    let report = try await LoadRun(plan, cards: cards()).run()
    try await issuer.stop()
    #expect(report.sent == 500)
    #expect(report.unanswered == 50)
    #expect(report.answered == 450)
  }

  @Test func `a stalled issuer makes latencies grow and does not slow the load down`() async throws
  {
    var behaviour = EchoIssuer.Behaviour()
    behaviour.holdsAnswers = true
    let issuer = try await EchoIssuer(behaviour: behaviour)
    let plan = try plan(issuer.port, .perSecond(2_000), seconds: 1)
    let release = Task {
      // Told by the requests, which leave at their times, and not by a clock of this task's.
      while issuer.requests < 1_400 { try await Task.sleep(for: .milliseconds(1)) }
      issuer.change { $0.holdsAnswers = false }
    }
    let report = try await LoadRun(plan, cards: cards()).run()
    try await release.value
    try await issuer.stop()
    #expect(report.sent == 2_000)
    #expect(report.unanswered == 0)
    // Requests of the first tenth of a second waited for at least half of one.
    #expect(report.longestLatencyMicroseconds > 500_000)
    #expect(report.latencyMicroseconds(percentile: 50) > 100_000)
  }

  @Test func `at the maximum rate the window bounds what is in flight`() async throws {
    var behaviour = EchoIssuer.Behaviour()
    behaviour.holdsAnswers = true
    let issuer = try await EchoIssuer(behaviour: behaviour)
    var plan = try plan(issuer.port, .maximum, seconds: 0.3)
    plan.window = 5
    plan.drainSeconds = 0.2
    let report = try await LoadRun(plan, cards: cards()).run()
    try await issuer.stop()
    #expect(report.sent == 20)
    #expect(report.unanswered == 20)
  }

  @Test func `at the maximum rate answers make room for requests`() async throws {
    let issuer = try await EchoIssuer()
    var plan = try plan(issuer.port, .maximum, seconds: 0.5)
    plan.threads = 2
    let report = try await LoadRun(plan, cards: cards()).run()
    try await issuer.stop()
    #expect(report.sent > 256)
    #expect(report.unanswered == 0)
    #expect(report.unexpected == 0)
    #expect(issuer.requests == report.sent)
  }

  @Test func `an issuer with another framing breaks connections, not the run`() async throws {
    var behaviour = EchoIssuer.Behaviour()
    behaviour.noise = [0xFF, 0xFF]
    let issuer = try await EchoIssuer(behaviour: behaviour)
    let plan = try plan(issuer.port, .perSecond(100), seconds: 0.5)
    let report = try await LoadRun(plan, cards: cards()).run()
    try await issuer.stop()
    #expect(report.brokenConnections == 4)
    #expect(report.answered == 0)
  }

  @Test func `a closed port is said to be unreachable`() async throws {
    let plan = try plan(1, .perSecond(100), seconds: 0.1)
    await #expect(throws: LoadError.self) { try await LoadRun(plan, cards: cards()).run() }
  }

  @Test func `a plan that cannot be carried out is refused`() throws {
    var plan = try plan(1, .perSecond(0), seconds: 1)
    #expect(plan.objection != nil)
    plan.rate = .perSecond(1)
    #expect(plan.objection == nil)
    plan.threads = 5
    #expect(plan.objection != nil)
    let empty = LoadCards()
    plan.threads = 1
    let sound = plan
    #expect(throws: LoadError.self) { try LoadRun(sound, cards: empty) }
  }

  @Test func `a mix names known shares once and has at least one`() {
    #expect(LoadMix(text: "approvals=1") == .onlyApprovals)
    #expect(LoadMix(text: "approvals=90,declines=8,repeats=2") != nil)
    #expect(LoadMix(text: "declines=3") != nil)
    for text in [
      "", "approvals=0", "approvals=50,approvals=50", "refusals=100", "declines=-10",
      "approvals=1000001", "approvals=0.5",
    ] {
      #expect(LoadMix(text: text) == nil, "\(text)")
    }
  }

  @Test func `a card file may come in pieces that end anywhere`() throws {
    let bytes = Array(
      "4000000000000002\n{\"pan\":\"4000000000000010\"}\n4000000000000028,2911".utf8
    )
    for size in 1...bytes.count {
      var reader = CardFileReader()
      for start in stride(from: 0, to: bytes.count, by: size) {
        try reader.take(bytes[start..<min(start + size, bytes.count)])
      }
      let cards = try reader.finish()
      #expect(cards.count == 3)
      #expect(cards[2].expiry == 0x2911)
    }
  }

  @Test func `card files of every form are read and bad lines are named without their content`()
    throws
  {
    let text = """
      # comment
      {"pan":"4000000000000002","expiry":"3101"}
      {"partner":{"ref":"p1","name":"Acme"}}

      {"card":{"ref":"c1","balance":"b1", "pan" : "4000000000000010" ,"expiry":"3012"}}
      4000000000000028
      4000000000000036,2911
      """
    #expect(try CardFileReader.read(Array(text.utf8)).count == 4)
    for bad in ["4000x", "4000000000000028,13", "{\"pan\":\"12\"}", "4000000000000028,3013"] {
      let error = #expect(throws: CardFileReader.BadLine.self) {
        try CardFileReader.read(Array(("\n" + bad).utf8))
      }
      #expect(error?.line == 2)
      #expect(error?.description.contains(bad) == false)
    }
  }

  @Test func `the report has the members that scripts rely on`() async throws {
    let issuer = try await EchoIssuer()
    let plan = try plan(issuer.port, .perSecond(1_000), seconds: 0.1)
    let report = try await LoadRun(plan, cards: cards()).run()
    try await issuer.stop()
    let json = try #require(try? JSONValue(parsing: report.json.bytes))
    #expect(json["rate"]?["offered"] == .decimal("1000.0"))
    #expect(json["rate"]?["achieved"] != nil)
    #expect(json["rate"]?["asked"] == .decimal("1000.0"))
    #expect(json["answered"]?.integer == 100)
    #expect(json["approved"]?.integer == 100)
    #expect(json["unanswered"]?.integer == 0)
    #expect(json["declined"] == .object([]))
    for name in ["p50", "p90", "p99", "p999", "max"] {
      #expect(json["latencyMicroseconds"]?[name] != nil, "\(name)")
    }
  }
}
