import ArgumentParser
import JSON
import LoadGenerator
import ManagementClient
import Simulator

/// `paycloud run`.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Play scenario files and print what passed.",
    discussion: """
      Examples:

        paycloud run Specs/Scenarios
            every scenario of the product, against a switch started for the purpose

        paycloud run lost-card.scenario --to 127.0.0.1:8583 --socket holdfast-data/management.sock
            one file, against a running switch

        paycloud run --sentences
            every sentence that scenarios know

      Every scenario makes its own partner, users and cards, so a switch can be used again and
      again. Without --to and --socket (or HOLDFAST_ISO8583 and HOLDFAST_SOCKET) a switch of its
      own is started beside this program and ended afterwards.

      Some scenarios let days pass. A switch can do that when it was started with --virtual-clock,
      as the one of this program is; on another one they are skipped, and the status is 0 all the
      same.
      """
  )

  @Argument(
    help: ArgumentHelp(
      "Scenario files, or directories with *.scenario, searched to the bottom.",
      valueName: "file"
    )
  )
  var files: [String] = []

  @OptionGroup var link: LinkOptions

  @Option(help: "The management socket of the switch; also from HOLDFAST_SOCKET.")
  var socket: String?

  @Option(help: "The holdfastd to start; by default the one beside this program.")
  var daemon: String?

  @Option(help: "Chooses names and card numbers; by default another one each time.")
  var seed: UInt64?

  @Flag(help: "List every sentence that scenarios know.")
  var sentences = false

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() async throws {
    if sentences {
      for sentence in ScenarioParser.sentences { Output.line(sentence) }
      return
    }
    let scenarios = try read()
    let socketPath = socket ?? Environment["HOLDFAST_SOCKET"]
    switch (link.address, socketPath) {
    case (let address?, let path?):
      try await play(scenarios, address: address, socketPath: path)
    case (nil, nil):
      let own = try await OwnDaemon.start(executable: daemon, arguments: ["--virtual-clock"])
      do {
        try await play(scenarios, address: own.address, socketPath: own.socketPath)
      } catch {
        _ = await own.stop(keepingDirectory: true)
        Output.error("the switch's log and data stay in \(own.directory)")
        throw error
      }
      _ = await own.stop(keepingDirectory: false)
    case (.some, nil):
      throw Failure.usage("the management socket is needed too: --socket DIR/management.sock")
    case (nil, .some):
      throw Failure.usage("the ISO 8583 address is needed too: --to HOST:PORT")
    }
  }

  private func read() throws(Failure) -> [Scenario] {
    guard !files.isEmpty else {
      throw .usage("which scenarios? Name files or a directory, for example Specs/Scenarios")
    }
    var scenarios: [Scenario] = []
    for path in files {
      for file in try Files.scenarios(at: path) {
        let text = String(decoding: try Files.read(file), as: UTF8.self)
        do {
          scenarios += try ScenarioParser().parse(text, file: file)
        } catch {
          throw .failed(error.description)
        }
      }
    }
    return scenarios
  }

  private func play(
    _ scenarios: [Scenario],
    address: Address,
    socketPath: String
  ) async throws(Failure) {
    let client = ManagementClient(.unixSocket(path: socketPath))
    do {
      _ = try await client.send(ManagementRequest("GET", "/healthz"))
    } catch {
      throw Failure(status: error.isUnreachable ? 69 : 1, explanation: error.description)
    }
    let connection = try await link.connect(address)
    let seed = seed ?? UInt64.random(in: 0...(.max))
    let runner = ScenarioRunner(
      messages: connection,
      management: SocketTransport(client: client),
      seed: seed,
      clock: { WallClock.now() }
    )
    var outcomes: [ScenarioOutcome] = []
    for (number, scenario) in scenarios.enumerated() {
      Output.progress("\(number + 1)/\(scenarios.count) \(scenario.title)")
      let outcome = await runner.run(scenario, number: number)
      Output.endProgress()
      outcomes.append(outcome)
      if !json { ScenarioReport.printLine(outcome) }
    }
    await connection.close()
    await client.shutdown()
    if json {
      Output.line(ScenarioReport.json(outcomes, seed: seed).compact)
    } else {
      ScenarioReport.printSummary(outcomes, seed: seed)
    }
    let failed = outcomes.count { $0.failure != nil }
    if failed > 0 { throw .failed("\(failed) of \(outcomes.count) scenarios failed") }
  }
}
