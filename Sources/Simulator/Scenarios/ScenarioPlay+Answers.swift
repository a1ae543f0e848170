import Authorization
import ISO8583
import JSON

/// What a scenario looks at in the last answer.
extension ScenarioPlay {
  /// Every answer must be of the right type and repeat what lets the asker find its request
  /// (dialect, section 6.1), whether a scenario looks at it or not.
  func checkEchoes() throws(Mismatch) {
    guard let request, let answer else { return }
    let expected = request.message.type.response
    guard answer.message.type == expected else {
      throw Mismatch(
        "an answer of type \(expected?.text ?? "none")",
        found: answer.message.type.text
      )
    }
    var echoed: [Element] = [.stan, .localTime]
    switch request.message.type.messageClass {
    case .authorization, .financial, .reversal:
      echoed += [.pan, .acquirer, .forwarder, .retrievalReference, .terminal, .merchant]
      echoed += [.transportData, .echoedData]
    case .fileAction: echoed += [.pan, .forwarder]
    default: break
    }
    for element in echoed where request.message.fields[element] != nil {
      try checkEcho(element, of: request, in: answer)
    }
  }

  func checkEcho(
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
  func shown(_ element: Element, _ message: Message) -> String {
    guard let value = message.fields[element] else { return "no \(element)" }
    let text = FieldText.text(value)
    switch element {
    case .pan: return PAN(text: text)?.description ?? "a number"
    case .track1, .track2, .track3, .verificationData, .pinData, .securityControl, .chipData:
      return "\(text.utf8.count) hidden characters"
    default: return "'\(text)'"
    }
  }

  mutating func checkAnswer(_ expectation: ScenarioAction) async throws(Mismatch) {
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
    case .expectPartialApproval(let amount): try checkPartialApproval(amount, answer)
    case .expectAcceptance: try checkCode(acceptance(), answer)
    case .expectShown(let available, let ledger): try checkShown(available, ledger, answer)
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

  func received() throws(Mismatch) -> Received {
    guard let answer else {
      throw Mismatch(
        "an answer",
        found: request == nil ? "nothing was sent yet" : "none came in time"
      )
    }
    return answer
  }

  func checkCode(_ code: ActionCode, _ answer: Received) throws(Mismatch) {
    let found = answer.message.fields[.actionCode].map(FieldText.text) ?? "no DE 39"
    guard found == code.text else {
      throw Mismatch("action code \(code)", found: found)
    }
  }

  func checkElement(
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

  private func checkPartialApproval(_ amount: Amount, _ answer: Received) throws(Mismatch) {
    try checkCode(ActionCode(2), answer)
    let approved = RequestComposer.amountText(amount)
    guard answer.message[text: .amountTransaction] == approved else {
      throw Mismatch(
        "DE 4 = '\(approved)', the part that is approved",
        found: shown(.amountTransaction, answer.message)
      )
    }
    let asked = try lastRequest().message[text: .amountTransaction] ?? ""
    try checkElement(.originalAmounts, part: 0, value: asked, answer)
    guard FieldText.comparable(answer.message.fields[.approvalCode])?.isEmpty == false else {
      throw Mismatch("an approval code (DE 38)", found: "none")
    }
  }

  /// The code that says that a message of its class was done (dialect, section 5).
  private func acceptance() throws(Mismatch) -> ActionCode {
    let type = try lastRequest().message.type
    switch type.messageClass {
    case .authorization, .financial: return ActionCode(type.function == 2 ? 9001 : 0)
    case .fileAction: return ActionCode(3000)
    case .reversal: return ActionCode(4000)
    case .administrative: return ActionCode(6000)
    case .feeCollection: return ActionCode(7000)
    case .networkManagement: return ActionCode(8000)
    case .reconciliation, nil: return ActionCode(5000)
    }
  }

  private func checkShown(
    _ available: ScenarioAction.Sum,
    _ ledger: ScenarioAction.Sum?,
    _ answer: Received
  ) throws(Mismatch) {
    guard let text = answer.message[text: .additionalAmounts] else {
      throw Mismatch("DE 54 with the balance", found: "no DE 54")
    }
    let groups = AdditionalAmount.all(in: text)
    func check(_ kind: AdditionalAmount.Kind, _ sum: ScenarioAction.Sum) throws(Mismatch) {
      guard
        groups.contains(where: {
          $0.kind == kind && $0.sum == sum.money && $0.currency == sum.currency
        })
      else {
        throw Mismatch(
          "DE 54, kind \(kind.rawValue), with \(sum.money.text(in: sum.currency)) \(sum.currency)",
          found: "'\(text)'"
        )
      }
    }
    try check(.available, available)
    if let ledger { try check(.ledger, ledger) }
  }
}
