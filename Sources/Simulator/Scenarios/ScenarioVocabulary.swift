import Authorization
import ISO8583

/// Every sentence that scenarios know.
///
/// `Specs/Scenarios.md` lists the same sentences.
enum ScenarioVocabulary {
  /// The phrases in the order in which they are tried and documented.
  static let phrases: [Phrase] = setting + sending + managing + expecting

  private static let setting: [Phrase] = [
    Phrase("a partner with a deposit of {money}") { .partner(.deposit, $0.amount()) },
    Phrase("a partner with a credit of {money}") { .partner(.credit, $0.amount()) },
    Phrase("a user [called {name}] with a balance of {money}") {
      .user(name: $0.text("name"), $0.amount(), nil)
    },
    Phrase("a user [called {name}] with a balance of {money} and a card") {
      .user(name: $0.text("name"), $0.amount(), .init())
    },
    Phrase("a user [called {name}] with a balance of {money} and a card valid until {expiry}") {
      .user(name: $0.text("name"), $0.amount(), order(expiry: $0.text("expiry")))
    },
    Phrase("a user [called {name}] with a balance of {money} and a card not yet activated") {
      .user(name: $0.text("name"), $0.amount(), order(isActive: false))
    },
    Phrase("another card") { _ in .card(.init()) },
    Phrase("another card valid until {expiry}") { .card(order(expiry: $0.text("expiry"))) },
    Phrase("another card not yet activated") { _ in .card(order(isActive: false)) },
  ]

  private static let sending: [Phrase] = [
    Phrase("{card} pays {money} [at {place}] [by {entry}]") {
      .send(
        .request(
          .authorization,
          .purchase,
          $0.card(),
          $0.amount(),
          $0.merchant() ?? .shop,
          $0.entry()
        ),
        []
      )
    },
    Phrase("{card} pays {money} [at {place}] [by {entry}] in a single message") {
      .send(
        .request(
          .financial,
          .purchase,
          $0.card(),
          $0.amount(),
          $0.merchant() ?? .shop,
          $0.entry()
        ),
        []
      )
    },
    Phrase("{card} withdraws {money} [at {place}]") {
      .send(
        .request(
          .authorization,
          .cash,
          $0.card(),
          $0.amount(),
          $0.merchant() ?? .cashMachine,
          nil
        ),
        []
      )
    },
    Phrase("{card} is refunded {money} [at {place}]") {
      .send(
        .request(
          .authorization,
          .refund,
          $0.card(),
          $0.amount(),
          $0.merchant() ?? .shop,
          nil
        ),
        []
      )
    },
    Phrase("the request is repeated [over {money}]") {
      .send(.repeat($0.optionalAmount("money")), [])
    },
    Phrase("the same request is sent again") { _ in .send(.again, []) },
    Phrase("the request is reversed") { _ in .send(.reversal, []) },
    Phrase("the network signs on") { _ in .send(.network(function: "801"), []) },
    Phrase("the network signs off") { _ in .send(.network(function: "802"), []) },
    Phrase("the network sends an echo") { _ in .send(.network(function: "831"), []) },
    Phrase("a {type} is sent") { .send(.custom($0.type(), nil, nil), []) },
    Phrase("a {type} is sent for {card}") { .send(.custom($0.type(), $0.card(), nil), []) },
    Phrase("a {type} is sent for {card} over {money}") {
      .send(.custom($0.type(), $0.card(), $0.amount()), [])
    },
  ]

  private static let managing: [Phrase] = [
    Phrase("{card} is locked as {lock}") { captures throws(Phrase.Objection) in
      .lock(captures.card(), try lock(captures.text("lock") ?? ""))
    },
    Phrase("{card} is unlocked") { .unlock($0.card()) },
    Phrase("{card} is activated") { .activate($0.card()) },
    Phrase("{card} is removed") { .remove($0.card()) },
    Phrase("{balance} is blocked") { .block($0.balance()) },
    Phrase("{balance} is unblocked") { .unblock($0.balance()) },
    Phrase("{balance} is topped up with {money}") { .topUp($0.balance(), $0.amount()) },
    Phrase("the deposit is reloaded with {money}") { .reload(.deposit, $0.amount()) },
    Phrase("the credit is reloaded with {money}") { .reload(.credit, $0.amount()) },
  ]

  private static let expecting: [Phrase] = [
    Phrase("it is approved") { _ in .expectApproval },
    Phrase("it is refused with {code} [because {reason}]") {
      .expectRefusal($0.code(), reason: $0.text("reason"))
    },
    Phrase("the answer is {type} with {code}") { .expectAnswer($0.type(), $0.code()) },
    Phrase("the answer has {element}") {
      .expectElement($0.element().0, part: $0.element().part, value: nil)
    },
    Phrase("the answer has {element} = {value}") {
      .expectElement($0.element().0, part: $0.element().part, value: $0.text("value"))
    },
    Phrase("the answer has no {element}") { .expectNoElement($0.element().0) },
    Phrase("the answer repeats {element}") { .expectEcho($0.element().0) },
    Phrase("the answer is the same as before") { _ in .expectSameAnswer },
    Phrase("there is no answer") { _ in .expectSilence },
    Phrase("{balance} has {money} available [and {held:money} held]") {
      .expectBalance($0.balance(), available: $0.amount(), held: $0.optionalAmount("held"))
    },
    Phrase("the deposit has {money} available [and {held:money} held]") {
      .expectPartnerBalance(
        .deposit,
        available: $0.amount(),
        held: $0.optionalAmount("held")
      )
    },
    Phrase("the credit has {money} available [and {held:money} held]") {
      .expectPartnerBalance(.credit, available: $0.amount(), held: $0.optionalAmount("held"))
    },
    Phrase("{card} shows {state}") {
      .expectCard($0.card(), state: $0.text("state") ?? "", lock: nil)
    },
    Phrase("{card} shows {state} as {lock}") { captures throws(Phrase.Objection) in
      .expectCard(
        captures.card(),
        state: captures.text("state") ?? "",
        lock: try lock(captures.text("lock") ?? "")
      )
    },
    Phrase("the authorization of {card} shows {state}") {
      .expectAuthorization($0.card(), state: $0.text("state") ?? "")
    },
    Phrase("the call succeeds") { _ in .expectCallSuccess },
    Phrase("the call fails with {reason}") { .expectCallFailure($0.text("reason") ?? "") },
    Phrase("the books are proven") { _ in .expectProof },
  ]

  private static func order(
    expiry: String? = nil,
    isActive: Bool = true
  ) -> ScenarioAction.CardOrder {
    var order = ScenarioAction.CardOrder()
    if let expiry { order.expiry = expiry }
    order.isActive = isActive
    return order
  }

  /// The lock code of `pending query (3)`; name and number must belong together, so that a reader
  /// can trust either.
  private static func lock(_ text: String) throws(Phrase.Objection) -> LockCode {
    let known = LockCode.allCases.map { "\(name($0)) (\($0.rawValue))" }
    guard let code = LockCode.allCases.first(where: { text == "\(name($0)) (\($0.rawValue))" })
    else {
      throw Phrase.Objection(
        explanation: "'\(text)' is no lock; I know: \(known.joined(separator: ", "))"
      )
    }
    return code
  }

  private static func name(_ code: LockCode) -> String {
    switch code {
    case .lost: "lost"
    case .stolen: "stolen"
    case .pendingQuery: "pending query"
    case .consolidation: "consolidation"
    case .inactive: "inactive"
    case .pinTriesExceeded: "PIN tries exceeded"
    case .suspectedFraud: "suspected fraud"
    case .replaced: "replaced"
    }
  }
}
