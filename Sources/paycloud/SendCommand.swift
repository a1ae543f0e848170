import ArgumentParser
import Authorization
import ISO8583
import JSON
import LoadGenerator
import Simulator

/// `paycloud send`.
struct SendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send",
    abstract: "Send one message and explain it and its answer.",
    discussion: """
      Examples:

        paycloud send --to 127.0.0.1:8583 --pan 4000000000000002 --amount 12.34
            a chip purchase in a shop

        paycloud send --pan 4000000000000002 --amount 99.90 --entry ecom --mcc 5967 --json
            a web purchase, both messages as JSON

        paycloud send --mti 2804 --set 24=831
            an echo test

        paycloud send --pan 4000000000000002 --amount 1.00 --set 59="route 7" --unset 14
            any element set or left out

      The status is 0 when an answer came, whatever it says, and 1 when none did.
      """
  )

  @OptionGroup var link: LinkOptions

  @Option(help: "Message type.")
  var mti = "2100"

  @Option(help: "Card number; shown masked.")
  var pan: String?

  @Option(help: ArgumentHelp("Expiry of the card.", valueName: "yymm"))
  var expiry = "3012"

  @Option(help: "Amount with the decimals of its currency.")
  var amount = "10.00"

  @Option(help: "Currency, ISO 4217.")
  var currency = "EUR"

  @Option(
    help: "How the card is used: \(EntryMode.allCases.map(\.rawValue).joined(separator: ", "))."
  )
  var entry: EntryMode = .chip

  @Option(help: "What the holder wants, the first two characters of DE 3: 00 purchase, 01 cash, …")
  var type = "00"

  @Option(help: "Merchant category code.")
  var mcc: String?

  @Option(help: "Terminal (DE 41).")
  var terminal: String?

  @Option(help: "Merchant (DE 42).")
  var merchant: String?

  @Option(
    help: ArgumentHelp(
      "Set an element or a part of one: 59=text, 49.2=0597, 52=hex.",
      valueName: "de=value"
    )
  )
  var set: [String] = []

  @Option(help: ArgumentHelp("Leave an element out.", valueName: "de"))
  var unset: [String] = []

  @Option(help: ArgumentHelp("How long to wait for the answer.", valueName: "seconds"))
  var timeout = 5.0

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() async throws {
    let address = try link.requiredAddress()
    let message = try composed()
    let bytes: [UInt8]
    do {
      bytes = try message.packed()
    } catch {
      throw Failure.usage("the message cannot be written: \(error)")
    }
    guard timeout > 0, timeout <= 3_600 else {
      throw Failure.usage("--timeout takes up to 3600 seconds")
    }
    let connection = try await link.connect(address)
    let started = ContinuousClock.now
    let answer: [UInt8]?
    do {
      answer = try await connection.exchange(bytes, milliseconds: Int64(timeout * 1_000))
    } catch {
      throw Failure.failed(error.description)
    }
    let elapsed = (ContinuousClock.now - started).components
    await connection.close()
    let microseconds = elapsed.seconds * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000
    if json {
      let response = answer.flatMap { try? Message(unpacking: $0) }
      Output.line(
        JSONValue.object([
          .init("request", MaskedMessage(message).json),
          .init("response", response.map { MaskedMessage($0).json } ?? .null),
          .init("microseconds", .integer(microseconds)),
        ]).compact
      )
    } else {
      Output.line(Output.bold("Sent"))
      Output.line(MessageDump(bytes).text)
      if let answer {
        Output.line(Output.bold("Answered after \(microseconds) µs"))
        Output.line(MessageDump(answer).text)
      }
    }
    guard answer != nil else {
      throw Failure.failed("no answer within \(timeout) s")
    }
  }

  private func composed() throws(Failure) -> Message {
    guard let messageType = MessageType(text: mti) else {
      throw .usage("--mti takes four digits, for example 2100")
    }
    var composer = RequestComposer(firstTrace: UInt64.random(in: 1...899_999_999_999)) {
      WallClock.now()
    }
    var message: Message
    if let pan {
      guard let currency = Currency(code: currency.uppercased()) else {
        throw .usage("'\(currency)' is no currency of ISO 4217")
      }
      guard let sum = AmountText.amount(amount, currency) else {
        throw .usage("--amount takes \(currency.exponent) decimals for \(currency)")
      }
      guard let number = PAN(text: pan), let card = SimulatedCard(pan: number, expiry: expiry)
      else { throw .usage("--pan takes up to 19 digits and --expiry YYMM") }
      var place = entry == .atm ? MerchantProfile.cashMachine : .shop
      if entry == .ecom { place = .webShop }
      if let mcc { place.category = mcc }
      if let terminal { place.terminal = terminal }
      if let merchant { place.merchant = merchant }
      let messageClass =
        messageType.messageClass == .financial ? MessageClass.financial : .authorization
      message = composer.request(messageClass, card: card, amount: sum, at: place, by: entry)
      guard type.utf8.count == 2 else { throw .usage("--type takes two characters") }
      message.fields[.processingCode] = .text(type + "0000")
    } else {
      guard messageType.messageClass == .networkManagement else {
        throw .usage("which card? Say --pan; only network management (2804) goes without")
      }
      message = composer.networkManagement(function: "831")
    }
    message.type = messageType
    for item in set { try ElementEdits.set(item, in: &message) }
    for item in unset { try ElementEdits.unset(item, in: &message) }
    return message
  }
}
