import Authorization
import JSON
import Ledger

/// Reports for reconciliation (rows; E-47).
struct Reports {
  let services: ManagementServices

  var routes: [Route] { [.get("/admin/reports/network-totals", networkTotals)] }

  @Sendable private func networkTotals(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow("date", "network")
    let day = try call.query.businessDay("date")
    let network = call.query["network"]
    let reports = try await services.read { (view) throws(LedgerError) in
      try view.dayTotals(on: day, of: network)
    }
    return Page(items: reports, next: nil).reply { $0.networkDay($1) }
  }
}

extension Query {
  /// A date of ISO 8601; `nil` when it is not given.
  fileprivate func businessDay(_ name: String) throws(Problem) -> BusinessDay? {
    guard let text = self[name] else { return nil }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      parts.joined().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let digits = UInt64(parts.joined()), let day = BusinessDay(digits: digits)
    else { throw .invalidParameter(name, "it must be a date such as 2026-11-22") }
    return day
  }
}

extension JSONWriter {
  /// Writes the members of a network's day.
  fileprivate mutating func networkDay(_ report: NetworkDayTotals) {
    member("network", report.day.network)
    member("businessDay", report.day.day.text)
    member("beganAt", report.day.began.rfc3339)
    member("endedAt", report.ended?.rfc3339)
    member("totals", each: report.totals) { (writer, item) in
      let totals = item.totals
      writer.object { writer in
        writer.member("currency", item.currency.code)
        writer.tally("authorizations", totals.authorizations)
        writer.tally("declines", totals.declines)
        writer.tally("debits", totals.debits)
        writer.tally("debitReversals", totals.debitReversals)
        writer.tally("credits", totals.credits)
        writer.tally("creditReversals", totals.creditReversals)
        writer.member("net", totals.net.minorUnits)
      }
    }
  }

  private mutating func tally(_ name: StaticString, _ tally: DayTotals.Tally) {
    member(name) { writer in
      writer.member("count", tally.count)
      writer.member("amount", tally.amount.minorUnits)
    }
  }
}
