import Authorization
import HTTPTypes
import JSON
import Ledger

/// Card programmes (rows S-021, S-105, S-111).
struct Programs {
  let services: ManagementServices

  var routes: [Route] {
    [
      .post("/admin/programs", create),
      .get("/admin/programs", list),
      .get("/admin/programs/{programId}", show),
    ]
  }

  /// The members that a programme is made from, besides its partner.
  static let members = [
    "name", "binRange", "currency", "funding", "remoteURL", "insufficientDepositCode",
    "requiredKycLevel",
  ]

  /// A draft from the members of a request or of an import line.
  static func draft(_ members: Members, partner: PartnerID) throws(Problem) -> ProgramDraft {
    ProgramDraft(
      partner: partner,
      name: try members.text("name"),
      binRange: try members.binRange("binRange"),
      currency: try members.currency("currency"),
      funding: try members.choice(
        "funding",
        [("DEPOSIT", Funding.deposit), ("CREDIT", Funding.credit)]
      ),
      remoteURL: try remoteURL(members),
      insufficientDepositCode: try members.optionalChoice(
        "insufficientDepositCode",
        [("1016", ActionCode.notEnoughMoney), ("1000", ActionCode.doNotHonour)]
      )
        ?? .notEnoughMoney,
      requiredKYCLevel: try members.optionalChoice(
        "requiredKycLevel",
        KYCLevel.allCases.map { ($0.name, $0) }
      ) ?? .strong
    )
  }

  private static func remoteURL(_ members: Members) throws(Problem) -> String? {
    guard let url = try members.optionalText("remoteURL") else { return nil }
    guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
      throw members.invalid("remoteURL", "it must begin with https:// or http://")
    }
    return url
  }

  @Sendable private func create(_ call: Call) async throws(Problem) -> Reply {
    let members = try call.members(allowed: ["partnerId"] + Self.members)
    let draft = try Self.draft(members, partner: try members.identifier("partnerId"))
    let record = try await services.perform(
      .createProgram(draft),
      try call.identity(.optional)
    ).program
    return Reply(.created) { $0.program(record) }
  }

  @Sendable private func list(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow("after", "limit")
    let limit = try call.query.limit()
    let after: ProgramID? = try call.query.identifier("after")
    let found = try await services.read { (view) throws(LedgerError) in
      try view.programs(after: after, limit: limit + 1)
    }
    return Page(found: found, limit: limit, cursor: \.id.text).reply { $0.program($1) }
  }

  @Sendable private func show(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow()
    let id: ProgramID = try call.identifier("programId", orElse: .programNotFound)
    let record = try await services.find(orElse: .programNotFound) { (view) throws(LedgerError) in
      try view.program(id)
    }
    return Reply { $0.program(record) }
  }
}

extension JSONWriter {
  /// Writes the members of a programme.
  mutating func program(_ record: ProgramRecord) {
    member("id", record.id.text)
    member("partnerId", record.partner.text)
    member("name", record.name)
    member("binRange") { writer in
      writer.member("from", nineDigits(record.binRange.from))
      writer.member("to", nineDigits(record.binRange.to))
    }
    member("currency", record.currency.code)
    member("funding", record.funding.name)
    member("remoteURL", record.remoteURL)
    member("insufficientDepositCode", record.insufficientDepositCode.text)
    member("requiredKycLevel", record.requiredKYCLevel.name)
    member("createdAt", record.created.rfc3339)
  }
}

private func nineDigits(_ number: UInt32) -> String {
  let digits = String(number)
  return String(repeating: "0", count: 9 - digits.utf8.count) + digits
}
