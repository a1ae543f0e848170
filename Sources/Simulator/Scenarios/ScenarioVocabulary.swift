import Authorization
import ISO8583

/// Every sentence that scenarios know.
///
/// `Specs/Scenarios.md` lists the same sentences.
enum ScenarioVocabulary {
  /// The phrases in the order in which they are tried and documented.
  static let phrases: [Phrase] = setting + sending + managing + expecting

  private static let setting: [Phrase] = [
    Phrase("a partner with a deposit of {money}") { .partner(.deposit, $0.amount(), nil) },
    Phrase("a partner with a credit of {money}") { .partner(.credit, $0.amount(), nil) },
    Phrase("a partner with a deposit of {money} who allows {cash:money} of cash back") {
      .partner(.deposit, $0.amount(), .cashBackLimit($0.amount("cash")))
    },
    Phrase("a partner with a deposit of {money} who allows no surcharges") {
      .partner(.deposit, $0.amount(), .noSurcharges)
    },
    Phrase("a partner with a deposit of {money} who allows no partial approvals") {
      .partner(.deposit, $0.amount(), .noPartialApprovals)
    },
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

  private static let sending: [Phrase] = paying + following + network

  private static let paying: [Phrase] = [
    Phrase("{card} pays {money} [at {place}] [by {entry}] [called {name}]") {
      pay($0, order($0, .purchase))
    },
    Phrase("{card} pays {money} [at {place}] [by {entry}] in a single message [called {name}]") {
      pay($0, order($0, .purchase, .financial))
    },
    Phrase("{card} pays an estimated {money} [at {place}] [by {entry}] [called {name}]") {
      pay($0, order($0, .purchase, function: "101"))
    },
    Phrase("{card} pays {money} or less [at {place}] [by {entry}] [called {name}]") {
      pay($0, order($0, .purchase, function: "181"))
    },
    Phrase("{card} pays {money} including {cash:money} in cash [at {place}] [called {name}]") {
      var order = order($0, .purchaseWithCashBack)
      order.cashBack = $0.amount("cash")
      return pay($0, order)
    },
    Phrase("{card} pays {money} billed as {billed:money} [at {place}] [called {name}]") {
      var order = order($0, .purchase)
      order.billed = $0.amount("billed")
      return pay($0, order)
    },
    Phrase("{card} buys quasi-cash for {money} [at {place}] [called {name}]") {
      pay($0, order($0, .quasiCash))
    },
    Phrase("{card} withdraws {money} [at {place}] [called {name}]") {
      pay($0, order($0, .cash, at: .cashMachine))
    },
    Phrase("{card} withdraws {money} [at {place}] in a single message [called {name}]") {
      pay($0, order($0, .cash, .financial, at: .cashMachine))
    },
    Phrase("{card} withdraws {money} plus a surcharge of {fee:money} [called {name}]") {
      var order = order($0, .cash, at: .cashMachine)
      order.surcharge = .init($0.amount("fee"), isIncluded: false)
      return pay($0, order)
    },
    Phrase("{card} withdraws {money} including a surcharge of {fee:money} [called {name}]") {
      var order = order($0, .cash, at: .cashMachine)
      order.surcharge = .init($0.amount("fee"), isIncluded: true)
      return pay($0, order)
    },
    Phrase("{card} is refunded {money} [at {place}] [called {name}]") {
      pay($0, order($0, .refund))
    },
    Phrase("{card} is refunded {money} [at {place}] in a single message [called {name}]") {
      pay($0, order($0, .refund, .financial))
    },
    Phrase("{card} is sent {money} [called {name}]") {
      pay($0, order($0, .originalCredit, at: .webShop))
    },
    Phrase("{card} is sent {money} in a single message [called {name}]") {
      pay($0, order($0, .originalCredit, .financial, at: .webShop))
    },
    Phrase("{card} asks for its balance [at {place}]") {
      pay($0, order($0, .balanceInquiry, at: .cashMachine, function: "108"))
    },
    Phrase("{card} asks for its balance [at {place}] in a single message") {
      pay($0, order($0, .balanceInquiry, .financial, at: .cashMachine))
    },
    Phrase("{card} is verified [at {place}] [by {entry}]") {
      var order = order($0, .verification, at: .webShop, function: "113")
      order.amount = RequestComposer.nothing(in: nil)
      return pay($0, order)
    },
    Phrase("an advice of {money} approved in stand-in is sent [for {card}] [called {name}]") {
      var order = order($0, .purchase)
      order.occasion = .advice(ActionCode(0), reason: "1003")
      return pay($0, order)
    },
    Phrase("an advice of {money} approved at the terminal is sent [for {card}] [called {name}]") {
      var order = order($0, .purchase)
      order.occasion = .advice(ActionCode(0), reason: "1004")
      return pay($0, order)
    },
    Phrase(
      "an advice of {money} declined with {code} in stand-in is sent [for {card}] [called {name}]"
    ) {
      var order = order($0, .purchase)
      order.occasion = .advice($0.code(), reason: "1003")
      return pay($0, order)
    },
    Phrase("a clearing of {money} without authorization is sent [for {card}] [called {name}]") {
      var order = order($0, .purchase, .financial)
      order.occasion = .presentment
      return pay($0, order)
    },
    Phrase("a request of {card} over {money} is delayed [called {name}]") {
      .delay(order($0, .purchase), $0.card(), name: $0.text("name"))
    },
    Phrase("the delayed request arrives") { _ in .send(.delayedRequest, []) },
  ]

  private static let following: [Phrase] = [
    Phrase("{payment} is reversed [by {manner}] [because {cause}]") {
      follow($0, .reversal(reason: $0.text("cause") ?? "4021"))
    },
    Phrase("{payment} is reversed in part, leaving {money} [by {manner}]") {
      follow($0, .partialReversal(leaving: $0.amount(), isSwapped: false))
    },
    Phrase("{payment} is reversed in part the other way round, leaving {money}") {
      follow($0, .partialReversal(leaving: $0.amount(), isSwapped: true))
    },
    Phrase("{payment} is completed [with {money}] [billed as {billed:money}] [by {manner}]") {
      follow(
        $0,
        .completion(
          amount: $0.optionalAmount("money"),
          billed: $0.optionalAmount("billed"),
          part: nil
        )
      )
    },
    Phrase("{payment} is completed with {money} as part {part:count} of {parts:count}") {
      captures throws(Phrase.Objection) in
      guard
        let part = PartOfMany(
          Int(captures.number("part")),
          of: Int(captures.number("parts"))
        )
      else { throw Phrase.Objection(explanation: "parts are counted from 1, up to 99") }
      return follow(
        captures,
        .completion(amount: captures.amount(), billed: nil, part: part)
      )
    },
    Phrase("{payment} is raised by {money}") { follow($0, .increment($0.amount())) },
    Phrase("{payment} is replaced by {money}") {
      follow($0, .replacement($0.amount(), isEstimated: false))
    },
    Phrase("{payment} is replaced by an estimated {money}") {
      follow($0, .replacement($0.amount(), isEstimated: true))
    },
    Phrase("the network tells that {payment} was approved in stand-in") {
      follow($0, .advice(ActionCode(0), reason: "1002"))
    },
    Phrase("the network tells that {payment} was declined with {code} in stand-in") {
      follow($0, .advice($0.code(), reason: "1002"))
    },
    Phrase("{payment} is voided [by {manner}]") { follow($0, .void) },
    Phrase("the request is repeated [over {money}]") {
      .send(.repeat($0.optionalAmount("money")), [])
    },
    Phrase("the same request is sent again") { _ in .send(.again, []) },
    Phrase("the request is reversed") { _ in .send(.reversal, []) },
  ]

  private static let network: [Phrase] = [
    Phrase("the network signs on") { _ in .send(.network(function: "801"), []) },
    Phrase("the network signs off") { _ in .send(.network(function: "802"), []) },
    Phrase("the network cuts over") { _ in .send(.network(function: "821"), []) },
    Phrase("the network sends an echo") { _ in .send(.network(function: "831"), []) },
    Phrase("the network locks {card} {blocking} [in a {type}]") {
      administer($0, .lock(reason: $0.text("blocking") ?? "3004"))
    },
    Phrase("the network unlocks {card} [in a {type}]") { administer($0, .unlock) },
    Phrase("the network blocks {card} [in a {type}]") { administer($0, .block) },
    Phrase("the network unblocks {card} [in a {type}]") { administer($0, .unblock) },
    Phrase("the network activates {card} [in a {type}]") { administer($0, .activate) },
    Phrase("the network deactivates {card} [in a {type}]") { administer($0, .deactivate) },
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
    Phrase("{payment} is released by hand because {quote}") {
      .release($0.payment(), reason: $0.text("quote") ?? "")
    },
    Phrase("the clock is advanced by {duration}") {
      .advanceClock(seconds: $0.number("duration"))
    },
    Phrase("a merchant group {group} for category {mcc}") {
      .group(name: $0.text("group") ?? "", category: $0.text("mcc"), nil)
    },
    Phrase("holds of group {group} last {duration}") { captures throws(Phrase.Objection) in
      group(captures, .holdDays(try days(captures)))
    },
    Phrase("estimates of group {group} hold at least {money}") {
      group($0, .leastHold($0.amount()))
    },
    Phrase("authorizations of group {group} may come to {money}") {
      group($0, .mostAmount($0.amount()))
    },
    Phrase("authorizations of group {group} may come to any sum") { group($0, .mostAmount(nil)) },
    Phrase("clearings of group {group} may exceed the hold by {percent}") {
      group($0, .tolerance($0.number("percent")))
    },
    Phrase("the rest of a hold of group {group} is kept [for {duration}]") {
      captures throws(Phrase.Objection) in
      group(
        captures,
        .keepsRest(days: captures.optionalNumber("duration") == nil ? 0 : try days(captures))
      )
    },
    Phrase("the rest of a hold of group {group} is released") { group($0, .releasesRest) },
    Phrase(
      """
      a rate of {rate} from {from:currency} to {to:currency} [with a mark-up of {markup:percent}] \
      [and a hold buffer of {buffer:percent}]
      """
    ) {
      .rate(
        .init(
          from: $0.currency("from"),
          to: $0.currency("to"),
          rate: $0.text("rate") ?? "",
          markUp: $0.optionalNumber("markup") ?? 0,
          buffer: $0.optionalNumber("buffer") ?? 0
        )
      )
    },
  ]

  private static let expecting: [Phrase] = [
    Phrase("it is approved") { _ in .expectApproval },
    Phrase("it is approved for {money}") { .expectPartialApproval($0.amount()) },
    Phrase("it is accepted") { _ in .expectAcceptance },
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
    Phrase("the answer shows {sum} available [and {ledger:sum} on the account]") {
      .expectShown(available: $0.sum(), ledger: $0.optionalSum("ledger"))
    },
    Phrase("there is no answer") { _ in .expectSilence },
    Phrase("{balance} has {sum} available [and {held:money} held]") {
      .expectBalance($0.balance(), available: $0.sum(), held: $0.optionalAmount("held"))
    },
    Phrase("the deposit has {sum} available [and {held:money} held]") {
      .expectPartnerBalance(.deposit, available: $0.sum(), held: $0.optionalAmount("held"))
    },
    Phrase("the credit has {sum} available [and {held:money} held]") {
      .expectPartnerBalance(.credit, available: $0.sum(), held: $0.optionalAmount("held"))
    },
    Phrase("{card} shows {state}") {
      .expectCard($0.card(), state: $0.text("state") ?? "", lock: nil, origin: nil)
    },
    Phrase("{card} shows {state} as {lock}") { captures throws(Phrase.Objection) in
      .expectCard(
        captures.card(),
        state: captures.text("state") ?? "",
        lock: try lock(captures.text("lock") ?? ""),
        origin: nil
      )
    },
    Phrase("{card} shows {state} as {lock} from outside") { captures throws(Phrase.Objection) in
      .expectCard(
        captures.card(),
        state: captures.text("state") ?? "",
        lock: try lock(captures.text("lock") ?? ""),
        origin: "OUTSIDE"
      )
    },
    Phrase("{payment} shows {state}") {
      .expectPayment($0.payment(), state: $0.text("state") ?? "")
    },
    Phrase("{payment} has {money} held") {
      .expectSums($0.payment(), held: $0.amount(), booked: nil)
    },
    Phrase("{payment} has {money} held and {booked:money} booked") {
      .expectSums($0.payment(), held: $0.amount(), booked: $0.amount("booked").money)
    },
    Phrase("{payment} has {money} held and {credited:money} credited") {
      .expectSums($0.payment(), held: $0.amount(), booked: -$0.amount("credited").money)
    },
    Phrase("{payment} has {count} entries") {
      .expectEntries($0.payment(), Int($0.number("count")))
    },
    Phrase("entry {count} of {payment} is {state}") {
      .expectEntry($0.payment(), number: Int($0.number("count")), kind: $0.text("state") ?? "")
    },
    Phrase("{payment} is flagged {state}") {
      .expectFlag($0.payment(), $0.text("state") ?? "", isSet: true)
    },
    Phrase("{payment} is not flagged {state}") {
      .expectFlag($0.payment(), $0.text("state") ?? "", isSet: false)
    },
    Phrase("{payment} lasts {duration}") {
      .expectDuration($0.payment(), seconds: $0.number("duration"))
    },
    Phrase("the authorization of {card} shows {state}") {
      .expectAuthorization($0.card(), state: $0.text("state") ?? "")
    },
    Phrase("the call succeeds") { _ in .expectCallSuccess },
    Phrase("the call fails with {reason}") { .expectCallFailure($0.text("reason") ?? "") },
    Phrase("the books are proven") { _ in .expectProof },
  ]

  /// The order that the gaps of a sentence describe.
  private static func order(
    _ captures: Captures,
    _ transaction: TransactionType,
    _ messageClass: MessageClass = .authorization,
    at place: MerchantProfile = .shop,
    function: String? = nil
  ) -> PaymentOrder {
    var order = PaymentOrder(
      transaction,
      captures.optionalAmount("money"),
      at: captures.merchant() ?? place,
      by: captures.entry()
    )
    order.messageClass = messageClass
    order.functionCode = function
    return order
  }

  private static func pay(_ captures: Captures, _ order: PaymentOrder) -> ScenarioAction {
    .send(.payment(order, captures.optionalCard() ?? .latest, name: captures.text("name")), [])
  }

  private static func follow(_ captures: Captures, _ followUp: FollowUp) -> ScenarioAction {
    .send(.followUp(followUp, captures.payment(), captures.manner()), [])
  }

  private static func administer(
    _ captures: Captures,
    _ action: CardAdministration
  ) -> ScenarioAction {
    .send(.administration(action, captures.card(), captures.optionalType()), [])
  }

  private static func group(
    _ captures: Captures,
    _ change: ScenarioAction.GroupChange
  ) -> ScenarioAction {
    .group(name: captures.text("group") ?? "", category: nil, change)
  }

  private static func days(_ captures: Captures) throws(Phrase.Objection) -> Int64 {
    let seconds = captures.number("duration")
    guard seconds > 0, seconds % 86_400 == 0 else {
      throw Phrase.Objection(explanation: "a group of merchants counts whole days")
    }
    return seconds / 86_400
  }

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
