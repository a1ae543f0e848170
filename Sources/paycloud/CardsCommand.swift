import ArgumentParser
import Authorization
import Glibc
import JSON
import Simulator

/// `paycloud cards`.
struct CardsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cards",
    abstract: "Write an import file with cards to pay with.",
    discussion: """
      Examples:

        paycloud cards --count 100000 --out cards.ndjson
        holdfast import cards.ndjson
        paycloud load --cards cards.ndjson --rate 20000

        paycloud cards --count 10 --bin 411122 --balance 5.00 --out few.ndjson
            other numbers, little money

      Each card has a user and a balance of its own, all under one partner and one programme. The
      file holds card numbers in clear, so it is written with mode 0600.
      """
  )

  @Option(help: "How many cards, at most 10,000,000.")
  var count = 1_000

  @Option(help: ArgumentHelp("Where to write.", valueName: "file"))
  var out: String

  @Option(help: "First six to nine digits of the numbers.")
  var bin = "400000"

  @Option(help: "Currency, ISO 4217.")
  var currency = "EUR"

  @Option(help: "What each user has.")
  var balance = "10000.00"

  @Option(help: "What the partner's deposit has; by default as much as all users together.")
  var deposit: String?

  @Option(help: ArgumentHelp("Expiry of the cards.", valueName: "yymm"))
  var expiry = "3012"

  @Option(help: "Begins the references of the lines, so that several files fit one switch.")
  var prefix = "load"

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() async throws {
    guard (1...10_000_000).contains(count) else {
      throw Failure.usage("--count takes 1 to 10,000,000")
    }
    guard let numbers = CardNumberRange(bin: bin) else {
      throw Failure.usage("--bin takes six to nine digits that do not begin with 0")
    }
    guard count <= numbers.count else {
      throw Failure.usage("the BIN \(bin) has \(numbers.count) numbers only; use a shorter one")
    }
    guard let currency = Currency(code: currency.uppercased()),
      let each = AmountText.amount(balance, currency)
    else { throw Failure.usage("--currency and --balance do not fit, for example EUR and 100.00") }
    var total = Amount.largestMinorUnits
    if let deposit {
      guard let sum = AmountText.amount(deposit, currency) else {
        throw Failure.usage("--deposit takes \(currency.exponent) decimals for \(currency)")
      }
      total = sum.minorUnits
    } else if each.minorUnits <= Amount.largestMinorUnits / Int64(count) {
      total = each.minorUnits * Int64(count)
    }
    guard SimulatedCard(pan: numbers.number(at: 0), expiry: expiry) != nil else {
      throw Failure.usage("--expiry takes YYMM")
    }
    let portfolio = LoadPortfolio(
      numbers: numbers,
      count: count,
      currency: currency,
      balance: each.minorUnits,
      deposit: total,
      expiry: expiry,
      prefix: prefix
    )
    let descriptor = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else {
      throw Failure.failed("cannot write \(out): \(Files.lastError)")
    }
    var lines = 0
    for chunk in portfolio.chunks() {
      lines += chunk.lines
      try write(chunk.bytes, to: descriptor)
    }
    guard close(descriptor) == 0 else {
      throw Failure.failed("cannot write \(out): \(Files.lastError)")
    }
    if json {
      Output.line(
        JSONValue.object([
          .init("cards", .number(count)), .init("lines", .integer(Int64(lines))),
          .init("file", .string(out)),
        ]).compact
      )
    } else {
      Output.line("\(count) cards in \(lines) lines written to \(out)")
      Output.line("next: holdfast import \(out), then: paycloud load --cards \(out) --rate 1000")
    }
  }

  private func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { throw .failed("cannot write \(out): \(Files.lastError)") }
      rest = rest.dropFirst(written)
    }
  }
}
