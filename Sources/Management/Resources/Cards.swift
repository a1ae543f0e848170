import Authorization
import HTTPTypes
import JSON
import Ledger

/// Cards and their locks (rows S-006, S-082 to S-101).
struct Cards {
  let services: ManagementServices

  var routes: [Route] {
    var routes: [Route] = [
      .get("/secure/customers/{customerId}/cards", list),
      .delete("/secure/lifecycle/customers/{customerId}/cards/{cardId}", remove),
      .delete("/admin/cards/{cardId}", remove),
    ]
    for base in ["/secure/customers/{customerId}/cards/{cardId}", "/admin/cards/{cardId}"] {
      routes.append(.get(base, show))
      routes.append(.post(base + "/lock", lock))
      routes.append(.post(base + "/unlock", unlock))
      routes.append(.post(base + "/activate", activate))
    }
    return routes
  }

  @Sendable private func list(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow("after", "limit")
    let limit = try call.query.limit()
    let after: CardID? = try call.query.identifier("after")
    let owner = try call.customer()
    let found = try await services.find(orElse: .userNotFound) {
      (view) throws(LedgerError) -> [(CardRecord, CardDetailRecord)]? in
      guard let customer = try view.customer(at: owner) else { return nil }
      return try view.cards(of: customer.id, after: after, limit: limit + 1)
    }
    return Page(found: found, limit: limit, cursor: \.0.card.text).reply { $0.card($1.0, $1.1) }
  }

  @Sendable private func show(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow()
    let address = try call.card()
    let (card, detail) = try await services.find(orElse: .cardNotFound) {
      (view) throws(LedgerError) -> (CardRecord, CardDetailRecord)? in
      guard let found = try view.card(address.card) else { return nil }
      if let owner = address.owner {
        guard owner.customer == found.1.user, try view.customer(at: owner) != nil else {
          return nil
        }
      }
      return found
    }
    return Reply { $0.card(card, detail) }
  }

  @Sendable private func lock(_ call: Call) async throws(Problem) -> Reply {
    let address = try call.card()
    guard !call.body.isEmpty else { throw .lockCodeInvalid }
    let members = try call.members(allowed: ["code"])
    guard case .integer(let number) = members.value("code"), let raw = UInt8(exactly: number),
      let code = LockCode(rawValue: raw)
    else { throw .lockCodeInvalid }
    return try await change(call, .lockCard(address, code, .inside))
  }

  @Sendable private func unlock(_ call: Call) async throws(Problem) -> Reply {
    // Row S-097: whatever is sent is ignored.
    try await change(call, .unlockCard(try call.card()), ignoringBody: true)
  }

  @Sendable private func activate(_ call: Call) async throws(Problem) -> Reply {
    try call.requireNoMembers()
    return try await change(call, .activateCard(try call.card()))
  }

  @Sendable private func remove(_ call: Call) async throws(Problem) -> Reply {
    try call.requireNoMembers()
    _ = try await change(call, .removeCard(try call.card()))
    return Reply(.noContent)
  }

  private func change(
    _ call: Call,
    _ command: ManagementCommand,
    ignoringBody: Bool = false
  ) async throws(Problem) -> Reply {
    let identity = try call.identity(.optional, ignoringBody: ignoringBody)
    let (card, detail) = try await services.perform(command, identity).card
    return Reply { $0.card(card, detail) }
  }
}

extension Call {
  /// The card in the path; under `/admin` it is named alone.
  func card() throws(Problem) -> CardAddress {
    CardAddress(
      owner: parameters["customerId"] == nil ? nil : try customer(),
      card: try identifier("cardId", orElse: .cardNotFound)
    )
  }
}

extension JSONWriter {
  /// Writes the members of a card; of its number only what may be shown.
  mutating func card(_ card: CardRecord, _ detail: CardDetailRecord) {
    let masked = detail.number.masked.text
    member("id", card.card.text)
    member("customerId", detail.user.text)
    member("balanceId", card.balance.text)
    member("programId", ProgramID(UInt64(card.program)).text)
    member("type", card.type.name)
    member("state", Self.state(of: card))
    if let lock = card.lock {
      member("lock") { writer in
        writer.member("code", lock.rawValue)
        writer.member("reason", lock.reason)
        writer.member("irreversible", lock.isIrreversible)
        writer.member("origin", card.lockOrigin == .inside ? "INSIDE" : "OUTSIDE")
        writer.member(
          "requester",
          detail.lockRequester.text.isEmpty ? nil : detail.lockRequester.text
        )
        writer.member("at", detail.locked?.rfc3339)
      }
    } else {
      null("lock")
    }
    member("maskedPan", masked)
    member("lastFourDigits", String(masked.suffix(4)))
    member("expiry", card.expiry.text)
    member("createdAt", detail.created.rfc3339)
  }

  /// The state that matters most to somebody who wants to use the card.
  private static func state(of card: CardRecord) -> String {
    switch card.status {
    case .removed: "REMOVED"
    case _ where card.lock != nil: "LOCKED"
    case .inactive: "INACTIVE"
    case .active: "ACTIVE"
    }
  }
}
