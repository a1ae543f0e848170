import Authorization
import HTTPTypes
import Hummingbird
import JSON
import Ledger
import NIOCore

/// Payments: what was asked by networks, how it was decided, and what became of it (rows,
/// A-071, N-2).
///
/// An authorization and a transaction are one object; its first message made it, and everything later
/// is an entry of it.
struct Authorizations {
  let services: ManagementServices

  var routes: [Route] {
    var routes: [Route] = [
      .post("/admin/authorizations/{authorizationId}/expire", release)
    ]
    for scope in ["/secure", "/admin"] {
      for name in ["authorizations", "transactions"] {
        routes.append(.get("\(scope)/\(name)", list))
        routes.append(.get("\(scope)/\(name)/{authorizationId}", show))
      }
      routes.append(.get("\(scope)/authorizations/{authorizationId}/trace", trace))
    }
    let balance = "/secure/customers/{customerId}/balances/{balanceId}"
    routes.append(.get(balance + "/transactions", listOfBalance))
    routes.append(.get(balance + "/holds", holdsOfBalance))
    return routes
  }

  // MARK: One

  @Sendable private func show(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow()
    let row = try await find(call) { (record, view) throws(LedgerError) in
      try PaymentRow(record, view, hasEntries: true)
    }
    return Reply { row.write(to: &$0) }
  }

  @Sendable private func trace(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow("format")
    let format = call.query["format"] ?? "json"
    guard format == "json" || format == "text" else {
      throw .invalidParameter("format", "it must be json or text")
    }
    let account = try await find(call) { (record, view) throws(LedgerError) in
      try DecisionAccount(record, view)
    }
    guard format == "text" else { return Reply { account.write(to: &$0) } }
    return Reply(
      contentType: "text/plain; charset=utf-8",
      ResponseBody(byteBuffer: ByteBuffer(string: account.text))
    )
  }

  /// Reads something of the payment in the path, when the caller may see it.
  private func find<Value>(
    _ call: Call,
    _ body: (AuthorizationRecord, BooksView) throws(LedgerError) -> Value
  ) async throws(Problem) -> Value {
    guard let id = call.parameters["authorizationId"].flatMap(AuthorizationID.init(text:)) else {
      throw Problem(CommandRefusal.authorizationNotFound)
    }
    return try await services.find(orElse: .authorizationNotFound) {
      (view) throws(LedgerError) -> Value? in
      guard let record = try view.authorization(id) else { return nil }
      if let partner = call.partner {
        guard try view.programs(of: partner).contains(record.program) else { return nil }
      }
      return try body(record, view)
    }
  }

  @Sendable private func release(_ call: Call) async throws(Problem) -> Reply {
    let id: AuthorizationID = try call.identifier(
      "authorizationId",
      orElse: .authorizationNotFound
    )
    let reason = try call.members(allowed: ["reason"]).text("reason")
    let record = try await services.perform(
      .releaseHold(id, because: reason),
      try call.identity(.optional)
    ).authorization
    let row = try await services.read { (view) throws(LedgerError) in
      try PaymentRow(record, view, hasEntries: true)
    }
    return Reply { row.write(to: &$0) }
  }

  // MARK: Many

  @Sendable private func list(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow(PaymentFilter.parameters + ["after", "limit"])
    return try await list(call, try PaymentFilter(call.query))
  }

  @Sendable private func listOfBalance(_ call: Call) async throws(Problem) -> Reply {
    let named = ["cardId", "state", "status", "type", "reason", "flag", "currency", "minAmount"]
    try call.query.allow(named + ["maxAmount", "from", "to", "after", "limit"])
    return try await list(call, try PaymentFilter(call.query), of: try call.balance())
  }

  @Sendable private func holdsOfBalance(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow("after", "limit")
    var filter = PaymentFilter()
    filter.isHeld = true
    return try await list(call, filter, of: try call.balance())
  }

  private func list(
    _ call: Call,
    _ asked: PaymentFilter,
    of address: BalanceAddress? = nil
  ) async throws(Problem) -> Reply {
    var filter = asked
    if let address { filter.balance = address.balance }
    let query = filter
    let limit = try call.query.limit()
    let after: AuthorizationID? = try call.query.identifier("after")
    let page = try await services.find(orElse: .balanceNotFound) {
      (view) throws(LedgerError) -> Page<PaymentRow>? in
      if let address, try view.balance(at: address) == nil { return nil }
      return try Self.page(query, call.partner, after: after, limit: limit, view)
    }
    return page.reply { $1.write(to: &$0) }
  }

  private static func page(
    _ filter: PaymentFilter,
    _ partner: PartnerID?,
    after: AuthorizationID?,
    limit: Int,
    _ view: BooksView
  ) throws(LedgerError) -> Page<PaymentRow> {
    let programs = try partner.map { (partner) throws(LedgerError) in
      try view.programs(of: partner)
    }
    var balances: Set<BalanceID>?
    if let customer = filter.customer {
      balances = Set(
        try view.balances(of: customer, after: nil, limit: ManagementLimits.balancesOfCustomer)
          .map(\.0)
      )
    }
    var scope = BooksView.AuthorizationFilter.all
    if let card = filter.card {
      scope = .card(card)
    } else if let balance = filter.balance {
      scope = .balance(balance)
    } else if let balances, balances.count <= 1 {
      guard let only = balances.first else { return Page(items: [], next: nil) }
      scope = .balance(only)
    }
    // Newest first: behind the first one that is too old there are only older ones.
    var isPastStart = false
    let (found, continueAfter) = try view.authorizations(scope, after: after, limit: limit + 1) {
      record in
      if let from = filter.from, record.decided < from { isPastStart = true }
      if let balances, !(record.balance.map(balances.contains) ?? false) { return false }
      return filter.matches(record) && (programs?.contains(record.program) ?? true)
    }
    var rows: [PaymentRow] = []
    for record in found.prefix(limit) { rows.append(try PaymentRow(record, view)) }
    var next: String?
    if found.count > limit {
      next = rows.last?.record.id.text
    } else if !isPastStart {
      next = continueAfter?.text
    }
    return Page(items: rows, next: next)
  }
}

extension BooksView {
  /// The numbers of a partner's programmes, as authorizations keep them.
  func programs(of partner: PartnerID) throws(LedgerError) -> Set<UInt32> {
    var numbers: Set<UInt32> = []
    var last: ProgramID?
    while true {
      let page = try programs(after: last, limit: 1000)
      for program in page where program.partner == partner {
        numbers.insert(UInt32(truncatingIfNeeded: program.id.number))
      }
      guard page.count == 1000, let id = page.last?.id else { return numbers }
      last = id
    }
  }
}
