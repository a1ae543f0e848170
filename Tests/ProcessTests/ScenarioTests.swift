import Foundation
import LoadGenerator
import Simulator
import Testing

extension ProcessTests {
  /// The product's scenarios over the sockets of one daemon.
  @Suite(.serialized, .sharedDaemon) struct ScenarioTests {
    static let files: [String] = {
      let names = try? FileManager.default.contentsOfDirectory(atPath: Programs.scenarios)
      return (names ?? []).filter { $0.hasSuffix(".scenario") }.sorted()
    }()

    @Test func `there are scenarios to play`() {
      #expect(!Self.files.isEmpty, "no file *.scenario in \(Programs.scenarios)")
    }

    @Test(.timeLimit(.minutes(1)), arguments: files)
    func `every scenario of the file passes`(file: String) async throws {
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
      for (number, scenario) in try ScenarioParser().parse(text, file: file).enumerated() {
        let outcome = await runner.run(scenario, number: number)
        if let failure = outcome.failure {
          Issue.record(
            """
            \(file):\(failure.step.line) \(scenario.title): expected \(failure.expected); \
            found \(failure.found)
            """
          )
        }
      }
      await link.close()
      expectAgreement(try await daemon.proofDifferences())
    }
  }
}
