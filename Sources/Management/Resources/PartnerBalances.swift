import Authorization
import HTTPTypes
import JSON
import Ledger

/// The deposit and credit balances of partners (rows S-104 to S-121).
struct PartnerBalances {
  let services: ManagementServices

  private typealias Kind = ManagementCommand.PartnerBalanceKind

  var routes: [Route] {
    routes(of: .deposit, named: "deposit-balance") + routes(of: .credit, named: "credit-balance")
      + [.get("/admin/partners/{partnerId}/balances", list)]
  }

  private func routes(of kind: Kind, named name: String) -> [Route] {
    [
      .post("/admin/partners/{partnerId}/\(name)") { (call) async throws(Problem) in
        try await open(call, kind)
      },
      .post("/admin/partners/{partnerId}/\(name)/reload") { (call) async throws(Problem) in
        try await reload(call, kind)
      },
      .get("/admin/partners/{partnerId}/\(name)") { (call) async throws(Problem) in
        try await show(
          call,
          try call.identifier("partnerId", orElse: .partnerNotFound),
          kind
        )
      },
      .get("/secure/partner/\(name)") { (call) async throws(Problem) in
        guard let partner = call.partner else { throw .partnerRequired }
        return try await show(call, partner, kind)
      },
    ]
  }

  private func open(_ call: Call, _ kind: Kind) async throws(Problem) -> Reply {
    let partner: PartnerID = try call.identifier("partnerId", orElse: .partnerNotFound)
    let currency = try call.members(allowed: ["currency"]).currency("currency")
    let (id, record) = try await services.perform(
      .openPartnerBalance(partner, kind, currency),
      try call.identity(.optional)
    ).account
    return Reply(.created) { $0.partnerBalance(id, record) }
  }

  private func reload(_ call: Call, _ kind: Kind) async throws(Problem) -> Reply {
    let partner: PartnerID = try call.identifier("partnerId", orElse: .partnerNotFound)
    let identity = try call.identity(.required)
    let members = try call.members(allowed: ["amount", "bankReference"])
    let amount = try members.amount("amount")
    let reference = try members.text("bankReference")
    let (id, record) = try await services.perform(
      .reloadPartnerBalance(partner, kind, amount, bankReference: reference),
      identity
    ).account
    return Reply { $0.partnerBalance(id, record) }
  }

  private func show(
    _ call: Call,
    _ partner: PartnerID,
    _ kind: Kind
  ) async throws(Problem) -> Reply {
    try call.query.allow("currency")
    var currency: Currency?
    if let code = call.query["currency"] {
      currency = Currency(code: code)
      guard currency != nil else {
        throw .invalidParameter("currency", "it must be the ISO 4217 code of a currency")
      }
    }
    guard try await services.isPartner(partner) else { throw Problem(.partnerNotFound) }
    let wanted = currency
    let found = try await services.read { (view) throws(LedgerError) in
      try view.partnerBalances(partner).filter { (_, record) in
        record.kind == kind.account && (wanted == nil || record.currency == wanted)
      }
    }
    guard let (id, record) = found.first else { throw Problem(.partnerBalanceNotFound) }
    guard found.count == 1 else {
      throw .invalidParameter("currency", "the partner has several balances, so name the currency")
    }
    return Reply { $0.partnerBalance(id, record) }
  }

  @Sendable private func list(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow()
    let partner: PartnerID = try call.identifier("partnerId", orElse: .partnerNotFound)
    guard try await services.isPartner(partner) else { throw Problem(.partnerNotFound) }
    let found = try await services.read { (view) throws(LedgerError) in
      try view.partnerBalances(partner)
    }
    return Page(items: found, next: nil).reply { $0.partnerBalance($1.0, $1.1) }
  }
}

extension Problem {
  /// The call is about the caller's own partner, and the caller has not said which that is.
  static let partnerRequired = Problem(
    .badRequest,
    "PARTNER_REQUIRED",
    "Name the partner that you act for in the header X-Partner.",
    field: "X-Partner"
  )
}

extension JSONWriter {
  /// Writes the members of a partner's balance.
  mutating func partnerBalance(_ id: AccountID, _ record: AccountRecord) {
    member("id", PartnerBalanceID(id.number).text)
    member("partnerId", PartnerID(record.owner).text)
    member("kind", record.kind.name)
    funds(record)
    member("createdAt", record.created.rfc3339)
  }

  /// Writes what stands on an account.
  mutating func funds(_ record: AccountRecord) {
    member("currency", record.currency.code)
    member("state", record.state.name)
    member("ledger", record.ledger.minorUnits)
    member("held", record.held.minorUnits)
    member("available", record.available.minorUnits)
  }
}
