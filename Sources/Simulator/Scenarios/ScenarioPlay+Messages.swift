import Authorization
import ISO8583

/// What a scenario sends.
extension ScenarioPlay {
  /// A message that is about to leave.
  private struct Draft {
    var message: Message
    /// Whose card it is about, when the issuer knows the card.
    var card: Int?
    /// The bytes, when they are those of an earlier message.
    var bytes: [UInt8]?
    /// The payment that it is about, and what an approval changes for it.
    var payment: Int?
    var followUp: FollowUp?
  }

  mutating func send(
    _ sending: ScenarioAction.Sending,
    _ edits: [ScenarioAction.ElementEdit]
  ) async throws(Mismatch) {
    var draft = try draft(of: sending)
    for edit in edits { try apply(edit, to: &draft.message) }
    var bytes = draft.bytes ?? []
    if bytes.isEmpty || !edits.isEmpty {
      do {
        bytes = try draft.message.packed()
      } catch {
        throw Mismatch("a message that can be written", found: "\(error)")
      }
    }
    // Read back, so that padding which packing added is part of what must be repeated.
    let sent = Sent(
      message: (try? Message(unpacking: bytes)) ?? draft.message,
      bytes: bytes,
      card: draft.card
    )
    request = sent
    if draft.followUp == nil, let payment = draft.payment {
      payments[payment].original = sent.message
    }
    try await exchange(sent)
    learn(draft.payment, draft.followUp)
  }

  private mutating func exchange(_ sent: Sent) async throws(Mismatch) {
    if let answer { earlierAnswer = answer }
    answer = nil
    let started = ContinuousClock.now
    let received: [UInt8]?
    do {
      // Notifications are not answered; a moment is enough to see that.
      received =
        sent.message.type.function == 4
        ? try await messages.notify(sent.bytes) : try await messages.exchange(sent.bytes)
    } catch {
      throw Mismatch("an answer", found: "\(error)")
    }
    let elapsed = (ContinuousClock.now - started).components
    observer(
      .exchange(
        request: sent.bytes,
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

  private mutating func draft(
    of sending: ScenarioAction.Sending
  ) throws(Mismatch) -> Draft {
    switch sending {
    case .payment(let order, let reference, let name):
      return try newPayment(order, reference, name: name)
    case .followUp(let followUp, let reference, let manner):
      let position = try position(of: reference)
      let payment = payments[position]
      let message = composer.followUp(
        followUp,
        of: payment.original,
        knowing: payment.knowledge,
        as: try type(of: followUp, about: payment.original, manner)
      )
      return Draft(message: message, card: payment.card, payment: position, followUp: followUp)
    case .delayedRequest:
      guard let position = payments.lastIndex(where: { !$0.hasLeft }) else {
        throw Mismatch("a request that is delayed", found: "none is")
      }
      payments[position].hasLeft = true
      let payment = payments[position]
      return Draft(message: payment.original, card: payment.card, payment: position)
    case .repeat(let amount):
      let last = try lastRequest()
      var message = composer.repeating(last.message)
      if let amount {
        message.fields[.amountTransaction] = .text(RequestComposer.amountText(amount))
      }
      return Draft(message: message, card: last.card)
    case .again:
      let last = try lastRequest()
      return Draft(message: last.message, card: last.card, bytes: last.bytes)
    case .reversal:
      let last = try lastRequest()
      return Draft(message: composer.reversal(of: last.message), card: last.card)
    case .network(let function):
      return Draft(message: composer.networkManagement(function: function))
    case .administration(let action, let reference, let type):
      let used = try portfolio.terminalCard(reference)
      return Draft(
        message: composer.administration(action, of: used.card, as: type),
        card: used.position
      )
    case .custom(let type, let reference, let amount):
      return try custom(type, reference, amount)
    }
  }

  /// Composes the first message of a payment and remembers the payment.
  private mutating func newPayment(
    _ order: PaymentOrder,
    _ reference: ScenarioAction.CardReference,
    name: String?
  ) throws(Mismatch) -> Draft {
    let used = try portfolio.terminalCard(reference)
    var order = order
    // A question about the card is asked in the currency of its programme.
    if order.transaction == .verification { order.amount = portfolio.zero }
    let message = composer.payment(order, card: used.card)
    payments.append(StoryPayment(name: name, card: used.position, original: message))
    if case .advice(let code, _) = order.occasion, code.isApproval {
      payments[payments.count - 1].knowledge = .init(
        authorized: order.amount,
        approvalCode: message[text: .approvalCode]
      )
    }
    return Draft(message: message, card: used.position, payment: payments.count - 1)
  }

  /// Composes the first message of a payment without sending it.
  mutating func delay(
    _ order: PaymentOrder,
    _ reference: ScenarioAction.CardReference,
    name: String?
  ) throws(Mismatch) {
    _ = try newPayment(order, reference, name: name)
    payments[payments.count - 1].hasLeft = false
  }

  /// What the acquirer knows of the payment after the answer.
  private mutating func learn(_ position: Int?, _ followUp: FollowUp?) {
    guard let position, let answer, let code = answer.message[text: .actionCode],
      code.hasPrefix("0") || code == "4000"
    else { return }
    switch followUp {
    case nil:
      let amount = answer.message[text: .amountTransaction].flatMap(ScenarioPlay.amount)
      payments[position].knowledge.authorized = amount
      payments[position].knowledge.approvalCode = answer.message[text: .approvalCode]
    case .increment(let amount):
      guard let before = payments[position].knowledge.authorized else { return }
      payments[position].knowledge.authorized = Amount(
        minorUnits: before.minorUnits + amount.minorUnits,
        currency: amount.currency
      )
    case .replacement(let amount, _), .partialReversal(let amount, _):
      payments[position].knowledge.authorized = amount
    case .reversal, .completion, .advice, .void: break
    }
  }

  private static func amount(_ text: String) -> Amount? {
    guard text.utf8.count == 16, let number = UInt16(text.prefix(3)),
      let currency = Currency(number: number), let units = Int64(text.suffix(12))
    else { return nil }
    return Amount(minorUnits: units, currency: currency)
  }

  /// The type of a later message that is said in another manner than usual.
  private func type(
    of followUp: FollowUp,
    about original: Message,
    _ manner: ScenarioAction.Manner?
  ) throws(Mismatch) -> MessageType? {
    guard let manner else { return nil }
    let usual = followUp.usualType(of: original).code
    return MessageType(code: usual & 0xFF00 | manner.rawValue)
  }

  private mutating func custom(
    _ type: MessageType,
    _ reference: ScenarioAction.CardReference?,
    _ amount: Amount?
  ) throws(Mismatch) -> Draft {
    var draft: Draft
    if let reference {
      let used = try portfolio.terminalCard(reference)
      let sum = amount ?? portfolio.zero
      draft = Draft(
        message: composer.request(card: used.card, amount: sum, at: .shop),
        card: used.position
      )
      if amount == nil { draft.message.fields[.amountTransaction] = nil }
    } else {
      draft = Draft(message: composer.networkManagement(function: "831"))
    }
    draft.message.type = type
    draft.message.fields[.functionCode] = .text(
      RequestComposer.plainFunction(of: type.messageClass ?? .authorization)
    )
    return draft
  }

  func lastRequest() throws(Mismatch) -> Sent {
    guard let request else {
      throw Mismatch("a request before this step", found: "nothing was sent yet")
    }
    return request
  }

  /// The position of a payment in the story.
  func position(of reference: ScenarioAction.PaymentReference) throws(Mismatch) -> Int {
    switch reference {
    case .latest:
      guard !payments.isEmpty else { throw Mismatch("a payment", found: "none was made yet") }
      return payments.count - 1
    case .of(let name):
      guard let position = payments.lastIndex(where: { $0.name == name }) else {
        throw Mismatch("a payment called \(name)", found: "none was made")
      }
      return position
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
}
