import ArgumentParser
import Authorization
import JSON
import LoadGenerator
import Simulator

/// `paycloud load`.
struct LoadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Offer a load and measure rate and latency.",
    discussion: """
      Examples:

        paycloud load --to 127.0.0.1:8583 --cards cards.ndjson --rate 20000 --duration 30
            20,000 purchases a second for half a minute

        paycloud load --cards cards.ndjson --rate max --connections 16 --duration 10 --json
            as fast as 16 connections with 64 requests in flight each allow

        paycloud load --cards cards.ndjson --rate 5000 --mix approve=90,decline=5,repeat=5 \\
            --duration 60

      At a fixed rate the load is open: requests leave at their intended times whatever the
      answers do, and latency counts from the intended time. A switch that stalls shows it.
      'paycloud cards' writes a file of cards to import and to pay with.
      """
  )

  @OptionGroup var link: LinkOptions

  @Option(
    help: ArgumentHelp(
      """
      Cards to pay with: {"pan":"…","expiry":"3012"} or PAN[,YYMM] a line, or an import file.
      """,
      valueName: "file"
    )
  )
  var cards: String

  @Option(help: ArgumentHelp("Requests a second, or max.", valueName: "n|max"))
  var rate = "1000"

  @Option(help: "Connections that share the load.")
  var connections = 8

  @Option(help: ArgumentHelp("How long requests leave.", valueName: "seconds"))
  var duration = 10.0

  @Option(help: ArgumentHelp("How long to wait for the last answers.", valueName: "seconds"))
  var drain = 5.0

  @Option(help: "Requests in flight per connection at --rate max.")
  var window = 64

  @Option(help: "Threads that share the connections.")
  var threads = 1

  @Option(help: "Shares in percent: purchases, purchases nobody can afford, repeats.")
  var mix = "approve=100"

  @Option(help: "Amount of a purchase.")
  var amount = "1.00"

  @Option(help: "Currency, ISO 4217.")
  var currency = "EUR"

  @Option(
    help: "How cards are used: \(EntryMode.allCases.map(\.rawValue).joined(separator: ", "))."
  )
  var entry: EntryMode = .chip

  @Option(help: "Chooses cards and trace numbers; by default another one each time.")
  var seed: UInt64?

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() async throws {
    let plan = try plan(link.requiredAddress())
    let loaded: LoadCards
    do {
      loaded = try CardFileReader.read(try Files.read(cards))
    } catch let error as CardFileReader.BadLine {
      throw Failure.failed("\(cards), \(error)")
    }
    let report = try await LoadText.run(plan, cards: loaded)
    if json {
      Output.line(report.json.compact)
    } else {
      LoadText.show(report)
    }
    guard report.answered > 0 else { throw Failure.failed("nothing was answered") }
  }

  private func plan(_ address: Address) throws(Failure) -> LoadPlan {
    guard let currency = Currency(code: currency.uppercased()) else {
      throw .usage("'\(currency)' is no currency of ISO 4217")
    }
    guard let sum = AmountText.amount(amount, currency) else {
      throw .usage("--amount takes \(currency.exponent) decimals for \(currency)")
    }
    let asked: LoadPlan.Rate
    if rate == "max" {
      asked = .maximum
    } else if let number = Double(rate) {
      asked = .perSecond(number)
    } else {
      throw .usage("--rate takes a number of requests a second, or max")
    }
    guard let shares = LoadMix(text: mix) else {
      throw .usage("--mix takes shares that make 100, for example approve=90,decline=5,repeat=5")
    }
    var plan = LoadPlan(
      host: address.host,
      port: address.port,
      rate: asked,
      seconds: duration,
      amount: sum,
      seed: seed ?? UInt64.random(in: 0...(.max))
    )
    plan.framing = try link.linkFraming()
    plan.connections = connections
    plan.drainSeconds = drain
    plan.window = window
    plan.threads = threads
    plan.mix = shares
    plan.entry = entry
    if let objection = plan.objection { throw .usage(objection) }
    return plan
  }
}
