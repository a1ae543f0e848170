import Authorization
import HTTPTypes
import JSON
import Ledger

/// What was asked by networks and how it was decided (rows A-066, A-071).
struct Authorizations {
  let services: ManagementServices

  var routes: [Route] {
    [
      .get("/secure/authorizations", list),
      .get("/secure/authorizations/{authorizationId}", show),
      .get("/admin/authorizations", list),
      .get("/admin/authorizations/{authorizationId}", show),
    ]
  }

  /// An authorization with what the record does not say itself.
  private struct Row {
    var record: AuthorizationRecord
    var customer: UserID?
  }

  @Sendable private func show(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow()
    guard let id = call.parameters["authorizationId"].flatMap(AuthorizationID.init(text:)) else {
      throw .authorizationNotFound
    }
    let row = try await services.read { (view) throws(LedgerError) -> Row? in
      guard let record = try view.authorization(id) else { return nil }
      if let partner = call.partner {
        guard try view.programs(of: partner).contains(record.program) else { return nil }
      }
      return try Self.row(record, view)
    }
    guard let row else { throw .authorizationNotFound }
    return Reply { Self.write(row, to: &$0) }
  }

  @Sendable private func list(_ call: Call) async throws(Problem) -> Reply {
    let filter = try Filter(call.query)
    let limit = try call.query.limit()
    let after: AuthorizationID? = try call.query.identifier("after")
    let page = try await services.read { (view) throws(LedgerError) -> Page<Row> in
      let programs = try call.partner.map { (partner) throws(LedgerError) in
        try view.programs(of: partner)
      }
      // Newest first: behind the first one that is too old there are only older ones.
      var isPastStart = false
      let (found, continueAfter) = try view.authorizations(
        filter.scope,
        after: after,
        limit: limit + 1
      ) { record in
        if let from = filter.from, record.decided < from { isPastStart = true }
        return filter.matches(record) && (programs?.contains(record.program) ?? true)
      }
      var rows: [Row] = []
      for record in found.prefix(limit) { rows.append(try Self.row(record, view)) }
      var next: String?
      if found.count > limit {
        next = rows.last?.record.id.text
      } else if !isPastStart {
        next = continueAfter?.text
      }
      return Page(items: rows, next: next)
    }
    return page.reply { Self.write($1, to: &$0) }
  }

  private static func row(
    _ record: AuthorizationRecord,
    _ view: BooksView
  ) throws(LedgerError) -> Row {
    var customer: UserID?
    if let balance = record.balance { customer = try view.owner(of: balance) }
    return Row(record: record, customer: customer)
  }

  /// What a list shows.
  private struct Filter {
    var scope: BooksView.AuthorizationFilter = .all
    var from: Instant?
    private var balance: BalanceID?
    private var state: String?
    private var reason: String?
    private var to: Instant?

    private static let states = [
      "AUTHORIZED", "DECLINED", "REVERSED", "PARTIALLY_CLEARED", "CLEARED", "EXPIRED",
    ]

    init(_ query: Query) throws(Problem) {
      try query.allow(
        "cardId",
        "balanceId",
        "state",
        "status",
        "reason",
        "from",
        "to",
        "after",
        "limit"
      )
      let card: CardID? = try query.identifier("cardId")
      balance = try query.identifier("balanceId")
      if let card {
        scope = .card(card)
      } else if let balance {
        scope = .balance(balance)
      }
      if query["state"] != nil, query["status"] != nil {
        throw .invalidParameter("status", "it is another name of state; give one of them")
      }
      let name = query["status"] == nil ? "state" : "status"
      state = query[name]
      if let state, !Self.states.contains(state) {
        throw .invalidParameter(name, "it must be \(Self.states.joined(separator: " or "))")
      }
      reason = query["reason"]
      if let reason, reason != "APPROVED",
        !DeclineReason.allCases.contains(where: { $0.name == reason })
      {
        throw .invalidParameter("reason", "it must be APPROVED or the name of a reason")
      }
      from = try query.instant("from")
      to = try query.instant("to")
    }

    func matches(_ record: AuthorizationRecord) -> Bool {
      if let balance, record.balance != balance { return false }
      if let state, record.state.name != state { return false }
      if let reason, (record.reason?.name ?? "APPROVED") != reason { return false }
      if let from, record.decided < from { return false }
      if let to, record.decided >= to { return false }
      return true
    }
  }

  private static func write(_ row: Row, to writer: inout JSONWriter) {
    let record = row.record
    writer.member("id", record.id.text)
    writer.member("state", record.state.name)
    writer.member("actionCode", record.actionCode.text)
    writer.member("reason", record.reason?.name ?? "APPROVED")
    writer.member("cardId", record.card?.text)
    writer.member("balanceId", record.balance?.text)
    writer.member("customerId", row.customer?.text)
    writer.member(
      "programId",
      record.program == 0 ? nil : ProgramID(UInt64(record.program)).text
    )
    writer.member("depositBalanceId", record.deposit?.text)
    writer.member("amount") { writer in
      writer.member("amount", record.amount.minorUnits)
      writer.member("currency", record.amount.currency.code)
    }
    writer.member("held", record.held.minorUnits)
    writer.member("approvalCode", record.approvalCode?.text)
    writer.member("kind", record.kind == .hold ? "AUTHORIZATION" : "FINANCIAL")
    writer.member("maskedPan", record.number.masked.text)
    let trace = record.trace
    writer.member("stan", digits(trace.stan, 12))
    writer.member("retrievalReference", optional(trace.retrievalReference.text))
    writer.member("terminal", optional(trace.terminal.text))
    writer.member("acquirer", trace.acquirer == 0 ? nil : String(trace.acquirer))
    writer.member(
      "mcc",
      trace.merchantCategory == 0 ? nil : digits(UInt64(trace.merchantCategory), 4)
    )
    writer.member("processingCode", processingCode(trace.processingCode))
    writer.member("localTime", localTime(record.key.localTime))
    writer.member("decidedAt", record.decided.rfc3339)
  }

  private static func optional(_ text: String) -> String? { text.isEmpty ? nil : text }

  private static func digits(_ number: UInt64, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }

  private static func processingCode(_ packed: UInt64) -> String? {
    let bytes = (0..<6).map { UInt8(truncatingIfNeeded: packed >> UInt64(40 - 8 * $0)) }
    guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// DE 12 as written by the card acceptor, who says no time zone.
  private static func localTime(_ time: LocalTime) -> String {
    let text = Array(digits(time.digits, 14))
    return "\(String(text[0..<4]))-\(String(text[4..<6]))-\(String(text[6..<8]))T"
      + "\(String(text[8..<10])):\(String(text[10..<12])):\(String(text[12..<14]))"
  }
}

extension Problem {
  /// The caller has no such authorization.
  static let authorizationNotFound = Problem(
    .notFound,
    "AUTHORIZATION_NOT_FOUND",
    "No such authorization."
  )
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
