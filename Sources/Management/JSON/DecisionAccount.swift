import Authorization
import JSON
import Ledger

/// Why a payment was decided as it was: each check with what it looked at, read from what is kept of
/// the decision (row N-2).
struct DecisionAccount {
  private let record: AuthorizationRecord
  /// What the network asked; in another currency than the record's where it was converted.
  private let asked: Amount
  private let functionCode: UInt16?
  private let cashBack: Amount?
  private let surcharge: Amount?
  /// Until when the card is valid; `nil` when no card has the number.
  private let cardExpiry: CardExpiry?
  private let hasDeposit: Bool
  private let trace: DecisionTrace

  /// The account of a payment in a view.
  init(_ record: AuthorizationRecord, _ view: BooksView) throws(LedgerError) {
    let first = try view.entries(of: record.id).first { $0.number == 0 }
    let program =
      record.program == 0 ? nil : try view.program(ProgramID(UInt64(record.program)))
    self.init(
      record,
      first,
      cardExpiry: try record.card.flatMap { (id) throws(LedgerError) in try view.card(id) }?.0
        .expiry,
      hasDeposit: program?.funding == .deposit
    )
  }

  /// The account of a decision.
  /// - Parameters:
  ///   - record: the payment as its first message left it, or later.
  ///   - first: the entry of the first message, where one is kept.
  ///   - cardExpiry: until when the card is valid; it never changes.
  ///   - hasDeposit: whether the programme is backed by a deposit.
  init(
    _ record: AuthorizationRecord,
    _ first: PaymentEntry?,
    cardExpiry: CardExpiry?,
    hasDeposit: Bool
  ) {
    self.record = record
    self.cardExpiry = cardExpiry
    self.hasDeposit = hasDeposit
    let first = first ?? record.plainFirstEntry
    asked = first.message?.amount ?? first.amount
    functionCode = first.message?.functionCode
    cashBack = first.message?.cashBack
    surcharge = first.message?.surcharge
    var short = DeclineReasonSet()
    if record.flags.contains(.partiallyApproved) {
      if hasDeposit, record.depositAvailable < record.amount.money {
        short.insert(.insufficientDeposit)
      }
      if record.userAvailable < record.amount.money { short.insert(.insufficientUserFunds) }
    }
    trace = DecisionTrace(
      reason: record.reason,
      failed: record.failedChecks,
      kind: record.kind,
      flags: record.flags,
      hasDeposit: hasDeposit,
      shortOf: short
    )
  }

  /// Writes the members: the answer, then the checks.
  func write(to writer: inout JSONWriter, hasID: Bool = true) {
    if hasID { writer.member("id", record.id.text) }
    writer.member("actionCode", record.actionCode.text)
    writer.member("reason", record.reason?.name ?? "APPROVED")
    writer.member("checks", each: trace.steps) { (writer, step) in
      writer.object { writer in
        writer.member("check", step.check.name)
        writer.member("reason", step.reason?.name)
        writer.member("inputs") { write(step, to: &$0) }
        writer.member("outcome", step.outcome.name)
      }
    }
  }

  /// What a check looked at; null where there was nothing.
  private func write(_ step: DecisionTrace.Step, to writer: inout JSONWriter) {
    switch step.check {
    case .lifeCycle:
      writer.member("message", record.kind.messageType)
    case .functionOffered:
      writer.member("processingCode", processingCodeText(record.trace.processingCode))
      writer.member("functionCode", functionCode.map { threeDigits($0) })
    case .numberValid:
      writer.member("maskedPan", record.number.masked.text)
      writer.member("digits", record.number.count)
    case .cardKnown:
      writer.member("cardId", record.card?.text)
    case .cardNotRemoved, .cardActivated:
      writer.member("cardState", cardState(step))
    case .cardUnlocked:
      writer.member("lock", lock(step)?.rawValue)
    case .cardNotExpired:
      writer.member("cardExpiry", cardExpiry?.text)
      writer.member("decidedAt", record.decided.rfc3339)
    case .expiryMatches:
      writer.member("cardExpiry", cardExpiry?.text)
      writer.member("expiryAsked", record.askedExpiry?.text)
    case .balanceOpen, .balanceNotBlocked:
      writer.member("balanceId", record.balance?.text)
      writer.member("balanceState", balanceState(step))
    case .currencyAccepted:
      writer.member("currency", asked.currency.code)
      writer.member("converted", record.flags.contains(.converted))
    case .amountAboveZero:
      writer.amount("amount", record.amount)
    case .cashBackAllowed, .cashBackWithinLimit:
      writer.amount("cashBack", cashBack)
    case .surchargePermitted:
      writer.amount("surcharge", surcharge)
    case .amountWithinLimit:
      writer.amount("amount", record.amount)
    case .depositCovers:
      writer.member("available", hasDeposit ? record.depositAvailable.minorUnits : nil)
      writer.amount("amount", record.amount)
    case .userFundsCover:
      writer.member("available", record.balance == nil ? nil : record.userAvailable.minorUnits)
      writer.amount("amount", record.amount)
    }
  }

  /// What is known of the card's state from what the check found.
  private func cardState(_ step: DecisionTrace.Step) -> String? {
    switch (step.check, step.outcome) {
    case (.cardNotRemoved, .failed): "REMOVED"
    case (.cardActivated, .failed): "INACTIVE"
    case (.cardActivated, .passed) where !isFailed(.cardRemoved): "ACTIVE"
    default: nil
    }
  }

  private func balanceState(_ step: DecisionTrace.Step) -> String? {
    switch (step.check, step.outcome) {
    case (.balanceOpen, .failed): "CLOSED"
    case (.balanceNotBlocked, .failed): "BLOCKED"
    case (.balanceNotBlocked, .passed) where !isFailed(.balanceClosed): "ACTIVE"
    default: nil
    }
  }

  private func isFailed(_ reason: DeclineReason) -> Bool {
    record.reason == reason || record.failedChecks.contains(reason)
  }

  private func lock(_ step: DecisionTrace.Step) -> LockCode? {
    LockCode.allCases.first { DeclineReason(lock: $0) == step.reason }
  }

  private func threeDigits(_ number: UInt16) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 3 - text.utf8.count)) + text
  }

  // MARK: For people

  /// The account as lines of text.
  var text: String {
    let amount = "\(decimal(record.amount.money)) \(record.amount.currency.code)"
    var lines = [
      "\(record.id.text): \(record.actionCode.text) \(record.reason?.name ?? "APPROVED")",
      "\(record.kind.paymentName) of \(amount) on \(record.number.masked.text), "
        + "decided \(record.decided.rfc3339)",
      "",
    ]
    let width = DecisionCheck.allCases.map(\.name.utf8.count).max() ?? 0
    for step in trace.steps {
      let name = step.check.name
      let mark =
        switch step.outcome {
        case .passed: "passed     "
        case .failed: "FAILED     "
        case .notReached: "not reached"
        }
      var line = "\(mark)  \(name)"
      if let note = note(step) {
        line += String(repeating: " ", count: width - name.utf8.count + 2) + note
      }
      lines.append(line)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Money with its decimals, in the currency of the payment.
  private func decimal(_ money: Money) -> String { money.text(in: record.amount.currency) }

  private func note(_ step: DecisionTrace.Step) -> String? {
    guard step.outcome != .notReached else { return nil }
    let isFailed = step.outcome == .failed
    let reason = isFailed ? step.reason?.name : nil
    let facts: String? =
      switch step.check {
      case .cardKnown: record.card?.text
      case .cardUnlocked: lock(step).map { "lock \($0.rawValue), \($0.reason)" }
      case .currencyAccepted: asked.currency.code
      case .amountWithinLimit where isFailed: "\(decimal(record.amount.money)) asked"
      case .depositCovers:
        "\(decimal(record.depositAvailable)) available, \(decimal(record.amount.money)) asked"
      case .userFundsCover:
        "\(decimal(record.userAvailable)) available, \(decimal(record.amount.money)) asked"
      default: nil
      }
    let parts = [reason, facts].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: ": ")
  }
}
