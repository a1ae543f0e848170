import Authorization
import JSON
import LoadGenerator
import Simulator
import Testing

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

  @Test func `the mix is kept and declines are counted by code`() async throws {
    let issuer = try await EchoIssuer()
    var plan = try plan(issuer.port, .perSecond(10_000), seconds: 0.5)
    plan.mix = try #require(LoadMix(text: "approve=80,decline=10,repeat=10"))
    let report = try await LoadRun(plan, cards: cards()).run()
    try await issuer.stop()
    #expect(report.sent == 5_000)
    #expect(report.unanswered == 0)
    let declined = try #require(report.declined[1016])
    #expect((350...650).contains(declined))
    #expect((350...650).contains(report.repeats))
    #expect(report.approved + declined == report.answered)
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
      try await Task.sleep(for: .milliseconds(700))
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

  @Test func `a mix must name known shares that make a hundred`() {
    #expect(LoadMix(text: "approve=100") == .approvals)
    #expect(LoadMix(text: "approve=90,decline=5,repeat=5") != nil)
    for text in [
      "", "approve=99", "approve=50,approve=50", "refuse=100", "approve=110,decline=-10",
    ] {
      #expect(LoadMix(text: text) == nil, "\(text)")
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
