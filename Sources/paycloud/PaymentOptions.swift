import ArgumentParser
import Authorization
import ISO8583
import Simulator

/// What `paycloud send` says about a payment beyond who pays how much.
struct PaymentOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Function code (DE 24).", valueName: "nnn"))
  var function: String?

  @Option(help: ArgumentHelp("Message reason code (DE 25).", valueName: "nnnn"))
  var reason: String?

  @Option(
    help: ArgumentHelp("Amount in the card's currency (DE 6), 9.20EUR.", valueName: "amount")
  )
  var billed: String?

  @Option(help: ArgumentHelp("Part of the amount paid out in cash (DE 54).", valueName: "amount"))
  var cashBack: String?

  @Option(
    help: ArgumentHelp("The terminal's charge on top of the amount (DE 46).", valueName: "amount")
  )
  var surcharge: String?

  @Option(
    help: ArgumentHelp(
      "The terminal's charge that the amount has already (DE 54).",
      valueName: "amount"
    )
  )
  var includedSurcharge: String?

  @Option(
    help: ArgumentHelp(
      """
      The message that this one is about (DE 56): type, DE 11, DE 12 and DE 32 of it in a row. \
      Makes a reversal, completion, increment, replacement or void of it.
      """,
      valueName: "digits"
    )
  )
  var original: String?

  @Option(
    help: ArgumentHelp(
      "What was authorized before (DE 30, or for the total in DE 54); makes a reversal partial.",
      valueName: "amount"
    )
  )
  var originalAmount: String?

  @Option(help: ArgumentHelp("Approval code of the original (DE 38).", valueName: "code"))
  var approvalCode: String?

  @Option(
    help: ArgumentHelp("What an advice says was decided (DE 39).", valueName: "nnnn")
  )
  var actionCode: String?

  @Option(help: ArgumentHelp("Which of how many clearings this is: 1/3.", valueName: "n/m"))
  var part: String?

  /// The message about a payment that these options and the plain ones describe.
  func message(
    _ type: MessageType,
    _ transaction: String,
    card: SimulatedCard,
    amount: Amount,
    at place: MerchantProfile,
    by entry: EntryMode,
    _ composer: inout RequestComposer
  ) throws(Failure) -> Message {
    var order = PaymentOrder(.purchase, amount, at: place, by: entry)
    order.messageClass = type.messageClass == .financial ? .financial : .authorization
    order.billed = try billed.map { text throws(Failure) in try money(text, "--billed") }
    order.cashBack = try sum(cashBack, amount.currency, "--cash-back")
    if let fee = try sum(surcharge, amount.currency, "--surcharge") {
      order.surcharge = .init(fee, isIncluded: false)
    }
    if let fee = try sum(includedSurcharge, amount.currency, "--included-surcharge") {
      order.surcharge = .init(fee, isIncluded: true)
    }
    if original == nil, type.function == 2 || type.function == 4 {
      if type.messageClass == .financial {
        order.occasion = .presentment
      } else if type.messageClass == .authorization {
        let code = actionCode ?? "0000"
        guard code.utf8.count == 4, let number = UInt16(code) else {
          throw .usage("--action-code takes four digits, for example 0000")
        }
        order.occasion = .advice(ActionCode(number), reason: reason ?? "1003")
      }
    }
    var message = composer.payment(order, card: card)
    message.fields[.processingCode] = .text(transaction + "0000")
    if let original {
      message = try followUp(type, transaction, amount, message, original, &composer)
    } else if type.messageClass == .reversal {
      throw .usage(
        """
        what does it reverse? Say --original with type, DE 11, DE 12 and DE 32 of the request, for \
        example \(RequestComposer.originalText(of: message))
        """
      )
    }
    message.type = type
    return message
  }

  /// Writes the elements that were named one by one.
  func edit(_ message: inout Message) {
    if let function { message.fields[.functionCode] = .text(function) }
    if let reason { message.fields[.reasonCode] = .text(reason) }
    if let approvalCode { message.fields[.approvalCode] = .text(approvalCode) }
    if let actionCode { message.fields[.actionCode] = .text(actionCode) }
  }

  private func followUp(
    _ type: MessageType,
    _ transaction: String,
    _ amount: Amount,
    _ plain: Message,
    _ original: String,
    _ composer: inout RequestComposer
  ) throws(Failure) -> Message {
    let digits = Array(original)
    guard (30...41).contains(digits.count),
      original.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let originalType = MessageType(text: String(digits[0..<4]))
    else {
      throw .usage("--original takes 30 to 41 digits: type, DE 11, DE 12 and DE 32 in a row")
    }
    var first = plain
    first.type = originalType
    first.fields[.stan] = .text(String(digits[4..<16]))
    first.fields[.retrievalReference] = first.fields[.stan]
    first.fields[.localTime] = .text(String(digits[16..<30]))
    if digits.count > 30 { first.fields[.acquirer] = .text(String(digits[30...])) }
    let before = try sum(originalAmount, amount.currency, "--original-amount")
    let what: FollowUp
    switch (type.messageClass, function ?? "") {
    case _ where transaction == "02" || transaction == "22": what = .void
    case (.reversal, "401"),
      (.reversal, "") where before != nil:
      what = .partialReversal(leaving: amount, isSwapped: false)
    case (.reversal, _): what = .reversal(reason: reason ?? "4021")
    case (.authorization, "102"), (.authorization, "103"):
      what = .replacement(amount, isEstimated: function == "103")
    case (.authorization, _): what = .increment(amount)
    default:
      what = .completion(
        amount: amount,
        billed: try billed.map { text throws(Failure) in try money(text, "--billed") },
        part: try partOfMany()
      )
    }
    let knowledge = RequestComposer.Knowledge(
      // What an increment adds to must be known to name the total.
      authorized: function == "187" ? before : before ?? amount,
      approvalCode: approvalCode
    )
    var message = composer.followUp(what, of: first, knowing: knowledge, as: type)
    message.fields[.processingCode] = .text(transaction + "0000")
    return message
  }

  private func partOfMany() throws(Failure) -> PartOfMany? {
    guard let part else { return nil }
    let numbers = part.split(separator: "/").compactMap { Int($0) }
    guard numbers.count == 2, let value = PartOfMany(numbers[0], of: numbers[1]) else {
      throw .usage("--part takes number and count, for example 1/3")
    }
    return value
  }

  private func sum(
    _ text: String?,
    _ currency: Currency,
    _ name: String
  ) throws(Failure) -> Amount? {
    guard let text else { return nil }
    guard let amount = AmountText.amount(text, currency) else {
      throw .usage("\(name) takes \(currency.exponent) decimals for \(currency)")
    }
    return amount
  }

  private func money(_ text: String, _ name: String) throws(Failure) -> Amount {
    guard let currency = Currency(code: text.suffix(3).uppercased()),
      let amount = AmountText.amount(text.dropLast(3), currency)
    else { throw .usage("\(name) takes an amount and its currency, for example 9.20EUR") }
    return amount
  }
}
