import Authorization
import ISO8583
import JSON

/// The world of one scenario while it plays: what was made, what was said last.
struct ScenarioPlay {
  struct Sent {
    let message: Message
    let bytes: [UInt8]
    /// The card it was sent for, when the issuer knows that card.
    let card: Int?
  }

  struct Received {
    let message: Message
    let bytes: [UInt8]
  }

  private struct Call {
    let what: String
    let status: Int
    let body: JSONValue?
  }

  private(set) var request: Sent?
  private(set) var answer: Received?
  private var earlierAnswer: Received?
  private var call: Call?

  private let messages: any MessageTransport
  private let observer: @Sendable (ScenarioEvent) -> Void
  private var composer: RequestComposer
  private var portfolio: Portfolio

  init(
    messages: any MessageTransport,
    management: any ManagementTransport,
    seed: UInt64,
    clock: @escaping @Sendable () -> Instant,
    observer: @escaping @Sendable (ScenarioEvent) -> Void
  ) {
    var generator = SeededGenerator(seed: seed)
    self.messages = messages
    self.observer = observer
    self.composer = RequestComposer(
      firstTrace: UInt64.random(in: 1...899_999_999_999, using: &generator),
      clock: clock
    )
    self.portfolio = Portfolio(
      management: management,
      generator: generator,
      observer: observer
    )
  }

  mutating func perform(
    _ action: ScenarioAction,
    callMayFail: Bool
  ) async throws(Mismatch) {
    switch action {
    case .partner(let funding, let amount):
      try await portfolio.addPartner(funding, amount)
    case .user(let name, let amount, let order):
      try await portfolio.addUser(name: name, amount)
      if let order { try await portfolio.addCard(order) }
    case .card(let order):
      try await portfolio.addCard(order)
    case .send(let sending, let edits):
      try await send(sending, edits)
    case .lock(let card, let code):
      let path = try portfolio.path(of: portfolio.card(card)) + "/lock"
      try await manage(
        "POST",
        path,
        body: ["code": .integer(Int64(code.rawValue))],
        mayFail: callMayFail
      )
    case .unlock(let card):
      let path = try portfolio.path(of: portfolio.card(card)) + "/unlock"
      try await manage("POST", path, mayFail: callMayFail)
    case .activate(let card):
      let path = try portfolio.path(of: portfolio.card(card)) + "/activate"
      try await manage("POST", path, mayFail: callMayFail)
    case .remove(let card):
      let path = try portfolio.removalPath(of: portfolio.card(card))
      try await manage("DELETE", path, mayFail: callMayFail)
    case .block(let balance):
      let path = try portfolio.path(of: balance) + "/block"
      try await manage("POST", path, mayFail: callMayFail)
    case .unblock(let balance):
      let path = try portfolio.path(of: balance) + "/unblock"
      try await manage("POST", path, mayFail: callMayFail)
    case .topUp(let balance, let amount):
      let path = try portfolio.path(of: balance) + "/reload"
      try await manage(
        "POST",
        path,
        body: ["amount": JSONValue(amount), "reference": .string(portfolio.newName("top-up"))],
        movesMoney: true,
        mayFail: callMayFail
      )
    case .reload(let funding, let amount):
      let path = try portfolio.partnerBalancePath(funding) + "/reload"
      try await manage(
        "POST",
        path,
        body: ["amount": JSONValue(amount), "bankReference": .string(portfolio.newName("wire"))],
        movesMoney: true,
        mayFail: callMayFail
      )
    case .expectApproval, .expectRefusal, .expectAnswer, .expectElement, .expectNoElement,
      .expectEcho, .expectSameAnswer, .expectSilence:
      try await checkAnswer(action)
    case .expectBalance, .expectPartnerBalance, .expectCard, .expectAuthorization,
      .expectCallSuccess, .expectCallFailure, .expectProof:
      try await checkBooks(action)
    }
  }

  // MARK: Messages

  private mutating func send(
    _ sending: ScenarioAction.Sending,
    _ edits: [ScenarioAction.ElementEdit]
  ) async throws(Mismatch) {
    var card: Int?
    var message: Message
    var sameBytes = false
    switch sending {
    case .request(
      let messageClass,
      let transaction,
      let reference,
      let amount,
      let place,
      let entry
    ):
      let used = try portfolio.terminalCard(reference)
      card = used.position
      message = composer.request(
        messageClass,
        transaction,
        card: used.card,
        amount: amount,
        at: place,
        by: entry
      )
    case .repeat(let amount):
      let last = try lastRequest()
      card = last.card
      message = composer.repeating(last.message)
      if let amount {
        message.fields[.amountTransaction] = .text(RequestComposer.amountText(amount))
      }
    case .again:
      let last = try lastRequest()
      card = last.card
      message = last.message
      sameBytes = true
    case .reversal:
      let last = try lastRequest()
      card = last.card
      message = composer.reversal(of: last.message)
    case .network(let function):
      message = composer.networkManagement(function: function)
    case .custom(let type, let reference, let amount):
      if let reference {
        let used = try portfolio.terminalCard(reference)
        card = used.position
        let sum = amount ?? portfolio.zero
        message = composer.request(card: used.card, amount: sum, at: .shop)
        if amount == nil { message.fields[.amountTransaction] = nil }
      } else {
        message = composer.networkManagement(function: "831")
      }
      message.type = type
      message.fields[.functionCode] = .text(ScenarioPlay.functionCode(of: type))
    }
    for edit in edits { try apply(edit, to: &message) }
    let bytes: [UInt8]
    if sameBytes, edits.isEmpty, let request {
      bytes = request.bytes
    } else {
      do {
        bytes = try message.packed()
      } catch {
        throw Mismatch("a message that can be written", found: "\(error)")
      }
    }
    // Read back, so that padding which packing added is part of what must be repeated.
    let sent = (try? Message(unpacking: bytes)) ?? message
    request = Sent(message: sent, bytes: bytes, card: card)
    if let answer { earlierAnswer = answer }
    answer = nil
    let started = ContinuousClock.now
    let received: [UInt8]?
    do {
      received = try await messages.exchange(bytes)
    } catch {
      throw Mismatch("an answer", found: "\(error)")
    }
    let elapsed = (ContinuousClock.now - started).components
    observer(
      .exchange(
        request: bytes,
        answer: received,
        microseconds: elapsed.seconds * 1_000_000 + elapsed.attoseconds / 1_000_000_000_000
      )
    )
    guard let received else { return }
    do {
      answer = Received(message: try Message(unpacking: received), bytes: received)
    } catch {
      throw Mismatch("an answer that can be read", found: "\(error)")
    }
    try checkEchoes()
  }

  private func lastRequest() throws(Mismatch) -> Sent {
    guard let request else {
      throw Mismatch("a request before this step", found: "nothing was sent yet")
    }
    return request
  }

  private static func functionCode(of type: MessageType) -> String {
    switch type.messageClass {
    case .financial: "200"
    case .fileAction: "309"
    case .reversal: "400"
    case .reconciliation: "500"
    case .administrative: "600"
    case .feeCollection: "700"
    case .networkManagement: "831"
    case .authorization, nil: "100"
    }
  }

  private func apply(
    _ edit: ScenarioAction.ElementEdit,
    to message: inout Message
  ) throws(Mismatch) {
    guard let part = edit.part else {
      message.fields[edit.element] = edit.value.flatMap { FieldText.value($0, for: edit.element) }
      return
    }
    var parts: [Int: FieldValue] = [:]
    if case .composite(let present) = message.fields[edit.element] { parts = present }
    parts[part] = edit.value.map { .text($0) }
    message.fields[edit.element] = parts.isEmpty ? nil : .composite(parts)
  }

  /// Every answer must be of the right type and repeat what lets the asker find its request
  /// (dialect, section 6.1), whether a scenario looks at it or not.
  private func checkEchoes() throws(Mismatch) {
    guard let request, let answer else { return }
    let expected = request.message.type.response
    guard answer.message.type == expected else {
      throw Mismatch(
        "an answer of type \(expected?.text ?? "none")",
        found: answer.message.type.text
      )
    }
    var echoed: [Element] = [.stan, .localTime]
    if request.message.type.messageClass == .authorization
      || request.message.type.messageClass == .financial
    {
      echoed += [.pan, .acquirer, .forwarder, .retrievalReference, .terminal, .merchant]
      echoed += [.transportData, .echoedData]
    }
    for element in echoed where request.message.fields[element] != nil {
      try checkEcho(element, of: request, in: answer)
    }
  }

  private func checkEcho(
    _ element: Element,
    of request: Sent,
    in answer: Received
  ) throws(Mismatch) {
    guard request.message.fields[element] == answer.message.fields[element] else {
      throw Mismatch(
        "\(element) repeated as it was sent: \(shown(element, request.message))",
        found: shown(element, answer.message)
      )
    }
  }

  /// An element's value for a person; a card number only masked.
  private func shown(_ element: Element, _ message: Message) -> String {
    guard let value = message.fields[element] else { return "no \(element)" }
    let text = FieldText.text(value)
    switch element {
    case .pan: return PAN(text: text)?.description ?? "a number"
    case .track1, .track2, .track3, .verificationData, .pinData, .securityControl, .chipData:
      return "\(text.utf8.count) hidden characters"
    default: return "'\(text)'"
    }
  }

  private mutating func checkAnswer(_ expectation: ScenarioAction) async throws(Mismatch) {
    if case .expectSilence = expectation {
      guard answer == nil else {
        throw Mismatch("no answer", found: "an answer of type \(try received().message.type)")
      }
      return
    }
    let answer = try received()
    switch expectation {
    case .expectApproval:
      try checkCode(ActionCode(0), answer)
      guard FieldText.comparable(answer.message.fields[.approvalCode])?.isEmpty == false else {
        throw Mismatch("an approval code (DE 38)", found: "none")
      }
    case .expectRefusal(let code, let reason):
      try checkCode(code, answer)
      guard answer.message.fields[.approvalCode] == nil else {
        throw Mismatch("no approval code (DE 38) in a refusal", found: "one")
      }
      guard let reason else { return }
      let found = try await latestAuthorization(of: request?.card)["reason"]?.text
      guard found == reason else {
        throw Mismatch("the reason \(reason)", found: found ?? "none")
      }
    case .expectAnswer(let type, let code):
      guard answer.message.type == type else {
        throw Mismatch("an answer of type \(type)", found: answer.message.type.text)
      }
      try checkCode(code, answer)
    case .expectElement(let element, let part, let value):
      try checkElement(element, part: part, value: value, answer)
    case .expectNoElement(let element):
      guard answer.message.fields[element] == nil else {
        throw Mismatch("no \(element)", found: shown(element, answer.message))
      }
    case .expectEcho(let element):
      try checkEcho(element, of: lastRequest(), in: answer)
    case .expectSameAnswer:
      guard let earlierAnswer else {
        throw Mismatch("an earlier answer to compare with", found: "this is the first")
      }
      guard earlierAnswer.bytes == answer.bytes else {
        let differing = Set(earlierAnswer.message.fields.keys)
          .union(answer.message.fields.keys)
          .filter { earlierAnswer.message.fields[$0] != answer.message.fields[$0] }
          .sorted().map(\.description)
        throw Mismatch(
          "the same bytes as the answer before",
          found: differing.isEmpty
            ? "another message type" : "other \(differing.joined(separator: ", "))"
        )
      }
    default: preconditionFailure("not about an answer")
    }
  }

  private func received() throws(Mismatch) -> Received {
    guard let answer else {
      throw Mismatch(
        "an answer",
        found: request == nil ? "nothing was sent yet" : "none came in time"
      )
    }
    return answer
  }

  private func checkCode(_ code: ActionCode, _ answer: Received) throws(Mismatch) {
    let found = answer.message.fields[.actionCode].map(FieldText.text) ?? "no DE 39"
    guard found == code.text else {
      throw Mismatch("action code \(code)", found: found)
    }
  }

  private func checkElement(
    _ element: Element,
    part: Int?,
    value: String?,
    _ answer: Received
  ) throws(Mismatch) {
    guard let present = answer.message.fields[element] else {
      throw Mismatch("\(element) in the answer", found: "none")
    }
    var found: FieldValue? = present
    if let part {
      if case .composite(let parts) = present { found = parts[part] } else { found = nil }
    }
    guard let found else {
      throw Mismatch("part \(part ?? 0) of \(element)", found: "none")
    }
    guard let value else { return }
    guard FieldText.comparable(found) == FieldText.comparable(.text(value)) else {
      throw Mismatch("\(element) = '\(value)'", found: shown(element, answer.message))
    }
  }

  // MARK: Management

  private mutating func manage(
    _ method: String,
    _ path: String,
    body: JSONValue? = nil,
    movesMoney: Bool = false,
    mayFail: Bool
  ) async throws(Mismatch) {
    let answer = try await portfolio.call(method, path, body: body, movesMoney: movesMoney)
    call = Call(what: "\(method) \(path)", status: answer.status, body: answer.body)
    guard mayFail || (200..<300).contains(answer.status) else {
      throw Mismatch("the call to succeed", found: ScenarioPlay.words(answer.status, answer.body))
    }
  }

  private static func words(_ status: Int, _ body: JSONValue?) -> String {
    let code = body?["error"]?["code"]?.text
    let message = body?["error"]?["message"]?.text
    return ["status \(status)", code, message].compactMap { $0 }.joined(separator: ", ")
  }

  private mutating func checkBooks(_ expectation: ScenarioAction) async throws(Mismatch) {
    switch expectation {
    case .expectBalance(let balance, let available, let held):
      let found = try await portfolio.read(portfolio.path(of: balance))
      try checkSums(found, available, held)
    case .expectPartnerBalance(let funding, let available, let held):
      let path = try portfolio.partnerBalancePath(funding)
      let found = try await portfolio.read(path + "?currency=\(available.currency)")
      try checkSums(found, available, held)
    case .expectCard(let reference, let state, let lock):
      let card = try await portfolio.read(portfolio.path(of: portfolio.card(reference)))
      guard card["state"]?.text == state else {
        throw Mismatch("the state \(state)", found: card["state"]?.text ?? "none")
      }
      guard let lock else { return }
      guard card["lock"]?["code"]?.integer == Int64(lock.rawValue),
        card["lock"]?["irreversible"]?.boolean == lock.isIrreversible
      else {
        throw Mismatch(
          "lock \(lock.rawValue), \(lock.isIrreversible ? "irreversible" : "reversible")",
          found: card["lock"]?.text ?? "none"
        )
      }
    case .expectAuthorization(let reference, let state):
      let found = try await latestAuthorization(of: portfolio.card(reference))
      guard found["state"]?.text == state else {
        throw Mismatch("the state \(state)", found: found["state"]?.text ?? "none")
      }
    case .expectCallSuccess:
      guard let call else { throw Mismatch("a call before this step", found: "none was made") }
      guard (200..<300).contains(call.status) else {
        throw Mismatch("the call to succeed", found: ScenarioPlay.words(call.status, call.body))
      }
    case .expectCallFailure(let code):
      guard let call else { throw Mismatch("a call before this step", found: "none was made") }
      guard call.body?["error"]?["code"]?.text == code else {
        throw Mismatch(
          "the call to fail with \(code)",
          found: ScenarioPlay.words(call.status, call.body)
        )
      }
    case .expectProof:
      let proof = try await portfolio.read("/admin/proof")
      guard proof["consistent"]?.boolean == true,
        proof["differences"]?.elements?.isEmpty ?? true
      else {
        throw Mismatch("consistent books", found: proof["differences"]?.compact ?? proof.compact)
      }
    default: preconditionFailure("not about the books")
    }
  }

  private func checkSums(
    _ balance: JSONValue,
    _ available: Amount,
    _ held: Amount?
  ) throws(Mismatch) {
    let currency = available.currency
    func check(_ name: String, _ amount: Amount) throws(Mismatch) {
      guard amount.currency == currency, balance["currency"]?.text == currency.code,
        balance[name]?.integer == amount.minorUnits
      else {
        let found = balance[name]?.integer.map { Money($0).text(in: currency) }
        throw Mismatch(
          "\(amount.money.text(in: amount.currency)) \(amount.currency) \(name)",
          found: "\(found ?? "none") \(balance["currency"]?.text ?? "")"
        )
      }
    }
    try check("available", available)
    if let held { try check("held", held) }
  }

  private mutating func latestAuthorization(
    of card: Int?
  ) async throws(Mismatch) -> JSONValue {
    guard let card else {
      throw Mismatch(
        "a card that the issuer knows",
        found: "this request was for none; leave 'because' out"
      )
    }
    return try await portfolio.latestAuthorization(of: card)
  }
}

extension JSONValue {
  /// `{"amount": 1234, "currency": "EUR"}`.
  init(_ amount: Amount) {
    self = [
      "amount": .integer(amount.minorUnits), "currency": .string(amount.currency.code),
    ]
  }
}
