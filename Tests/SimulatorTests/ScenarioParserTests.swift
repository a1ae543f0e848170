import Authorization
import Foundation
import ISO8583
import Simulator
import Testing

struct ScenarioParserTests {
  private func parse(_ text: String) throws(ScenarioSyntaxError) -> [Scenario] {
    try ScenarioParser().parse(text, file: "x.scenario")
  }

  private func action(_ keyword: String, _ sentence: String) throws -> ScenarioAction {
    let scenario = try parse("# T\n\(keyword) \(sentence)\nThen it is approved")
    return try #require(scenario.first?.steps.first?.action)
  }

  private func complaint(_ text: String) throws -> ScenarioSyntaxError {
    try #require(throws: ScenarioSyntaxError.self) { try parse(text) }
  }

  @Test func `title, story, steps and their lines are kept`() throws {
    let scenarios = try parse(
      """
      # Lost card
      A card reported lost
      stays refused.

      // a remark
      Given a partner with a deposit of 1000.00 EUR
        and a user with a balance of 50.00 EUR and a card
      When the card pays 10.00 EUR at a shop by chip
      Then it is approved
       but the answer has no DE 54

      # Second
      When the network sends an echo
      Then the answer is 2814 with 8000
      """
    )
    #expect(scenarios.map(\.title) == ["Lost card", "Second"])
    let first = try #require(scenarios.first)
    #expect(first.story == "A card reported lost stays refused.")
    #expect(first.steps.map(\.line) == [6, 7, 8, 9, 10])
    #expect(first.steps.map(\.keyword) == [.given, .given, .when, .then, .then])
    #expect(first.steps.last?.action == .expectNoElement(54))
    #expect(scenarios.last?.line == 12)
  }

  @Test func `sentences mean what they say`() throws {
    let euro = try #require(Currency(code: "EUR"))
    let ten = try #require(Amount(minorUnits: 1_000, currency: euro))
    #expect(
      try action("When", "the card pays 10.00 EUR")
        == .send(.payment(PaymentOrder(.purchase, ten), .latest, name: nil), [])
    )
    #expect(
      try action("When", "Anna's card pays 10.00 EUR at a web shop by card on file called A")
        == .send(
          .payment(
            PaymentOrder(.purchase, ten, at: .webShop, by: .recurring),
            .of("Anna"),
            name: "A"
          ),
          []
        )
    )
    var single = PaymentOrder(.purchase, ten)
    single.messageClass = .financial
    #expect(
      try action("When", "the card pays 10.00 EUR in a single message")
        == .send(.payment(single, .latest, name: nil), [])
    )
    #expect(
      try action("When", "the card is locked as suspected fraud (7)")
        == .lock(.latest, .suspectedFraud)
    )
    #expect(try action("When", "the request is repeated over 10.00 EUR") == .send(.repeat(ten), []))
    let custom = try action("When", "a 2604 is sent for the card over 10.00 EUR")
    #expect(
      custom == .send(.custom(try #require(MessageType(text: "2604")), .latest, ten), [])
    )
  }

  @Test func `what happens to a payment is said about it`() throws {
    let euro = try #require(Currency(code: "EUR"))
    let four = try #require(Amount(minorUnits: 400, currency: euro))
    let meanings: [(String, FollowUp, ScenarioAction.PaymentReference, ScenarioAction.Manner?)] = [
      ("the payment is reversed", .reversal(reason: "4021"), .latest, nil),
      (
        "payment A is reversed by a request because no cash came out", .reversal(reason: "4017"),
        .of("A"), .request
      ),
      (
        "the payment is reversed in part, leaving 4.00 EUR",
        .partialReversal(leaving: four, isSwapped: false), .latest, nil
      ),
      (
        "the payment is reversed in part the other way round, leaving 4.00 EUR",
        .partialReversal(leaving: four, isSwapped: true), .latest, nil
      ),
      (
        "refund Back is completed by a notification",
        .completion(amount: nil, billed: nil, part: nil), .of("Back"), .notification
      ),
      (
        "the payment is completed with 4.00 EUR as part 1 of 3",
        .completion(amount: four, billed: nil, part: PartOfMany(1, of: 3)), .latest, nil
      ),
      ("the payment is raised by 4.00 EUR", .increment(four), .latest, nil),
      (
        "the payment is replaced by an estimated 4.00 EUR",
        .replacement(four, isEstimated: true), .latest, nil
      ),
      ("the refund is voided", .void, .latest, nil),
    ]
    for (sentence, followUp, payment, manner) in meanings {
      #expect(
        try action("When", sentence) == .send(.followUp(followUp, payment, manner), []),
        "\(sentence)"
      )
    }
    #expect(
      try action("When", "the clock is advanced by 7 days") == .advanceClock(seconds: 604_800)
    )
    #expect(
      try action("When", "the hold is released by hand because \"no longer wanted\"")
        == .release(.latest, reason: "no longer wanted")
    )
    let rate = try action(
      "Given",
      "a rate of 1.17 from GBP to EUR with a mark-up of 1.5 percent and a hold buffer of 3 percent"
    )
    let pound = try #require(Currency(code: "GBP"))
    #expect(
      rate == .rate(.init(from: pound, to: euro, rate: "1.17", markUp: 150, buffer: 300))
    )
  }

  @Test func `elements are set and left out`() throws {
    guard
      case .send(_, let edits) = try action(
        "When",
        "the card pays 10.00 EUR with DE 59 = \"two words\" and DE 49.2 = 0597 and without DE 26"
      )
    else {
      Issue.record("no sending")
      return
    }
    #expect(edits.map(\.element) == [59, 49, 26])
    #expect(edits.map(\.part) == [nil, 2, nil])
    #expect(edits.map(\.value) == ["two words", "0597", nil])
  }

  @Test func `every known sentence is understood as its own example`() throws {
    for sentence in ScenarioParser.sentences {
      let filled = sentence.replacing("[", with: "").replacing("]", with: "")
        .replacing("CODE", with: "1016").replacing("REASON", with: "CARD_LOST")
        .replacing("TYPE", with: "2110").replacing("STATE", with: "ACTIVE")
        .replacing("VALUE", with: "x")
      let isUnderstood = ["When", "Then"].contains { keyword in
        (try? parse("# T\n\(keyword) \(filled)\nThen it is approved")) != nil
      }
      #expect(isUnderstood, "\(filled)")
    }
  }

  @Test func `an unknown sentence is answered with the likely ones`() throws {
    let error = try complaint(
      "# T\n\nGiven a partner with a deposit of 1.00 EUR\nThen it is aproved"
    )
    #expect(error.line == 4)
    #expect(error.description.hasPrefix("x.scenario: line 4: I do not understand 'it is aproved'"))
    #expect(error.explanation.contains("'it is approved'"))
  }

  @Test(arguments: [
    ("", 1, "no scenario"),
    ("When the network signs on", 1, "begins with its title"),
    ("# ", 1, "needs words"),
    ("# T\nonly prose", 1, "no steps"),
    ("# T\nWhen the network signs on", 1, "expects nothing"),
    ("# T\nWhen the network signs on\nsurely", 3, "begins with Given, When, Then"),
    ("# T\nThen", 2, "needs a sentence"),
    ("# T\nWhen it is approved", 2, "begin it with Then"),
    ("# T\nThen the card is unlocked", 2, "begin it with Given or When"),
    ("# T\nWhen the card is locked as lost (2)", 2, "is no lock"),
    ("# T\nWhen the card is locked as lost (1) with DE 2 = 1", 2, "sends no message"),
    ("# T\nWhen the card pays 10 EUR", 2, "I do not understand"),
    ("# T\nWhen the card pays 10.00 XXX", 2, "I do not understand"),
    ("# T\nWhen the card pays 10.00 EUR with DE 1 = 4", 2, "elements are changed like this"),
    ("# T\nWhen the card pays 10.00 EUR with DE 14", 2, "elements are changed like this"),
    ("# T\nWhen the card pays 10.00 EUR with DE 52 = xyz", 2, "holds bytes"),
    ("# T\nThen the answer has DE 129", 2, "I do not understand"),
    ("# T\nWhen the payment is completed with 1.00 EUR as part 4 of 3", 2, "counted from 1"),
    ("# T\nGiven holds of group fuel last 3 hours", 2, "whole days"),
  ])
  func `a mistake is named with its line`(text: String, line: Int, words: String) throws {
    let error = try complaint(text)
    #expect(error.line == line)
    #expect(error.explanation.contains(words), "\(error.explanation)")
  }

  @Test func `the documented sentences are the known ones`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Specs/Scenarios.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    let parts = text.components(separatedBy: "<!-- sentences -->\n```\n")
    let list = try #require(parts.last?.components(separatedBy: "\n```").first)
    #expect(list.components(separatedBy: "\n") == ScenarioParser.sentences)
  }
}
