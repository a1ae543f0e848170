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

        paycloud load --card-count 10000000 --rate 5000 --arrivals poisson --duration 60 \\
            --mix approvals=90,declines=8,repeats=2 --histogram load.hgrm
            the cards of 'paycloud cards --count 10000000' without its file; random gaps; an
            answer that does not fit its request is named, and the status is 1

      At a fixed rate the load is open: requests leave at their intended times whatever the
      answers do, and latency counts from the intended time. A switch that stalls shows it, and
      a generator that is too slow says so. A line a second goes to standard error.
      'paycloud cards' writes a file of cards to import and to pay with; it takes 16 bytes of
      memory a card here, --card-count takes none.
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
  var cards: String?

  @Option(
    help: ArgumentHelp(
      "Instead of --cards: the first so many that 'paycloud cards' writes.",
      valueName: "n"
    )
  )
  var cardCount: Int?

  @Option(help: "With --card-count: first six to nine digits of the numbers.")
  var bin = "400000"

  @Option(help: ArgumentHelp("With --card-count: expiry of the cards.", valueName: "yymm"))
  var expiry = "3012"

  @Option(help: ArgumentHelp("Requests a second, or max.", valueName: "n|max"))
  var rate = "1000"

  @Option(help: "How requests follow each other at a fixed rate: constant or poisson.")
  var arrivals: ArrivalProcess = .constant

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

  @Option(
    help: """
      Weights: approvals, declines (no money, expired, unknown card), repeats of earlier requests.
      """
  )
  var mix = "approvals=1"

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

  @Option(
    help: ArgumentHelp(
      "Write the distribution of latencies in the text form of HdrHistogram.",
      valueName: "file"
    )
  )
  var histogram: String?

  @Flag(help: "No line a second on standard error.")
  var quiet = false

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() async throws {
    let plan = try plan(link.requiredAddress())
    let report = try await LoadText.run(plan, cards: try portfolio(), isQuiet: quiet)
    if let histogram { try Files.write(report.distribution(), to: histogram) }
    if json {
      Output.line(report.json.compact)
    } else {
      LoadText.show(report)
    }
    guard report.answered > 0 else { throw Failure.failed("nothing was answered") }
    guard report.unexpected == 0 else {
      throw Failure.failed("\(report.unexpected) answers do not fit their requests")
    }
  }

  private func portfolio() throws(Failure) -> LoadCards {
    switch (cards, cardCount) {
    case (let file?, nil):
      var reader = CardFileReader()
      func named(_ error: CardFileReader.BadLine) -> Failure { .failed("\(file), \(error)") }
      try Files.read(file) { (piece) throws(Failure) in
        do throws(CardFileReader.BadLine) {
          try reader.take(piece)
        } catch {
          throw named(error)
        }
      }
      do throws(CardFileReader.BadLine) {
        return try reader.finish()
      } catch {
        throw named(error)
      }
    case (nil, let count?):
      guard let numbers = CardNumberRange(bin: bin) else {
        throw .usage("--bin takes six to nine digits that do not begin with 0")
      }
      guard let cards = LoadCards(numbers, count: count, expiry: expiry) else {
        throw .usage(
          "--card-count takes 1 to \(numbers.count) for the BIN \(bin), --expiry takes YYMM"
        )
      }
      return cards
    default: throw .usage("say either --cards FILE or --card-count N")
    }
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
      throw .usage("--mix takes weights, for example approvals=90,declines=8,repeats=2")
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
    plan.arrivals = arrivals
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

extension ArrivalProcess: ExpressibleByArgument {}
