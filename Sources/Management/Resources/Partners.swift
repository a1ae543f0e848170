import Authorization
import HTTPTypes
import JSON
import Ledger

/// Partners (row S-001).
struct Partners {
  let services: ManagementServices

  var routes: [Route] {
    [
      .post("/admin/partners", create),
      .get("/admin/partners", list),
      .get("/admin/partners/{partnerId}", show),
    ]
  }

  @Sendable private func create(_ call: Call) async throws(Problem) -> Reply {
    let name = try call.members(allowed: ["name"]).text("name")
    let record = try await services.perform(
      .createPartner(name: name),
      try call.identity(.optional)
    ).partner
    return Reply(.created) { $0.partner(record) }
  }

  @Sendable private func list(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow("after", "limit")
    let limit = try call.query.limit()
    let after: PartnerID? = try call.query.identifier("after")
    let found = try await services.read { (view) throws(LedgerError) in
      try view.partners(after: after, limit: limit + 1)
    }
    return Page(found: found, limit: limit, cursor: \.id.text).reply { $0.partner($1) }
  }

  @Sendable private func show(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow()
    let id: PartnerID = try call.identifier("partnerId", orElse: .partnerNotFound)
    let record = try await services.find(orElse: .partnerNotFound) { (view) throws(LedgerError) in
      try view.partner(id)
    }
    return Reply { $0.partner(record) }
  }
}

extension JSONWriter {
  /// Writes the members of a partner.
  mutating func partner(_ record: PartnerRecord) {
    member("id", record.id.text)
    member("name", record.name)
    member("createdAt", record.created.rfc3339)
  }
}
