import Authorization
import ISO8583

extension RequestComposer {
  /// What the acquirer knows of a payment when it says more about it.
  public struct Knowledge: Hashable, Sendable {
    /// How much is authorized by now; DE 4 of the original when `nil`.
    public var authorized: Amount?
    /// DE 38 of the approval.
    public var approvalCode: String?

    /// What is known.
    public init(authorized: Amount? = nil, approvalCode: String? = nil) {
      self.authorized = authorized
      self.approvalCode = approvalCode
    }
  }

  /// A full reversal advice (2420) of a request: its own trace number, the original's DE 12, and
  /// DE 56 naming the original.
  ///
  /// - Parameters:
  ///   - original: The request to be undone.
  ///   - reason: DE 25, four digits; 4021 says that no answer came in time.
  /// - Returns: The advice.
  public mutating func reversal(of original: Message, reason: String = "4021") -> Message {
    followUp(.reversal(reason: reason), of: original)
  }

  /// A later message about a payment.
  ///
  /// It has its own trace number and repeats what stays for the payment's life: DE 2, 12, 32, 37, 41
  /// and 42. DE 56 names the original (dialect, sections 6.2 to 6.4).
  ///
  /// - Parameters:
  ///   - followUp: What is said.
  ///   - original: The first message of the payment.
  ///   - knowledge: What the acquirer knows by now.
  ///   - type: The message type; the usual one when `nil`.
  /// - Returns: The message.
  public mutating func followUp(
    _ followUp: FollowUp,
    of original: Message,
    knowing knowledge: Knowledge = Knowledge(),
    as type: MessageType? = nil
  ) -> Message {
    let type = type ?? followUp.usualType(of: original)
    var kept: [Element] = [
      .pan, .processingCode, .amountTransaction, .localTime, .acquirer, .retrievalReference,
      .terminal, .merchant, .lifeCycle,
    ]
    if type.messageClass != .reversal {
      kept += [
        .expirationDate, .acquirerCountry, .posDataCode, .merchantCategory, .merchantPlace,
      ]
    }
    var message = Message(type: type, fields: [:])
    for element in kept { message.fields[element] = original.fields[element] }
    message.fields[.transmissionTime] = .text(CalendarTime(clock()).transmissionText)
    message.fields[.stan] = .text(nextTrace())
    message.fields[.originalData] = .text(RequestComposer.originalText(of: original))
    let before =
      knowledge.authorized.map(RequestComposer.amountText) ?? original[text: .amountTransaction]
    say(followUp, before: before, knowledge, in: &message)
    return message
  }

  private func say(
    _ followUp: FollowUp,
    before: String?,
    _ knowledge: Knowledge,
    in message: inout Message
  ) {
    let isAdvice = message.type.function == 2 || message.type.function == 4
    func setAmounts(_ amount: String?, original: String?) {
      message.fields[.amountTransaction] = amount.map { .text($0) }
      message.fields[.originalAmounts] = original.map {
        .composite([0: .text($0), 1: .text("0000000000000000")])
      }
    }
    switch followUp {
    case .reversal(let reason):
      message.fields[.functionCode] = .text("400")
      message.fields[.reasonCode] = .text(reason)
    case .partialReversal(let rest, let isSwapped):
      let rest = RequestComposer.amountText(rest)
      setAmounts(isSwapped ? before : rest, original: isSwapped ? rest : before)
      message.fields[.functionCode] = .text("401")
      message.fields[.reasonCode] = .text("4004")
      message.fields[.approvalCode] = knowledge.approvalCode.map { .text($0) }
    case .completion(let amount, let billed, let part):
      let final = amount.map(RequestComposer.amountText) ?? before
      setAmounts(final, original: before)
      message.fields[.functionCode] = .text(final == before ? "201" : "202")
      message.fields[.amountBilling] = billed.map { .text(RequestComposer.amountText($0)) }
      message.fields[.approvalCode] = knowledge.approvalCode.map { .text($0) }
      if isAdvice {
        message.fields[.reasonCode] = .text("1004")
        message.fields[.actionCode] = .text("0000")
      }
      message.fields[.processorData] = part.map { .binary($0.processorData) }
    case .increment(let amount):
      setAmounts(RequestComposer.amountText(amount), original: nil)
      message.fields[.functionCode] = .text("187")
      if let authorized = knowledge.authorized, authorized.currency == amount.currency,
        let total = Amount(
          minorUnits: authorized.minorUnits + amount.minorUnits,
          currency: amount.currency
        )
      {
        message.fields[.additionalAmounts] = .text(
          AdditionalAmount(.runningTotal, total, isDebit: true).text
        )
      }
    case .replacement(let amount, let isEstimated):
      setAmounts(RequestComposer.amountText(amount), original: before)
      message.fields[.functionCode] = .text(isEstimated ? "103" : "102")
    case .advice(let code, let reason):
      // It is the authorization itself that is told, so it names no other message.
      message.fields[.originalData] = nil
      message.fields[.functionCode] = .text("100")
      message.fields[.reasonCode] = .text(reason)
      message.fields[.actionCode] = .text(code.text)
      if code.isApproval {
        let trace = message[text: .stan] ?? ""
        message.fields[.approvalCode] = .text("S" + trace.suffix(5))
      }
    case .void:
      let code = message[text: .processingCode] ?? "000000"
      let isCredit = TransactionType(rawValue: String(code.prefix(2)))?.isCredit ?? false
      let transaction = isCredit ? TransactionType.refundVoid : .void
      message.fields[.processingCode] = .text(transaction.rawValue + code.dropFirst(2))
      message.fields[.functionCode] = .text(
        message.type.messageClass.map(RequestComposer.plainFunction) ?? "100"
      )
      if message.type.messageClass == .reversal {
        message.fields[.reasonCode] = .text("4000")
      } else if isAdvice {
        message.fields[.reasonCode] = .text("1004")
        message.fields[.actionCode] = .text("0000")
      }
    }
  }

  /// DE 56: type without the origin of a repeat, trace number, local time and acquirer.
  public static func originalText(of original: Message) -> String {
    MessageType(trusted: original.type.code & 0xFFFE).text
      + (original[text: .stan] ?? "") + (original[text: .localTime] ?? "")
      + (original[text: .acquirer] ?? "")
  }

  /// DE 24 of a message that asks for nothing special.
  public static func plainFunction(of messageClass: MessageClass) -> String {
    switch messageClass {
    case .authorization: "100"
    case .financial: "200"
    case .fileAction: "309"
    case .reversal: "400"
    case .reconciliation: "500"
    case .administrative: "600"
    case .feeCollection: "700"
    case .networkManagement: "831"
    }
  }
}

extension FollowUp {
  /// The message type that acquirers use unless something else is agreed.
  func usualType(of original: Message) -> MessageType {
    switch self {
    case .reversal, .partialReversal: MessageType(trusted: 0x2420)
    case .completion: MessageType(trusted: 0x2220)
    case .increment, .replacement: MessageType(trusted: 0x2100)
    case .advice: MessageType(trusted: 0x2120)
    case .void:
      MessageType(trusted: original.type.messageClass == .financial ? 0x2200 : 0x2100)
    }
  }
}
