import Authorization
import HTTPTypes
import JSON
import Ledger

/// Users, called customers in paths (rows S-047, S-051 to S-054).
struct Customers {
  let services: ManagementServices

  var routes: [Route] {
    [
      .post("/secure/customers", create),
      .get("/secure/customers", list),
      .get("/secure/customers/{customerId}", show),
      .get("/admin/customers", list),
      .get("/admin/customers/{customerId}", show),
      .put("/secure/customers/{customerId}/kyc", setKYC),
      .get("/secure/customers/{customerId}/kyc", showKYC),
    ]
  }

  /// The members that say who a user is.
  static let members = ["externalId", "firstName", "lastName", "phone", "email"]

  /// What a request or an import line says about a user.
  static func profile(_ members: Members) throws(Problem) -> CustomerProfile {
    CustomerProfile(
      externalID: try members.optionalText("externalId"),
      firstName: try members.optionalText("firstName"),
      lastName: try members.optionalText("lastName"),
      phone: try members.optionalText("phone"),
      email: try members.optionalText("email")
    )
  }

  @Sendable private func create(_ call: Call) async throws(Problem) -> Reply {
    guard let partner = call.partner else { throw .partnerRequired }
    let profile = try Self.profile(try call.members(allowed: Self.members))
    let record = try await services.perform(
      .createCustomer(partner, profile),
      try call.identity(.optional)
    ).customer
    return Reply(.created) { $0.customer(record) }
  }

  @Sendable private func list(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow("after", "limit")
    let limit = try call.query.limit()
    let after: UserID? = try call.query.identifier("after")
    let found = try await services.read { (view) throws(LedgerError) in
      if let partner = call.partner {
        return try view.customers(of: partner, after: after, limit: limit + 1)
      }
      return try view.customers(after: after, limit: limit + 1)
    }
    return Page(found: found, limit: limit, cursor: \.id.text).reply { $0.customer($1) }
  }

  @Sendable private func show(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow()
    let record = try await find(call)
    return Reply { $0.customer(record) }
  }

  private func find(_ call: Call) async throws(Problem) -> CustomerRecord {
    let address = try call.customer()
    return try await services.find(orElse: .userNotFound) { (view) throws(LedgerError) in
      try view.customer(at: address)
    }
  }

  @Sendable private func setKYC(_ call: Call) async throws(Problem) -> Reply {
    let address = try call.customer()
    let members = try call.members(allowed: ["status", "level", "source"])
    let status = try members.choice("status", KYCStatus.allCases.map { ($0.name, $0) })
    let level = try members.optionalChoice("level", KYCLevel.allCases.map { ($0.name, $0) })
    let source = try members.optionalChoice("source", KYCSource.allCases.map { ($0.name, $0) })
    if status == .accepted, level == nil {
      throw members.invalid("level", "it is required with the status ACCEPTED")
    }
    let record = try await services.perform(
      .setKYC(address, status, level ?? .none, source ?? .partner),
      try call.identity(.optional)
    ).customer
    return Reply { $0.kyc(record) }
  }

  @Sendable private func showKYC(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow()
    let record = try await find(call)
    return Reply { $0.kyc(record) }
  }
}

extension Call {
  /// The user in the path, as the caller may name one.
  func customer() throws(Problem) -> CustomerAddress {
    CustomerAddress(
      partner: partner,
      customer: try identifier("customerId", orElse: .userNotFound)
    )
  }
}

extension BooksView {
  /// A user whom the caller may see.
  func customer(at address: CustomerAddress) throws(LedgerError) -> CustomerRecord? {
    guard let record = try customer(address.customer),
      address.partner == nil || record.partner == address.partner
    else { return nil }
    return record
  }
}

extension JSONWriter {
  /// Writes the members of a user.
  mutating func customer(_ record: CustomerRecord) {
    member("id", record.id.text)
    member("partnerId", record.partner.text)
    member("externalId", record.profile.externalID)
    member("firstName", record.profile.firstName)
    member("lastName", record.profile.lastName)
    member("phone", record.profile.phone)
    member("email", record.profile.email)
    member("kyc") { writer in
      writer.member("status", record.kycStatus.name)
      writer.member("level", record.kycLevel.name)
      writer.member("source", record.kycSource?.name)
    }
    member("createdAt", record.created.rfc3339)
  }

  /// Writes how well a user is known.
  mutating func kyc(_ record: CustomerRecord) {
    member("customerId", record.id.text)
    member("status", record.kycStatus.name)
    member("level", record.kycLevel.name)
    member("source", record.kycSource?.name)
  }
}
