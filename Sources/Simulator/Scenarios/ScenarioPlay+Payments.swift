import Authorization
import ISO8583
import JSON

/// What a scenario looks at in the life of a payment, and the passing of time.
extension ScenarioPlay {
  mutating func checkPayment(_ expectation: ScenarioAction) async throws(Mismatch) {
    switch expectation {
    case .expectPayment(let reference, let state):
      try check("the state", state, try await payment(reference)["state"]?.text)
    case .expectSums(let reference, let held, let booked):
      let found = try await payment(reference)
      try check("held", "\(held.minorUnits)", found["held"]?.integer.map { "\($0)" })
      guard let booked else { return }
      try check("booked", "\(booked.minorUnits)", found["booked"]?.integer.map { "\($0)" })
    case .expectEntries(let reference, let count):
      let found = try await payment(reference)["entries"]?.elements
      try check("the number of entries", "\(count)", found.map { "\($0.count)" })
    case .expectEntry(let reference, let number, let kind):
      let entries = try await payment(reference)["entries"]?.elements ?? []
      let entry = entries.first { $0["number"]?.integer == Int64(number) }
      try check("entry \(number)", kind, entry?["kind"]?.text)
    case .expectFlag(let reference, let flag, let isSet):
      let flags = try await payment(reference)["flags"]?.elements?.compactMap(\.text) ?? []
      guard flags.contains(flag) == isSet else {
        throw Mismatch(
          isSet ? "the flag \(flag)" : "no flag \(flag)",
          found: flags.isEmpty ? "no flags" : flags.joined(separator: ", ")
        )
      }
    case .expectDuration(let reference, let seconds):
      let found = try await payment(reference)
      guard let made = found["decidedAt"]?.text.flatMap(CalendarTime.instant(rfc3339:)),
        let end = found["expiresAt"]?.text.flatMap(CalendarTime.instant(rfc3339:))
      else { throw Mismatch("an end of the hold", found: found["expiresAt"]?.compact ?? "none") }
      let length = (end.microsecondsSinceEpoch - made.microsecondsSinceEpoch) / 1_000_000
      guard abs(length - seconds) <= 60 else {
        throw Mismatch("a hold for \(seconds) s", found: "one for \(length) s")
      }
    default: preconditionFailure("not about a payment")
    }
  }

  private func check(_ what: String, _ expected: String, _ found: String?) throws(Mismatch) {
    guard found == expected else { throw Mismatch("\(what) \(expected)", found: found ?? "none") }
  }

  /// The payment with its entries.
  private mutating func payment(
    _ reference: ScenarioAction.PaymentReference
  ) async throws(Mismatch) -> JSONValue {
    try await portfolio.read("/secure/authorizations/\(try await identifier(of: reference))")
  }

  /// What the issuer calls a payment: the one with the trace number of its first message.
  mutating func identifier(
    of reference: ScenarioAction.PaymentReference
  ) async throws(Mismatch) -> String {
    let position = try position(of: reference)
    if let id = payments[position].id { return id }
    guard let card = payments[position].card, let trace = payments[position].original[text: .stan]
    else { throw Mismatch("a payment by a card that the issuer knows", found: "another card") }
    let found = try await portfolio.authorization(of: card) { $0["stan"]?.text == trace }
    guard let id = found?["id"]?.text else {
      throw Mismatch("the payment among the card's authorizations", found: "it is not there")
    }
    payments[position].id = id
    return id
  }

  /// Lets time pass; a daemon on the wall clock cannot, and the story is skipped.
  mutating func advanceClock(_ seconds: Int64) async throws(Mismatch) {
    let answer = try await portfolio.call(
      "POST",
      "/admin/clock/advance",
      body: ["seconds": .integer(seconds)]
    )
    if answer.body?["error"]?["code"]?.text == "CLOCK_NOT_VIRTUAL" {
      throw Mismatch(skipping: "the daemon's clock is not virtual; start it with --virtual-clock")
    }
    guard answer.status == 200 else {
      throw Mismatch(
        "the clock to be advanced",
        found: ScenarioPlay.words(answer.status, answer.body)
      )
    }
    composer.advanceClock(seconds: seconds)
  }
}
