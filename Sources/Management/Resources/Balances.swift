import Authorization
import HTTPTypes
import JSON
import Ledger

/// Users' balances (rows S-056 to S-067, S-106).
struct Balances {
  let services: ManagementServices

  var routes: [Route] {
    var routes: [Route] = [
      .post("/secure/customers/{customerId}/balances", open),
      .get("/secure/customers/{customerId}/balances", list),
    ]
    for base in [
      "/secure/customers/{customerId}/balances/{balanceId}", "/admin/balances/{balanceId}",
    ] {
      routes.append(.get(base, show))
      routes.append(.post(base + "/reload", reload))
      routes.append(
        .post(base + "/block") { (call) async throws(Problem) in
          try await setState(call, .blocked)
        }
      )
      routes.append(
        .post(base + "/unblock") { (call) async throws(Problem) in
          try await setState(call, .active)
        }
      )
      routes.append(
        .post(base + "/close") { (call) async throws(Problem) in
          try await setState(call, .closed)
        }
      )
    }
    return routes
  }

  @Sendable private func open(_ call: Call) async throws(Problem) -> Reply {
    let owner = try call.customer()
    let members = try call.members(allowed: ["programId", "currency"])
    let program: ProgramID = try members.identifier("programId")
    let currency = try members.currency("currency")
    let (id, record) = try await services.perform(
      .openBalance(owner, program, currency),
      try call.identity(.optional)
    ).account
    return Reply(.created) { $0.balance(BalanceID(id.number), record) }
  }

  @Sendable private func list(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow("after", "limit")
    let limit = try call.query.limit()
    let after: BalanceID? = try call.query.identifier("after")
    let owner = try call.customer()
    let found = try await services.find(orElse: .userNotFound) {
      (view) throws(LedgerError) -> [(BalanceID, AccountRecord)]? in
      guard let customer = try view.customer(at: owner) else { return nil }
      return try view.balances(of: customer.id, after: after, limit: limit + 1)
    }
    return Page(found: found, limit: limit, cursor: \.0.text).reply { $0.balance($1.0, $1.1) }
  }

  @Sendable private func show(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow()
    let address = try call.balance()
    let limit = ManagementLimits.maximumPage
    let (record, cards) = try await services.find(orElse: .balanceNotFound) {
      (view) throws(LedgerError) -> (AccountRecord, [(CardRecord, CardDetailRecord)])? in
      guard let record = try view.balance(at: address) else { return nil }
      return (record, try view.cards(onBalance: address.balance, after: nil, limit: limit + 1))
    }
    return Reply { writer in
      writer.balance(address.balance, record)
      writer.member("cards", each: cards.prefix(limit)) { (writer, card) in
        writer.object { $0.card(card.0, card.1) }
      }
      // The rest is in the user's list of cards.
      writer.member("hasMoreCards", cards.count > limit)
    }
  }

  @Sendable private func reload(_ call: Call) async throws(Problem) -> Reply {
    let address = try call.balance()
    let identity = try call.identity(.required)
    let members = try call.members(allowed: ["amount", "reference"])
    let amount = try members.amount("amount")
    let reference = try members.text("reference")
    let (id, record) = try await services.perform(
      .reloadBalance(address, amount, reference: reference),
      identity
    ).account
    return Reply { $0.balance(BalanceID(id.number), record) }
  }

  private func setState(_ call: Call, _ state: BalanceState) async throws(Problem) -> Reply {
    let address = try call.balance()
    try call.requireNoMembers()
    let (id, record) = try await services.perform(
      .setBalanceState(address, state),
      try call.identity(.optional)
    ).account
    return Reply { $0.balance(BalanceID(id.number), record) }
  }
}

extension Call {
  /// The balance in the path; under `/admin` it is named alone.
  func balance() throws(Problem) -> BalanceAddress {
    BalanceAddress(
      owner: parameters["customerId"] == nil ? nil : try customer(),
      balance: try identifier("balanceId", orElse: .balanceNotFound)
    )
  }
}

extension BooksView {
  /// A balance that the caller may see.
  func balance(at address: BalanceAddress) throws(LedgerError) -> AccountRecord? {
    guard let record = try balance(address.balance) else { return nil }
    if let owner = address.owner {
      guard owner.customer.number == record.owner, try customer(at: owner) != nil else {
        return nil
      }
    }
    return record
  }
}

extension JSONWriter {
  /// Writes the members of a user's balance.
  mutating func balance(_ id: BalanceID, _ record: AccountRecord) {
    member("id", id.text)
    member("customerId", UserID(record.owner).text)
    member("programId", ProgramID(UInt64(record.program)).text)
    funds(record)
    member("createdAt", record.created.rfc3339)
  }
}
