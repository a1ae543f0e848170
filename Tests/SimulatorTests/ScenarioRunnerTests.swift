import Authorization
import Foundation
import Simulator
import Testing

struct ScenarioRunnerTests {
  private static let directory = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Specs/Scenarios")

  private static func scenarios(in directory: URL = directory) throws -> [Scenario] {
    let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
      .filter { $0.hasSuffix(".scenario") }.sorted()
    return try files.flatMap { file in
      try ScenarioParser().parse(
        String(contentsOf: directory.appending(path: file), encoding: .utf8),
        file: file
      )
    }
  }

  private func run(_ scenario: Scenario, fault: FakeIssuer.Fault = .none) async -> ScenarioOutcome {
    let issuer = FakeIssuer(fault: fault)
    let runner = ScenarioRunner(
      messages: issuer,
      management: issuer,
      seed: 11,
      clock: { Instant(microsecondsSinceEpoch: 1_795_346_415_000_000) }
    )
    return await runner.run(scenario, number: 0)
  }

  @Test func `every scenario of the product can be played`() async throws {
    let scenarios = try Self.scenarios()
    #expect(scenarios.count >= 30)
    for scenario in scenarios {
      let outcome = await run(scenario)
      let failure = outcome.failure
      #expect(
        outcome.passed,
        """
        \(scenario.file) line \(failure?.step.line ?? 0): \(failure?.step.text ?? ""); expected \
        \(failure?.expected ?? ""), found \(failure?.found ?? "")
        """
      )
    }
  }

  @Test func `the scenarios of a payment's life can be read, and each looks at the books`() throws {
    let scenarios = try Self.scenarios(in: Self.directory.appending(path: "Life"))
    #expect(scenarios.count >= 100)
    #expect(Set(scenarios.map(\.title)).count == scenarios.count)
    for scenario in scenarios {
      let steps = scenario.steps.map(\.action)
      #expect(steps.contains(.expectProof), "\(scenario.title)")
      let looksAtBalance = steps.contains { if case .expectBalance = $0 { true } else { false } }
      let looksAtPartner = steps.contains {
        if case .expectPartnerBalance = $0 { true } else { false }
      }
      #expect(looksAtBalance && looksAtPartner, "\(scenario.title)")
    }
  }

  @Test(arguments: FakeIssuer.Fault.allCases.filter { $0 != .none })
  func `a planted fault makes a scenario fail`(fault: FakeIssuer.Fault) async throws {
    var failures = 0
    for scenario in try Self.scenarios() where await !run(scenario, fault: fault).passed {
      failures += 1
    }
    #expect(failures > 0)
  }

  @Test func `a failure names the step, both sides and both messages`() async throws {
    let scenario = try #require(
      try ScenarioParser().parse(
        """
        # Wrong
        Given a partner with a deposit of 10.00 EUR
          and a user with a balance of 5.00 EUR and a card
        When the card pays 1.00 EUR
        Then it is refused with 1016
        """,
        file: "wrong.scenario"
      ).first
    )
    let failure = try #require(await run(scenario).failure)
    #expect(failure.step.line == 5)
    #expect(failure.expected == "action code 1016")
    #expect(failure.found == "0000")
    #expect(failure.request != nil)
    #expect(failure.answer != nil)
  }

  @Test func `a call that nobody expects to fail fails the scenario`() async throws {
    let scenario = try #require(
      try ScenarioParser().parse(
        """
        # Unlocking twice
        Given a partner with a deposit of 10.00 EUR
          and a user with a balance of 5.00 EUR and a card
        When the card is unlocked
         and the card pays 1.00 EUR
        Then it is approved
        """,
        file: "x"
      ).first
    )
    let failure = try #require(await run(scenario).failure)
    #expect(failure.step.line == 4)
    #expect(failure.found.contains("CARD_NOT_LOCKED"))
  }

  @Test func `time that cannot pass skips the scenario`() async throws {
    let scenario = try #require(
      try ScenarioParser().parse(
        """
        # Waiting
        When the clock is advanced by 7 days
         and the network sends an echo
        Then it is accepted
        """,
        file: "x"
      ).first
    )
    let outcome = await run(scenario)
    #expect(outcome.skipped?.contains("--virtual-clock") == true)
    #expect(outcome.failure == nil)
    #expect(!outcome.passed)
  }

  @Test func `a partial approval is checked in all its parts`() async throws {
    let scenario = try #require(
      try ScenarioParser().parse(
        """
        # In part
        Given a partner with a deposit of 10.00 EUR
          and a user with a balance of 5.00 EUR and a card
        When the card pays 1.00 EUR or less
        Then it is approved for 1.00 EUR
        """,
        file: "x"
      ).first
    )
    #expect(await run(scenario).failure?.expected == "action code 0002")
  }

  @Test func `a failure never shows a card number`() async throws {
    let scenario = try #require(
      try ScenarioParser().parse(
        """
        # Wrong
        Given a partner with a deposit of 10.00 EUR
          and a user with a balance of 5.00 EUR and a card
        When the card pays 1.00 EUR
        Then the answer has DE 2 = 4000000000000002
        """,
        file: "x"
      ).first
    )
    let failure = try #require(await run(scenario).failure)
    #expect(failure.found.contains("******"))
  }
}
