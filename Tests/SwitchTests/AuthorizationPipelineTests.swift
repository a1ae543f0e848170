import Authorization
import Foundation
import ISO8583
import Ledger
import Switch
import Testing

struct AuthorizationPipelineTests {
  @Test func `a purchase is approved and its answer repeats what it must`() async throws {
    let issuer = try await Issuer()
    var request = try Message.purchase(stan: 1)
    request[.transportData] = "switch-route-7"
    request[.displayData] = "display"
    request.fields[.echoedData] = .binary([1, 2, 3])
    let answer = try issuer.answer(to: request)
    #expect(answer.type.text == "2110")
    #expect(answer[.actionCode] == "0000")
    #expect(answer[.approvalCode]?.count == 6)
    #expect(answer[.transmissionTime] == "1122103015")
    let repeated: [Element] = [
      .pan, .processingCode, .amountTransaction, .stan, .localTime, .acquirer,
      .retrievalReference, .terminal, .merchant, .transportData, .displayData, .echoedData,
    ]
    for element in repeated { #expect(answer.fields[element] == request.fields[element]) }
    let added: Set<Element> = [.transmissionTime, .approvalCode, .actionCode]
    #expect(Set(answer.fields.keys) == added.union(repeated))
  }

  @Test func `the terminal's length of the approval code is honoured`() async throws {
    let issuer = try await Issuer()
    var request = try Message.purchase(stan: 1)
    request.fields[.posCapability] = .composite([
      0: .binary(Array(repeating: 0, count: 8)), 1: .text("4"), 2: .text("000"), 3: .text("000"),
      4: .text("000"), 5: .text("000"), 6: .text("000"), 7: .text("N"), 8: .text("N"),
      9: .binary([4]),
    ])
    let code = try #require(try issuer.answer(to: request)[.approvalCode])
    #expect(code.count == 6)
    #expect(code.hasSuffix("  "))
    #expect(!code.dropLast(2).contains(" "))
  }

  @Test func `a repeat gets the same bytes, with the repeat digit and without`() async throws {
    let issuer = try await Issuer()
    let first = try Message.purchase(stan: 1)
    var second = first
    second.type = try #require(MessageType(text: "2101"))
    second[.transmissionTime] = "1122103115"
    let answer = try issuer.answer(to: try first.packed())
    #expect(try issuer.answer(to: try first.packed()) == answer)
    #expect(try issuer.answer(to: try second.packed()) == answer)
    let held = try await issuer.ledger.read { (view) throws(LedgerError) in
      try view.balance(BalanceID(1))?.held
    }
    #expect(held == Money(1000))
  }

  @Test func `a declined request is repeated as declined when the money has come`() async throws {
    let issuer = try await Issuer(funds: 500)
    let request = try Message.purchase(stan: 1).packed()
    let answer = try issuer.answer(to: request)
    #expect(try Message(unpacking: answer)[.actionCode] == "1016")
    let euro = try #require(Currency(code: "EUR"))
    let amount = try #require(Amount(minorUnits: 100_000, currency: euro))
    _ = try await issuer.ledger.perform(
      .reloadBalance(
        BalanceAddress(owner: nil, balance: BalanceID(1)),
        amount,
        reference: "later"
      )
    )
    #expect(try issuer.answer(to: request) == answer)
  }

  @Test(arguments: [Element.processingCode, .amountTransaction, .functionCode])
  func `the same key with other content is a duplicate transmission`(
    element: Element
  ) async throws {
    let issuer = try await Issuer()
    let request = try Message.purchase(stan: 1)
    _ = try issuer.answer(to: request)
    var other = request
    switch element {
    case .processingCode: other[element] = "200000"
    case .amountTransaction: other[element] = "9782000000001001"
    default: other[element] = "101"
    }
    let answer = try issuer.answer(to: other)
    #expect(answer[.actionCode] == "9113")
    #expect(answer[.approvalCode] == nil)
  }

  @Test(arguments: [
    Element.stan, .localTime, .acquirer, .terminal,
  ])
  func `another key is another payment`(element: Element) async throws {
    let issuer = try await Issuer()
    let request = try Message.purchase(stan: 1)
    _ = try issuer.answer(to: request)
    var other = request
    switch element {
    case .stan: other[element] = "000000000002"
    case .localTime: other[element] = "20261122113016"
    case .acquirer: other[element] = "1234567890"
    default: other[element] = "TERM0002        "
    }
    _ = try issuer.answer(to: other)
    let held = try await issuer.ledger.read { (view) throws(LedgerError) in
      try view.balance(BalanceID(1))?.held
    }
    #expect(held == Money(2000))
  }

  @Test(arguments: [
    Element.processingCode, .amountTransaction, .transmissionTime, .stan, .localTime,
    .posDataCode, .functionCode, .merchantCategory, .pan,
  ])
  func `a missing mandatory element is named in DE 18`(element: Element) async throws {
    let issuer = try await Issuer()
    var request = try Message.purchase(stan: 1)
    request.fields[element] = nil
    let answer = try issuer.answer(to: request)
    #expect(answer[.actionCode] == "9100")
    #expect(
      answer[.messageError] == "000001" + String(format: "%03d", Int(element.number)) + "00000"
    )
  }

  @Test func `all faults of a message are named at once`() async throws {
    let issuer = try await Issuer()
    var request = try Message.purchase(stan: 1)
    request[.localTime] = "20261399256199"
    request[.amountTransaction] = "9783000000001000"
    request[.expirationDate] = "3013"
    let answer = try issuer.answer(to: request)
    #expect(answer[.actionCode] == "9100")
    #expect(answer[.messageError] == "00000400400000" + "00000501200000" + "00000501400000")
  }

  @Test func `track 2 stands in for DE 2 and may not contradict it`() async throws {
    let issuer = try await Issuer()
    var request = try Message.purchase(stan: 1)
    request[.track2] = "4111111111111111=30122010000012345678"
    request.fields[.pan] = nil
    request.fields[.expirationDate] = nil
    #expect(try issuer.answer(to: request)[.actionCode] == "0000")
    request[.stan] = "000000000002"
    request[.track2] = "4111111111111111=29122010000012345678"
    #expect(try issuer.answer(to: request)[.actionCode] == "1001")
    request[.stan] = "000000000003"
    request[.pan] = "4111111111111129"
    let answer = try issuer.answer(to: request)
    #expect(answer[.actionCode] == "9100")
    #expect(answer[.messageError] == "00001103500000")
    #expect(answer[.track2] == nil)
  }

  @Test(arguments: [
    ("4111111111111111", "0000"), ("4111111111111129", "1018"), ("4111111111111112", "1011"),
    ("5500000000000004", "1011"), ("4111111111116", "1011"),
  ])
  func `a card number is known, unknown or invalid`(pan: String, code: String) async throws {
    let issuer = try await Issuer()
    var request = try Message.purchase(stan: 1)
    request[.pan] = pan
    #expect(try issuer.answer(to: request)[.actionCode] == code)
  }

  @Test(arguments: [
    ("2101", "2110", "0000"), ("2200", "2210", "1015"), ("2104", "2114", "1015"),
    ("2120", "2130", "9001"), ("2220", "2230", "9001"), ("2304", "2314", "3001"),
    ("2420", "2430", "9102"), ("2520", "2530", "5003"), ("2600", "2610", "9102"),
    ("2720", "2730", "9102"), ("1100", "1110", "9102"), ("2900", "2910", "9102"),
  ])
  func `every request type is answered`(
    type: String,
    response: String,
    code: String
  ) async throws {
    let issuer = try await Issuer()
    var request = try Message.purchase(stan: 1)
    request.type = try #require(MessageType(text: type))
    let answer = try issuer.answer(to: request)
    #expect(answer.type.text == response)
    #expect(answer[.actionCode] == code)
    #expect(answer[.stan] == request[.stan])
    #expect(answer[.terminal] == request[.terminal])
  }

  @Test(arguments: ["2110", "2130", "2814", "2990", "2190"])
  func `what is no request is dropped`(type: String) async throws {
    let issuer = try await Issuer()
    var request = try Message.purchase(stan: 1)
    request.type = try #require(MessageType(text: type))
    #expect(issuer.exchange([try request.packed()]) == [.dropped])
  }

  @Test func `a financial request books at once`() async throws {
    let issuer = try await Issuer()
    var request = try Message.purchase(stan: 1)
    request.type = try #require(MessageType(text: "2200"))
    request[.functionCode] = "200"
    let answer = try issuer.answer(to: request)
    #expect(answer.type.text == "2210")
    #expect(answer[.actionCode] == "0000")
    let balance = try await issuer.ledger.read { (view) throws(LedgerError) in
      try view.balance(BalanceID(1))
    }
    #expect(balance?.ledger == Money(99_000))
    #expect(balance?.held == .zero)
    let proof = try await issuer.ledger.prove()
    #expect(proof.isConsistent)
  }

  @Test(arguments: [
    ("00", "0000"), ("01", "0000"), ("09", "0000"), ("11", "0000"), ("20", "0000"), ("30", "0000"),
    ("33", "0085"), ("02", "9114"), ("40", "1015"), ("7S", "1015"),
  ])
  func `transaction types are offered or refused`(type: String, code: String) async throws {
    let issuer = try await Issuer()
    var request = try Message.purchase(stan: 1)
    request[.processingCode] = type + "0000"
    #expect(try issuer.answer(to: request)[.actionCode] == code)
  }

  @Test(arguments: [
    ("801", "8000"), ("802", "8000"), ("831", "8000"), ("821", "8000"), ("811", "9102"),
    ("100", "9100"),
  ])
  func `network management accepts sign-on, sign-off, cut-over and echo`(
    function: String,
    code: String
  ) async throws {
    let issuer = try await Issuer()
    var request = try Message.management(function)
    request[.destination] = "111"
    request[.originator] = "2222"
    let answer = try issuer.answer(to: request)
    #expect(answer.type.text == "2814")
    #expect(answer[.actionCode] == code)
    #expect(answer[.functionCode] == function)
    #expect(answer[.forwarder] == "98765432100")
    #expect(answer[.destination] == "2222")
    #expect(answer[.originator] == "111")
  }

  @Test func `where sign-on is required nothing is served without it`() async throws {
    let issuer = try await Issuer(requiresSignOn: true)
    let request = try Message.purchase(stan: 1)
    #expect(try issuer.answer(to: try Message.management("831"))[.actionCode] == "8000")
    #expect(try issuer.answer(to: request)[.actionCode] == "9110")
    #expect(try issuer.answer(to: try Message.management("801"))[.actionCode] == "8000")
    #expect(try issuer.answer(to: request)[.actionCode] == "0000")
    #expect(try issuer.answer(to: try Message.management("802"))[.actionCode] == "8000")
    let later = try Message.purchase(stan: 2)
    #expect(try issuer.answer(to: later)[.actionCode] == "9110")
    #expect(try issuer.answer(to: try Message.management("801"))[.actionCode] == "8000")
    issuer.pipeline.linkClosed(LinkID(number: 1))
    issuer.open(1)
    #expect(try issuer.answer(to: later)[.actionCode] == "9110")
    let held = try await issuer.ledger.read { (view) throws(LedgerError) in
      try view.balance(BalanceID(1))?.held
    }
    #expect(held == Money(1000))
  }

  @Test func `a message cut in its tail is answered, one cut in its head is not`() async throws {
    let issuer = try await Issuer()
    let bytes = try Message.purchase(stan: 1).packed()
    #expect(issuer.exchange([Array(bytes.dropLast(3))]) == [.answered])
    let answer = try Message(unpacking: try #require(issuer.output.answers.first))
    #expect(answer[.actionCode] == "9100")
    #expect(answer[.messageError] == "00000204200000")
    #expect(issuer.exchange([Array(bytes.prefix(30))]) == [.dropped])
    #expect(issuer.exchange([bytes + [0xDE, 0xAD]]) == [.answered])
  }

  @Test func `many requests in flight get their own answers`() async throws {
    let issuer = try await Issuer(deposit: 100_000_000, funds: 100_000_000)
    let frames = try (1...2000).map { try Message.purchase(stan: $0).packed() }
    #expect(issuer.exchange(frames).allSatisfy { $0 == .pending })
    var seen = Set<String>()
    for answer in issuer.output.answers {
      let message = try Message(unpacking: answer)
      let stan = try #require(message[.stan])
      #expect(message[.retrievalReference] == "R" + stan.dropFirst())
      #expect(message[.actionCode] == "0000")
      seen.insert(stan)
    }
    #expect(seen.count == 2000)
    let proof = try await issuer.ledger.prove()
    #expect(proof.isConsistent, "\(proof.differences)")
  }
}
