import Authorization
import JSON

/// What a scenario does and looks at on the management side.
extension ScenarioPlay {
  mutating func manage(
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

  static func words(_ status: Int, _ body: JSONValue?) -> String {
    let code = body?["error"]?["code"]?.text
    let message = body?["error"]?["message"]?.text
    return ["status \(status)", code, message].compactMap { $0 }.joined(separator: ", ")
  }

  mutating func checkBooks(_ expectation: ScenarioAction) async throws(Mismatch) {
    switch expectation {
    case .expectBalance(let balance, let available, let held):
      let found = try await portfolio.read(portfolio.path(of: balance))
      try checkSums(found, available, held)
    case .expectPartnerBalance(let funding, let available, let held):
      let path = try portfolio.partnerBalancePath(funding)
      let found = try await portfolio.read(path + "?currency=\(available.currency)")
      try checkSums(found, available, held)
    case .expectCard(let reference, let state, let lock, let origin):
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
          found: card["lock"]?.compact ?? "none"
        )
      }
      guard let origin else { return }
      guard card["lock"]?["origin"]?.text == origin else {
        throw Mismatch("a lock from \(origin)", found: card["lock"]?["origin"]?.text ?? "none")
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

  func checkSums(
    _ balance: JSONValue,
    _ available: ScenarioAction.Sum,
    _ held: Amount?
  ) throws(Mismatch) {
    let currency = available.currency
    func check(_ name: String, _ sum: Money) throws(Mismatch) {
      guard balance["currency"]?.text == currency.code,
        balance[name]?.integer == sum.minorUnits
      else {
        let found = balance[name]?.integer.map { Money($0).text(in: currency) }
        throw Mismatch(
          "\(sum.text(in: currency)) \(currency) \(name)",
          found: "\(found ?? "none") \(balance["currency"]?.text ?? "")"
        )
      }
    }
    try check("available", available.money)
    if let held {
      guard held.currency == currency else {
        throw Mismatch("\(held.currency) held", found: "a balance in \(currency)")
      }
      try check("held", held.money)
    }
  }

  mutating func latestAuthorization(
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
