import Authorization

/// What a network does to a card.
extension PaymentExecutor {
  /// What the network does to a card (dialect, section 6.5).
  func act(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> Verdict {
    let (effects, code) = try cardChange(request, details)
    let isAdministrative = request.kind == .administrative
    let answer: ActionCode =
      isAdministrative ? (code.isFileSuccess ? .administrativeAccepted : .invalidTransaction) : code
    return Verdict(
      effects: effects + [.messageAnswered(request.key, request.content, answer)],
      actionCode: answer
    )
  }

  func cardChange(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) throws(LedgerError) -> ([Effect], ActionCode) {
    guard request.number.isPlausible else { return ([], .fileInvalidCardNumber) }
    guard let action = details.cardAction else { return ([], .fileActionNotSupported) }
    guard let card = try set.card(request.card), card.status != .removed else {
      return ([], .fileRecordNotFound)
    }
    let address = CardAddress(owner: nil, card: card.card)
    let command: ManagementCommand
    switch action {
    case .lock(let code):
      command = .lockCard(address, code, .outside, requester: request.trace.requester)
    case .unlock:
      guard card.lock != nil else { return ([], .fileRecordNotFound) }
      // Who locked it inside takes it off inside.
      guard card.lockOrigin == .outside else { return ([], .fileActionFailed) }
      command = .unlockCard(address)
    case .activate:
      guard card.status == .inactive else { return ([], .fileActionDone) }
      command = .activateCard(address)
    }
    do throws(CommandFault) {
      let executor = CommandExecutor(set: set, catalog: catalog, now: now)
      let effects = try executor.execute(command).effects
      if case .lock(let code) = action, let before = card.lock, before != code {
        return (effects, .fileRecordReplaced)
      }
      return (effects, .fileActionDone)
    } catch {
      switch error {
      case .refused: return ([], .fileActionFailed)
      case .fault(let fault): throw fault
      }
    }
  }
}

extension ActionCode {
  fileprivate var isFileSuccess: Bool { self == .fileActionDone || self == .fileRecordReplaced }
}

extension MessageTrace {
  /// The institution that asks for something, as text.
  fileprivate var requester: FixedText {
    acquirer == 0 ? FixedText() : FixedText(bytes: String(acquirer).utf8)
  }
}
