import Authorization
import ISO8583
import Simulator
import Testing

/// Later messages about a payment, held against the dialect's worked messages byte for byte.
struct FollowUpTests {
  private func euros(_ cents: Int64) throws -> Amount {
    let euro = try #require(Currency(code: "EUR"))
    return try #require(Amount(minorUnits: cents, currency: euro))
  }

  private func card() throws -> SimulatedCard {
    let pan = try #require(PAN(text: "4111111111111111"))
    return try #require(SimulatedCard(pan: pan, expiry: "3012"))
  }

  /// A composer at a time of 2026-11-22.
  private func composer(_ trace: UInt64, _ hour: Int64, _ minute: Int64) -> RequestComposer {
    RequestComposer(firstTrace: trace) {
      Instant(microsecondsSinceEpoch: 1_795_305_600_000_000)
        .advanced(bySeconds: hour * 3_600 + minute * 60)
    }
  }

  /// What of the first worked message stays for the payment's life.
  private func original() throws -> Message {
    let type = try #require(MessageType(text: "2100"))
    return Message(
      type: type,
      fields: [
        .pan: .text("4111111111111111"), .processingCode: .text("000000"),
        .amountTransaction: .text("9782000000012345"), .stan: .text("000000000101"),
        .localTime: .text("20261122113015"), .expirationDate: .text("3012"),
        .posDataCode: .binary(EntryMode.chip.posDataCode), .functionCode: .text("100"),
        .merchantCategory: .text("5541"), .acquirer: .text("12345678901"),
        .retrievalReference: .text("632611000101"), .terminal: .text("TERM0001        "),
        .merchant: .text("MERCHANT0000001"),
      ]
    )
  }

  @Test func `a full reversal is the worked one`() throws {
    var composer = composer(201, 10, 31)
    let message = composer.reversal(of: try original())
    #expect(
      HexText.text(try message.packed()) == """
        24207230018108C001001641111111111111113030303030309782000000012345112210310000000000020\
        12026112211301540004021111234567890103633323631313030303130315445524D303030312020202020\
        202020154D45524348414E543030303030303141210000000000010120261122113015123456789010
        """
    )
  }

  @Test func `a partial reversal is the worked one, and can be read the other way round`() throws {
    var composer = composer(202, 11, 5)
    let knowledge = RequestComposer.Knowledge(
      authorized: try euros(12_345),
      approvalCode: "A1B2C3"
    )
    let message = composer.followUp(
      .partialReversal(leaving: try euros(10_000), isSwapped: false),
      of: try original(),
      knowing: knowledge
    )
    #expect(
      HexText.text(try message.packed()) == """
        2420723001850CC001001641111111111111113030303030309782000000010000112211050000000000020\
        22026112211301540104004978200000001234500000000000000001112345678901036333236313130303\
        031303141314232433354\
        45524D303030312020202020202020154D45524348414E543030303030303141210000000000010120261122\
        113015123456789010
        """
    )
    let swapped = composer.followUp(
      .partialReversal(leaving: try euros(10_000), isSwapped: true),
      of: try original(),
      knowing: knowledge
    )
    #expect(swapped[text: .amountTransaction] == "9782000000012345")
    #expect(
      swapped.fields[.originalAmounts]
        == .composite([0: .text("9782000000010000"), 1: .text("0000000000000000")])
    )
  }

  @Test func `a completion is the worked one`() throws {
    var composer = composer(301, 18, 30)
    let message = composer.followUp(
      .completion(amount: try euros(11_890), billed: nil, part: nil),
      of: try original(),
      knowing: .init(authorized: try euros(12_345), approvalCode: "A1B2C3")
    )
    #expect(
      HexText.text(try message.packed()) == """
        2220723405C50EC001001641111111111111113030303030309782000000011890112218300000000000030\
        12026112211301530122000000020000000020000002200000020201004554197820000000123450000000\
        000000000111234567890103633323631313030303130314131423243330000\
        5445524D303030312020202020202020154D45524348414E543030303030303141210000000000010120261122\
        113015123456789010
        """
    )
    let whole = composer.followUp(
      .completion(amount: nil, billed: nil, part: PartOfMany(2, of: 12)),
      of: try original()
    )
    #expect(whole[text: .functionCode] == "201")
    #expect(
      whole.fields[.processorData] == .binary([0, 0, 0, 0x06, 0, 0, 0, 0, 0x02, 0x12])
    )
    #expect(try Message(unpacking: whole.packed()) == whole)
  }

  @Test func `a card lock is the worked one`() throws {
    var composer = composer(951, 12, 0)
    let message = composer.administration(.lock(reason: "3000"), of: try card())
    #expect(
      HexText.text(try message.packed()) == """
        2304C2300180800000000080000000000000164111111111111111112212000000000000095120261122120\
        000309030001198765432100020261122
        """
    )
    for action: CardAdministration in [.unlock, .block, .unblock, .activate, .deactivate] {
      let message = composer.administration(action, of: try card())
      #expect(try Message(unpacking: message.packed()) == message)
    }
  }

  @Test(arguments: [
    (FollowUp.reversal(reason: "4021"), "2420", "400"), (.void, "2100", "100"),
  ])
  func `what undoes a payment names it`(what: FollowUp, type: String, function: String) throws {
    var composer = composer(500, 12, 0)
    let message = composer.followUp(what, of: try original())
    #expect(message.type.text == type)
    #expect(message[text: .functionCode] == function)
    #expect(message[text: .originalData] == "21000000000001012026112211301512345678901")
    #expect(message[text: .stan] == "000000000500")
    #expect(message[text: .localTime] == "20261122113015")
  }

  @Test func `an increment says how much more, and the running total`() throws {
    var composer = composer(500, 12, 0)
    let message = composer.followUp(
      .increment(try euros(500)),
      of: try original(),
      knowing: .init(authorized: try euros(12_345))
    )
    #expect(message[text: .functionCode] == "187")
    #expect(message[text: .amountTransaction] == "9782000000000500")
    #expect(message[text: .additionalAmounts] == "00439782D000000012845")
    let replaced = composer.followUp(
      .replacement(try euros(2_000), isEstimated: true),
      of: try original(),
      knowing: .init(authorized: try euros(12_345))
    )
    #expect(replaced[text: .functionCode] == "103")
    #expect(
      replaced.fields[.originalAmounts]
        == .composite([0: .text("9782000000012345"), 1: .text("0000000000000000")])
    )
  }

  @Test func `an advice tells the authorization again, with what was decided`() throws {
    var composer = composer(500, 12, 0)
    let message = composer.followUp(.advice(ActionCode(0), reason: "1002"), of: try original())
    #expect(message.type.text == "2120")
    #expect(message[text: .amountTransaction] == "9782000000012345")
    #expect(message[text: .functionCode] == "100")
    #expect(message[text: .reasonCode] == "1002")
    #expect(message[text: .actionCode] == "0000")
    #expect(message[text: .approvalCode] == "S00500")
    #expect(message.fields[.originalData] == nil)
    #expect(message[text: .retrievalReference] == "632611000101")
    let declined = composer.followUp(
      .advice(ActionCode(1016), reason: "1002"),
      of: try original()
    )
    #expect(declined.fields[.approvalCode] == nil)
    #expect(declined[text: .actionCode] == "1016")
  }

  @Test func `a void of a refund has a transaction type of its own`() throws {
    var composer = composer(500, 12, 0)
    var refund = try original()
    refund.fields[.processingCode] = .text("200000")
    #expect(composer.followUp(.void, of: refund)[text: .processingCode] == "220000")
    #expect(composer.followUp(.void, of: try original())[text: .processingCode] == "020000")
  }

  @Test func `orders become the elements that they mean`() throws {
    var composer = composer(500, 12, 0)
    var order = PaymentOrder(.purchaseWithCashBack, try euros(3_000))
    order.cashBack = try euros(1_000)
    order.functionCode = "181"
    let cash = composer.payment(order, card: try card())
    #expect(cash[text: .processingCode] == "090000")
    #expect(cash[text: .functionCode] == "181")
    #expect(cash[text: .additionalAmounts] == "00409782D000000001000")

    order = PaymentOrder(.cash, try euros(4_000), at: .cashMachine)
    order.surcharge = .init(try euros(250), isIncluded: false)
    let withdrawal = composer.payment(order, card: try card())
    #expect(withdrawal[text: .feeAmounts] == "07D97820000025000000000D978200000000")
    #expect(withdrawal[text: .feeAmounts]?.utf8.count == 36)

    let dollar = try #require(Currency(code: "USD"))
    order = PaymentOrder(.purchase, Amount(minorUnits: 1_000, currency: dollar))
    order.billed = try euros(920)
    let foreign = composer.payment(order, card: try card())
    #expect(foreign[text: .amountBilling] == "9782000000000920")
    #expect(foreign[text: .conversionRateBilling] == "79200000")

    let inquiry = composer.payment(PaymentOrder(.balanceInquiry, nil), card: try card())
    #expect(inquiry.fields[.amountTransaction] == nil)

    order = PaymentOrder(.purchase, try euros(1_000))
    order.occasion = .advice(ActionCode(0), reason: "1003")
    let advice = composer.payment(order, card: try card())
    #expect(advice.type.text == "2120")
    #expect(advice[text: .reasonCode] == "1003")
    #expect(advice[text: .actionCode] == "0000")
    #expect(advice[text: .approvalCode]?.utf8.count == 6)
    for message in [cash, withdrawal, foreign, inquiry, advice] {
      #expect(try Message(unpacking: message.packed()) == message)
    }
  }

  @Test func `amounts of DE 54 are read back as they were written`() throws {
    let debit = AdditionalAmount(.available, try euros(87_655), isDebit: true)
    #expect(debit.text == "00029782D000000087655")
    #expect(AdditionalAmount(debit.text) == debit)
    let text = AdditionalAmount(.ledger, try euros(1)).text + "0099xx" + debit.text
    #expect(AdditionalAmount.all(in: text).first?.sum == Money(1))
    for bad in ["", "00029782C00000008765", "00029783C000000087655", "00029782X000000087655"] {
      #expect(AdditionalAmount(bad) == nil, "\(bad)")
    }
  }

  @Test func `parts are counted`() {
    #expect(PartOfMany(0, of: 3) == nil)
    #expect(PartOfMany(4, of: 3) == nil)
    #expect(PartOfMany(1, of: 100) == nil)
    #expect(PartOfMany(3, of: 3) != nil)
  }
}
