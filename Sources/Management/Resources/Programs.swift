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
    "requiredKycLevel", "partialApproval", "cashBackLimit", "surcharge",
  ]

  /// A draft from the members of a request or of an import line.
  static func draft(_ members: Members, partner: PartnerID) throws(Problem) -> ProgramDraft {
    let currency = try members.currency("currency")
    return ProgramDraft(
      partner: partner,
      name: try members.text("name"),
      binRange: try members.binRange("binRange"),
      currency: currency,
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
      ) ?? .strong,
      terms: try terms(members, currency)
    )
  }

  private static func terms(
    _ members: Members,
    _ currency: Currency
  ) throws(Problem) -> ProgramTerms {
    var terms = ProgramTerms()
    if let accepts = try members.optionalBoolean("partialApproval") {
      terms.acceptsPartialApproval = accepts
    }
    if members.value("cashBackLimit") != nil {
      let limit = try members.amount("cashBackLimit")
      guard limit.currency == currency else {
        throw members.invalid("cashBackLimit.currency", "it must be the programme's currency")
      }
      terms.cashBackLimit = limit.money
    }
    terms.permitsSurcharge =
      try members.optionalChoice("surcharge", [("PERMITTED", true), ("REFUSED", false)])
      ?? terms.permitsSurcharge
    return terms
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
    member("partialApproval", record.terms.acceptsPartialApproval)
    amount(
      "cashBackLimit",
      record.terms.cashBackLimit.flatMap {
        Amount(minorUnits: $0.minorUnits, currency: record.currency)
      }
    )
    member("surcharge", record.terms.permitsSurcharge ? "PERMITTED" : "REFUSED")
    member("createdAt", record.created.rfc3339)
  }
}

private func nineDigits(_ number: UInt32) -> String {
  let digits = String(number)
  return String(repeating: "0", count: 9 - digits.utf8.count) + digits
}
