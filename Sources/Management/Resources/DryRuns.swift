import Authorization
import CardCrypto
import HTTPTypes
import JSON
import Ledger

/// Decisions that change nothing (row N-1): made by the writer, by the code and on the books that
/// decide real messages.
struct DryRuns {
  let services: ManagementServices

  var routes: [Route] { [.post("/admin/authorizations/dry-run", run)] }

  @Sendable private func run(_ call: Call) async throws(Problem) -> Reply {
    let members = try call.members(allowed: [
      "cardId", "pan", "amount", "mcc", "functionCode", "processingCode", "type", "cashBack",
      "surcharge",
    ])
    let request = try await request(members)
    // Never under an idempotency key: each trial is of the present.
    let trial = try await services.perform(.dryRun(request), nil).trial
    guard let record = trial.authorization else {
      preconditionFailure("a first message begins a payment")
    }
    let card = try await services.read { (view) throws(LedgerError) in
      try record.card.flatMap { (id) throws(LedgerError) in try view.card(id) }?.0
    }
    let account = DecisionAccount(
      record,
      trial.entry,
      cardExpiry: card?.expiry,
      hasDeposit: trial.deposit != nil
    )
    return Reply { writer in
      writer.member("actionCode", trial.actionCode.text)
      writer.member("reason", trial.reason?.name ?? "APPROVED")
      writer.member("failedChecks", each: record.failedChecks.reasons) { $0.value($1.name) }
      writer.member("flags", each: record.flags.names) { $0.value($1) }
      writer.amount("amount", record.amount)
      writer.amount("approved", trial.entry?.approved)
      writer.member("held", record.held.minorUnits)
      writer.member("booked", record.booked.minorUnits)
      writer.member("expiresAt", record.expires?.rfc3339)
      writer.member("trace") { account.write(to: &$0, hasID: false) }
      writer.change("balance", trial.balance, by: record)
      writer.change("deposit", trial.deposit, by: record)
    }
  }

  // MARK: The message

  /// The request that the wire would make of such a message.
  private func request(_ members: Members) async throws(Problem) -> AuthorizationRequest {
    let (token, number) = try await services.card(members)
    let kind =
      try members.optionalChoice(
        "type",
        [
          ("2100", AuthorizationRequest.Kind.hold), ("2104", .verification), ("2200", .debit),
        ]
      ) ?? .hold
    let function = try digits(members, "functionCode", 3) ?? (kind == .debit ? 200 : 100)
    let code = try processingCode(members)
    let amount = members.value("amount") == nil ? nil : try members.amount("amount")
    let cashBack = members.value("cashBack") == nil ? nil : try members.amount("cashBack")
    let surcharge = members.value("surcharge") == nil ? nil : try members.amount("surcharge")
    let purpose =
      kind == .verification
      ? (106...113).contains(function) ? PaymentPurpose.verification : nil
      : PaymentPurpose(
        kind,
        TransactionType(code),
        function: function,
        isZero: amount?.isZero ?? false
      )
    switch purpose {
    case .increment, .replacement, .clearing, .reversal, .partialReversal, .cardAction:
      throw members.invalid("functionCode", "it must be that of a payment's first message")
    case .purchase, .credit:
      if amount == nil { throw members.invalid("amount", "it is required") }
    case .verification, .inquiry, nil: break
    }
    return AuthorizationRequest(
      kind: kind,
      key: DuplicateKey(localTime: localTime(services.ledger.now), high: 0, low: 0),
      content: ContentDigest(0),
      isOffered: purpose != nil,
      card: token,
      number: number,
      expiry: nil,
      amount: amount ?? .zero(in: .euro),
      trace: MessageTrace(
        processingCode: code,
        stan: 0,
        acquirer: 0,
        retrievalReference: FixedText(),
        terminal: FixedText(),
        merchantCategory: UInt16(try digits(members, "mcc", 4) ?? 0)
      ),
      details: isPlain(kind, code, function, purpose, cashBack, surcharge)
        ? nil
        : PaymentDetails(
          // What is not offered is refused as a check of the card would be: without money.
          purpose: purpose ?? .verification,
          functionCode: UInt16(function),
          hasAmount: amount != nil,
          surcharge: surcharge,
          cashBack: cashBack,
          acceptsPart: function == 181 || function == 185,
          isEstimated: function == 101 || function == 103
        )
    )
  }

  /// Whether the wire takes the short way: a purchase in its usual form.
  private func isPlain(
    _ kind: AuthorizationRequest.Kind,
    _ code: UInt64,
    _ function: UInt64,
    _ purpose: PaymentPurpose?,
    _ cashBack: Amount?,
    _ surcharge: Amount?
  ) -> Bool {
    purpose == .purchase && cashBack == nil && surcharge == nil
      && function == (kind == .debit ? 200 : 100) && TransactionType(code) != TransactionType("09")
  }

  private func digits(
    _ members: Members,
    _ name: String,
    _ count: Int
  ) throws(Problem) -> UInt64? {
    guard let text = try members.optionalText(name) else { return nil }
    guard text.utf8.count == count, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = UInt64(text)
    else { throw members.invalid(name, "it must be \(count) digits") }
    return number
  }

  private func processingCode(_ members: Members) throws(Problem) -> UInt64 {
    let text = try members.optionalText("processingCode") ?? "000000"
    let isCode = text.utf8.allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
    }
    guard text.utf8.count == 6, isCode else {
      throw members.invalid("processingCode", "it must be six digits or capital letters")
    }
    return text.utf8.reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func localTime(_ instant: Instant) -> LocalTime {
    let utc = instant.utc
    let date = UInt64(utc.year * 10_000 + utc.month * 100 + utc.day)
    let time = UInt64(utc.hour * 10_000 + utc.minute * 100 + utc.second)
    guard let local = LocalTime(digits: date * 1_000_000 + time) else {
      preconditionFailure("an instant has a date and a time of day")
    }
    return local
  }
}

extension ManagementServices {
  /// The card that a body names by `cardId` or, for callers that know only that, by `pan`.
  ///
  /// - Returns: its token, and what of its number may be known; a number that no card has too.
  func card(_ members: Members) async throws(Problem) -> (PANToken, CardNumberFacts) {
    guard (members.value("cardId") == nil) != (members.value("pan") == nil) else {
      throw members.invalid("cardId", "give either cardId or pan")
    }
    if members.value("cardId") != nil {
      let id: CardID = try members.identifier("cardId")
      let (_, detail) = try await find(orElse: .cardNotFound) { (view) throws(LedgerError) in
        try view.card(id)
      }
      return (detail.token, detail.number)
    }
    guard let pan = PAN(text: try members.text("pan")) else {
      throw members.invalid("pan", "it must be a card number, digits only")
    }
    return (vault.token(for: pan), CardNumberFacts(pan))
  }
}

extension JSONWriter {
  /// Writes what a payment makes of an account: before and after.
  fileprivate mutating func change(
    _ name: StaticString,
    _ account: AccountRecord?,
    by payment: AuthorizationRecord
  ) {
    guard let account else {
      null(name)
      return
    }
    var after = account
    after.ledger -= payment.booked
    after.held += payment.held
    member(name) { writer in
      writer.member("currency", account.currency.code)
      for (name, account) in [("before" as StaticString, account), ("after", after)] {
        writer.member(name) { writer in
          writer.member("ledger", account.ledger.minorUnits)
          writer.member("held", account.held.minorUnits)
          writer.member("available", account.available.minorUnits)
        }
      }
    }
  }
}
