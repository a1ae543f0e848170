import ArgumentParser
import Authorization
import JSON
import LoadGenerator
import ManagementClient
import Simulator
import Synchronization

/// `paycloud demo`.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "See in a minute what the switch does.",
    discussion: """
      Starts a switch of its own on a scratch directory, plays a few stories with real messages,
      imports cards, offers a short load, proves the books, and ends the switch again.

      Examples:

        paycloud demo
        paycloud demo --rate 20000 --duration 10
        paycloud demo --daemon .build/release/holdfastd --keep
      """
  )

  @Option(help: "The holdfastd to start; by default the one beside this program.")
  var daemon: String?

  @Option(help: "Requests a second of the load.")
  var rate = 5_000.0

  @Option(help: ArgumentHelp("How long the load lasts.", valueName: "seconds"))
  var duration = 5.0

  @Option(help: "How many cards are imported for the load.")
  var cards = 10_000

  @Flag(help: "Keep the scratch directory with data and log.")
  var keep = false

  @Flag(help: "Print one JSON document at the end instead of the narration.")
  var json = false

  func run() async throws {
    guard (1...1_000_000).contains(cards) else {
      throw Failure.usage("--cards takes 1 to 1,000,000")
    }
    let own = try await OwnDaemon.start(executable: daemon)
    let client = ManagementClient(.unixSocket(path: own.socketPath))
    do {
      try await play(own, client)
    } catch {
      await client.shutdown()
      _ = await own.stop(keepingDirectory: true)
      Output.error("the switch's log and data stay in \(own.directory)")
      throw error
    }
    await client.shutdown()
    let started = ContinuousClock.now
    let status = await own.stop(keepingDirectory: keep)
    let elapsed = (ContinuousClock.now - started).components.attoseconds / 1_000_000_000_000_000
    say("")
    say("The switch was told to end and did so with status \(status) after \(elapsed) ms.")
    if keep { say("Its data and log stay in \(own.directory).") }
    if status != 0 { throw Failure.failed("the switch ended with status \(status)") }
  }

  private func say(_ text: String) {
    if !json { Output.line(text) }
  }

  private func play(_ own: OwnDaemon, _ client: ManagementClient) async throws(Failure) {
    say(Output.bold("A card authorization switch"))
    say(
      """
      Started holdfastd \(own.process.ready.version) as process \(own.process.pid).
      Card networks reach it at \(own.address.defaultValueDescription) (ISO 8583), operators at \
      \(own.socketPath).
      """
    )
    let stories = try await playStories(own, client)
    let imported = try await importCards(client)
    say("")
    say(Output.bold("A load"))
    say(
      """
      \(LoadText.grouped(UInt64(rate))) purchases a second for \(LoadText.decimal(duration)) s; \
      each is held durably on two balances before it is answered.
      """
    )
    let report = try await offerLoad(own, imported)
    if !json { LoadText.show(report) }
    say("")
    say(Output.bold("The proof"))
    let proof = try await read(client, "/admin/proof")
    let consistent = proof["consistent"]?.boolean == true
    if consistent {
      for line in ProofText.lines(proof) { say(line) }
      say("Every cent that is somewhere came from somewhere.")
    } else {
      say(Output.red("The switch's books are NOT consistent: \(proof.compact)"))
    }
    if json {
      Output.line(
        JSONValue.object([
          .init("version", .string(own.process.ready.version)), .init("stories", stories),
          .init("load", report.json), .init("proof", proof),
        ]).compact
      )
    }
    if !consistent { throw .failed("the books are not consistent") }
    guard report.unanswered == 0, report.answered > 0 else {
      throw .failed("\(report.unanswered) requests of the load were not answered")
    }
  }

  private func playStories(
    _ own: OwnDaemon,
    _ client: ManagementClient
  ) async throws(Failure) -> JSONValue {
    let connection: MessageLink
    let scenarios: [Scenario]
    do {
      connection = try await MessageLink.connect(host: own.address.host, port: own.address.port)
      scenarios = try ScenarioParser().parse(DemoStories.text, file: "demo")
    } catch let error as MessageLinkError {
      throw .unreachable(error.description)
    } catch {
      throw .failed("\(error)")
    }
    let narrator = Narrator(isSilent: json)
    let runner = ScenarioRunner(
      messages: connection,
      management: SocketTransport(client: client),
      seed: UInt64.random(in: 0...(.max)),
      clock: { WallClock.now() },
      observer: { narrator.tell($0) }
    )
    var outcomes: [ScenarioOutcome] = []
    for (number, scenario) in scenarios.enumerated() {
      say("")
      say(Output.bold(scenario.title))
      say(scenario.story)
      narrator.begin()
      let outcome = await runner.run(scenario, number: number)
      outcomes.append(outcome)
      if let failure = outcome.failure {
        say(Output.red("  expected \(failure.expected), found \(failure.found)"))
      }
    }
    await connection.close()
    if let failure = outcomes.compactMap(\.failure).first {
      throw .failed(
        """
        the story does not hold at '\(failure.step.text)': expected \(failure.expected), found \
        \(failure.found)
        """
      )
    }
    return .array(outcomes.map { .string($0.scenario.title) })
  }

  private func importCards(_ client: ManagementClient) async throws(Failure) -> LoadCards {
    guard let numbers = CardNumberRange(bin: "400000"), let euro = Currency(code: "EUR") else {
      throw .failed("EUR is no currency")
    }
    let portfolio = LoadPortfolio(
      numbers: numbers,
      count: cards,
      currency: euro,
      balance: 1_000_000,
      deposit: 1_000_000 * Int64(cards),
      expiry: "3012",
      prefix: "demo"
    )
    say("")
    say(Output.bold("A portfolio"))
    let results = Mutex((lines: 0, errors: 0, first: ""))
    let started = ContinuousClock.now
    do {
      let answer = try await client.stream(
        ManagementRequest(
          "POST",
          "/admin/import",
          headers: [("content-type", "application/x-ndjson")]
        ),
        body: { writer in
          for chunk in portfolio.chunks() { try await writer.write(chunk.bytes) }
        },
        line: { line in
          let error = (try? JSONValue(parsing: line))?["error"]
          results.withLock { results in
            results.lines += 1
            if let error, error != .null {
              results.errors += 1
              if results.first.isEmpty { results.first = error.compact }
            }
          }
        }
      )
      guard answer.isSuccess else { throw Failure.failed("the import was refused: \(answer.text)") }
    } catch let error as ManagementClientError {
      throw Failure(status: error.isUnreachable ? 69 : 1, explanation: error.description)
    } catch let error as Failure {
      throw error
    } catch {
      throw .failed("\(error)")
    }
    let (lines, errors, first) = results.withLock { $0 }
    guard errors == 0, lines == portfolio.lineCount else {
      throw .failed(
        "\(errors) of \(portfolio.lineCount) import lines failed, \(lines) were answered: \(first)"
      )
    }
    let elapsed = (ContinuousClock.now - started).components
    let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    say(
      """
      \(LoadText.grouped(UInt64(cards))) users with a balance and a card each were imported in \
      \(LoadText.decimal(seconds)) s (\(LoadText.grouped(UInt64(Double(lines) / seconds))) lines a \
      second).
      """
    )
    var loaded = LoadCards()
    for position in 0..<cards {
      guard loaded.append(numbers.number(at: position), expiry: "3012") else {
        throw .failed("a card number of the demonstration is unusable")
      }
    }
    return loaded
  }

  private func offerLoad(_ own: OwnDaemon, _ cards: LoadCards) async throws(Failure) -> LoadReport {
    guard let euro = Currency(code: "EUR"), let amount = Amount(minorUnits: 100, currency: euro),
      let mix = LoadMix(approvals: 90, declines: 5, repeats: 5)
    else { throw .failed("EUR is no currency") }
    var plan = LoadPlan(
      host: own.address.host,
      port: own.address.port,
      rate: .perSecond(rate),
      seconds: duration,
      amount: amount,
      seed: UInt64.random(in: 0...(.max))
    )
    plan.mix = mix
    if let objection = plan.objection { throw .usage(objection) }
    return try await LoadText.run(plan, cards: cards, isQuiet: !Output.progressIsSeen)
  }

  private func read(_ client: ManagementClient, _ path: String) async throws(Failure) -> JSONValue {
    do {
      let answer = try await client.send(ManagementRequest("GET", path))
      guard answer.isSuccess, let value = try? JSONValue(parsing: answer.body) else {
        throw Failure.failed("GET \(path): status \(answer.status)")
      }
      return value
    } catch let error as ManagementClientError {
      throw Failure(status: error.isUnreachable ? 69 : 1, explanation: error.description)
    } catch let error as Failure {
      throw error
    } catch {
      throw .failed("\(error)")
    }
  }
}
