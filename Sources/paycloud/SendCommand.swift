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

        paycloud send --pan … --amount 99.90 --entry ecom --mcc 5967 --json
            a web purchase, both messages as JSON

        paycloud send --mti 2804 --set 24=831
            an echo test

        paycloud send --mti 2420 --pan 4000000000000002 --amount 12.34 \\
            --original 21000000000001012026112211301512345678901
            the reversal of a request, named by its type, DE 11, DE 12 and DE 32

        paycloud send --mti 2420 --pan … --amount 4.00 \\
            --original-amount 12.34 --original …
            a partial reversal: 4.00 stays

        paycloud send --mti 2220 --pan … --amount 10.00 \\
            --original … --approval-code A1B2C3
            a completion; a part of one with --part 1/3

        paycloud send --function 187 --pan … --amount 5.00 --original …
            an increment; a replacement with --function 102

        paycloud send --mti 2120 --pan … --action-code 0000 --reason 1003
            an advice of what was decided in stand-in

        paycloud send --mti 2304 --pan 4000000000000002 --reason 3001
            the network locks a card as stolen; 2600 with --type 74 unblocks it

        paycloud send --pan … --amount 1.00 --set 59="route 7" --unset 14
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

  @Option(
    help: """
      What the holder wants, the first two characters of DE 3: 00 purchase, 01 cash, 09 with cash \
      back, 20 refund, 26 credit, 30 balance, 33 verification, 02 and 22 void.
      """
  )
  var type: String?

  @Option(help: "Merchant category code.")
  var mcc: String?

  @Option(help: "Terminal (DE 41).")
  var terminal: String?

  @Option(help: "Merchant (DE 42).")
  var merchant: String?

  @OptionGroup(title: "Payment") var payment: PaymentOptions

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
    guard type?.utf8.count ?? 2 == 2 else { throw .usage("--type takes two characters") }
    var message: Message
    if let pan {
      guard let number = PAN(text: pan), let card = SimulatedCard(pan: number, expiry: expiry)
      else { throw .usage("--pan takes up to 19 digits and --expiry YYMM") }
      switch messageType.messageClass {
      case .fileAction, .administrative: message = administration(messageType, card, &composer)
      default: message = try paid(messageType, card, &composer)
      }
    } else {
      guard messageType.messageClass == .networkManagement else {
        throw .usage("which card? Say --pan; only network management (2804) goes without")
      }
      message = composer.networkManagement(function: "831")
    }
    message.type = messageType
    payment.edit(&message)
    for item in set { try ElementEdits.set(item, in: &message) }
    for item in unset { try ElementEdits.unset(item, in: &message) }
    return message
  }

  private func paid(
    _ messageType: MessageType,
    _ card: SimulatedCard,
    _ composer: inout RequestComposer
  ) throws(Failure) -> Message {
    guard let currency = Currency(code: currency.uppercased()) else {
      throw .usage("'\(currency)' is no currency of ISO 4217")
    }
    guard let sum = AmountText.amount(amount, currency) else {
      throw .usage("--amount takes \(currency.exponent) decimals for \(currency)")
    }
    var place = entry == .atm ? MerchantProfile.cashMachine : .shop
    if entry == .ecom { place = .webShop }
    if let mcc { place.category = mcc }
    if let terminal { place.terminal = terminal }
    if let merchant { place.merchant = merchant }
    return try payment.message(
      messageType,
      type ?? "00",
      card: card,
      amount: sum,
      at: place,
      by: entry,
      &composer
    )
  }

  /// A network's message about a card rather than a payment.
  private func administration(
    _ messageType: MessageType,
    _ card: SimulatedCard,
    _ composer: inout RequestComposer
  ) -> Message {
    let action: CardAdministration =
      switch (messageType.messageClass, type, payment.function) {
      case (.administrative, "74", _): .unblock
      case (.administrative, _, _): .block
      case (_, "72", _): .activate
      case (_, "7S", _): .deactivate
      case (_, _, "303"): .unlock
      default: .lock(reason: payment.reason ?? "3000")
      }
    return composer.administration(action, of: card, as: messageType)
  }
}
