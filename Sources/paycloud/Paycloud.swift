import ArgumentParser
import Glibc
import Telemetry

/// The payment-cloud simulator: plays network, acquirers and terminals towards an issuer.
@main
struct Paycloud: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paycloud",
    abstract: "Plays network, acquirers and terminals towards a card issuer's switch.",
    discussion: """
      New here? Try:

        paycloud demo
            starts a switch of its own, plays a few stories, then a short load

        paycloud send --to 127.0.0.1:8583 --pan 4000000000000002 --amount 12.34
            sends one purchase and explains both messages byte by byte

        paycloud run Specs/Scenarios
            plays every scenario and prints a table of what passed

        paycloud cards --count 100000 --out cards.ndjson
        holdfast import cards.ndjson
        paycloud load --to 127.0.0.1:8583 --cards cards.ndjson --rate 20000 --duration 10
            measures latency under load

      Exit status: 0 done, 1 the thing asked for failed, 2 wrong usage, 69 the switch cannot be
      reached, 70 internal fault. Card numbers are always shown masked.
      """,
    version: Release.version,
    subcommands: [
      SendCommand.self, RunCommand.self, LoadCommand.self, CardsCommand.self, DemoCommand.self,
    ]
  )

  /// Runs the command; wrong usage leaves with 2, as every program of the product does.
  static func main() async {
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let error as Failure {
      Output.error("paycloud: \(error.explanation)")
      Glibc.exit(error.status)
    } catch {
      let status = exitCode(for: error)
      if status == .success {
        Output.line(fullMessage(for: error))
        Glibc.exit(0)
      }
      if let code = error as? ExitCode { Glibc.exit(code.rawValue) }
      Output.error(fullMessage(for: error))
      Glibc.exit(status == .validationFailure ? 2 : 70)
    }
  }
}
