import ISO8583

extension RequestComposer {
  /// The file that blocked cards stand in (DE 101); card administration (309) names none.
  static let blockedCards = "CARDS"

  /// What a network sends to lock, unlock or activate a card: 2304 (class 3) or 2600 (class 6).
  ///
  /// - Parameters:
  ///   - action: What is done.
  ///   - card: Which card.
  ///   - type: The message type; the usual one when `nil`.
  /// - Returns: The request.
  public mutating func administration(
    _ action: CardAdministration,
    of card: SimulatedCard,
    as type: MessageType? = nil
  ) -> Message {
    let now = CalendarTime(clock())
    var message = Message(
      type: type ?? MessageType(trusted: action.isAdministrative ? 0x2600 : 0x2304),
      fields: [
        .pan: .text(card.panText),
        .transmissionTime: .text(now.transmissionText),
        .stan: .text(nextTrace()),
        .localTime: .text(now.localText),
        .forwarder: .text(network),
      ]
    )
    func setTransaction(_ transaction: TransactionType) {
      message.fields[.processingCode] = .text(transaction.rawValue + "0000")
    }
    switch action {
    case .lock(let reason):
      message.fields[.functionCode] = .text("309")
      message.fields[.reasonCode] = .text(reason)
      message.fields[.actionDate] = .text(String(now.localText.prefix(8)))
    case .unlock:
      message.fields[.functionCode] = .text("303")
      message.fields[.fileName] = .text(RequestComposer.blockedCards)
    case .block:
      setTransaction(.block)
      message.fields[.functionCode] = .text("600")
    case .unblock:
      setTransaction(.unblock)
      message.fields[.functionCode] = .text("600")
    case .activate:
      setTransaction(.activation)
      message.fields[.functionCode] = .text("309")
    case .deactivate:
      setTransaction(.deactivation)
      message.fields[.functionCode] = .text("309")
    }
    return message
  }
}
