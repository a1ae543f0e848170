import Authorization
import HTTPTypes
import JSON
import Ledger

/// Exchange rates (row A-064).
struct ExchangeRates {
  let services: ManagementServices

  var routes: [Route] {
    [
      .get("/admin/fx-rates", list),
      .put("/admin/fx-rates", set),
      .delete("/admin/fx-rates/{from}/{to}", remove),
    ]
  }

  @Sendable private func list(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow("after", "limit")
    let limit = try call.query.limit()
    let after = call.query["after"] ?? ""
    let rates = try await services.read { (view) throws(LedgerError) in try view.exchangeRates() }
    let found = rates.map { (name: "\($0.from.code)-\($0.to.code)", rate: $0) }
      .filter { $0.name > after }.sorted { $0.name < $1.name }
    return Page(found: Array(found.prefix(limit + 1)), limit: limit, cursor: \.name).reply {
      $0.exchangeRate($1.rate)
    }
  }

  @Sendable private func set(_ call: Call) async throws(Problem) -> Reply {
    let members = try call.members(allowed: [
      "from", "to", "rate", "markUpBasisPoints", "holdBufferBasisPoints",
    ])
    let from = try members.currency("from")
    let to = try members.currency("to")
    guard from != to else { throw members.invalid("to", "it must be another currency than from") }
    let markUp = try members.optionalInteger("markUpBasisPoints", in: 0...10_000)
    let buffer = try members.optionalInteger("holdBufferBasisPoints", in: 0...10_000)
    guard case .string(let text)? = members.value("rate"),
      let millionths = Self.millionths(text),
      let rate = ExchangeRate(
        from: from,
        to: to,
        rateMillionths: millionths,
        markUpBasisPoints: UInt16(markUp ?? 0),
        holdBufferBasisPoints: UInt16(buffer ?? 0)
      )
    else {
      throw members.invalid(
        "rate",
        "it must be a string with a decimal number above 0, at most 1000000, with up to six "
          + "decimals, such as \"0.92\""
      )
    }
    let stored = try await services.perform(
      .setExchangeRate(rate),
      try call.identity(.optional)
    ).exchangeRate
    return Reply { $0.exchangeRate(stored) }
  }

  @Sendable private func remove(_ call: Call) async throws(Problem) -> Reply {
    try call.requireNoMembers()
    guard let from = call.parameters["from"].flatMap({ Currency(code: String($0)) }),
      let to = call.parameters["to"].flatMap({ Currency(code: String($0)) })
    else { throw Problem(CommandRefusal.exchangeRateNotFound) }
    _ = try await services.perform(
      .removeExchangeRate(from: from, to: to),
      try call.identity(.optional)
    )
    return Reply(.noContent)
  }

  /// A decimal number as millionths, exactly; `nil` for anything else.
  static func millionths(_ text: String) -> UInt64? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), (1...7).contains(parts[0].count) else { return nil }
    let decimals = parts.count == 2 ? Array(parts[1]) : []
    guard parts.count == 1 || (1...6).contains(decimals.count) else { return nil }
    var number: UInt64 = 0
    for digit in Array(parts[0]) + decimals {
      guard (0x30...0x39).contains(digit) else { return nil }
      number = number * 10 + UInt64(digit - 0x30)
    }
    for _ in decimals.count..<6 { number *= 10 }
    return number
  }

  /// Millionths as a decimal number without trailing zeros.
  static func text(millionths: UInt64) -> String {
    let whole = String(millionths / 1_000_000)
    var decimals = String(1_000_000 + millionths % 1_000_000).dropFirst()
    while decimals.last == "0" { decimals.removeLast() }
    return decimals.isEmpty ? whole : "\(whole).\(decimals)"
  }
}

extension JSONWriter {
  /// Writes the members of a rate.
  fileprivate mutating func exchangeRate(_ rate: ExchangeRate) {
    member("from", rate.from.code)
    member("to", rate.to.code)
    member("rate", ExchangeRates.text(millionths: rate.rateMillionths))
    member("markUpBasisPoints", rate.markUpBasisPoints)
    member("holdBufferBasisPoints", rate.holdBufferBasisPoints)
  }
}
