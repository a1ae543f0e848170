import Foundation
import LoadGenerator
import Simulator
import Testing

extension ProcessTests {
  /// The product's scenarios over the sockets of one daemon, whose clock they may advance.
  @Suite(.serialized, .sharedDaemon(arguments: ["--virtual-clock"])) struct ScenarioTests {
    static let files = scenarioFiles(in: "")
    static let lives = scenarioFiles(in: "Life/")

    /// The files of a directory below that of the scenarios.
    private static func scenarioFiles(in directory: String) -> [String] {
      let names = try? FileManager.default.contentsOfDirectory(
        atPath: "\(Programs.scenarios)/\(directory)"
      )
      return (names ?? []).filter { $0.hasSuffix(".scenario") }.sorted().map { directory + $0 }
    }

    @Test func `there are scenarios to play`() {
      #expect(!Self.files.isEmpty, "no file *.scenario in \(Programs.scenarios)")
      #expect(!Self.lives.isEmpty, "no file *.scenario in \(Programs.scenarios)/Life")
    }

    @Test(.timeLimit(.minutes(1)), arguments: files + lives)
    func `every scenario of the file passes`(file: String) async throws {
      for outcome in try await play(file, { $0 }) {
        if let failure = outcome.failure {
          Issue.record(
            """
            \(file):\(failure.step.line) \(outcome.scenario.title): expected \(failure.expected); \
            found \(failure.found)
            """
          )
        }
        #expect(outcome.skipped == nil)
      }
    }

    @Test(.timeLimit(.minutes(1)), arguments: lives)
    func `every scenario of the file notices a fault`(file: String) async throws {
      for outcome in try await play(file, ScenarioMutation.mutated) {
        #expect(outcome.failure != nil, "\(file): \(outcome.scenario.title)")
      }
    }

    private func play(
      _ file: String,
      _ change: (Scenario) -> Scenario?
    ) async throws -> [ScenarioOutcome] {
      let daemon = try #require(SharedDaemon.current)
      let text = String(
        decoding: try Scratch.bytes(of: "\(Programs.scenarios)/\(file)"),
        as: UTF8.self
      )
      let parts = daemon.address.split(separator: ":")
      let port = try #require(parts.last.flatMap { Int($0) })
      let link = try await MessageLink.connect(host: String(parts[0]), port: port)
      let runner = ScenarioRunner(
        messages: link,
        management: SocketTransport(client: daemon.management),
        seed: UInt64.random(in: 0...(.max)),
        clock: { WallClock.now() }
      )
      var outcomes: [ScenarioOutcome] = []
      for (number, scenario) in try ScenarioParser().parse(text, file: file).enumerated() {
        let changed = try #require(change(scenario), "\(scenario.title) expects nothing to change")
        outcomes.append(await runner.run(changed, number: number))
      }
      await link.close()
      expectAgreement(try await daemon.proofDifferences())
      return outcomes
    }
  }
}
