import Authorization
import HTTPTypes
import JSON
import Ledger

/// What all users and all partners have, per currency (rows S-116 to S-118).
struct Summary {
  let services: ManagementServices

  /// The sums of one currency.
  private struct Row {
    var currency: Currency
    var users = Money.zero
    var deposit = Money.zero
    var credit = Money.zero
    var wallet: Money { users + deposit + credit }
  }

  var routes: [Route] {
    [
      .get("/admin/summary") { (call) async throws(Problem) in
        try await reply(call) { (writer, row) in
          writer.member("users", row.users.minorUnits)
          writer.member("deposit", row.deposit.minorUnits)
          writer.member("credit", row.credit.minorUnits)
          writer.member("wallet", row.wallet.minorUnits)
        }
      },
      .get("/admin/summary/users") { (call) async throws(Problem) in
        try await reply(call) { $0.member("users", $1.users.minorUnits) }
      },
      .get("/admin/summary/wallet") { (call) async throws(Problem) in
        try await reply(call) { $0.member("wallet", $1.wallet.minorUnits) }
      },
    ]
  }

  private func reply(
    _ call: Call,
    _ body: (inout JSONWriter, Row) -> Void
  ) async throws(Problem) -> Reply {
    try call.query.allow()
    let (position, totals) = try await services.read { (view) throws(LedgerError) in
      (try view.position(), try view.totals())
    }
    var rows: [Currency: Row] = [:]
    for total in totals {
      switch total.kind {
      case .user: rows[total.currency, default: Row(currency: total.currency)].users += total.ledger
      case .deposit:
        rows[total.currency, default: Row(currency: total.currency)].deposit += total.ledger
      case .credit:
        rows[total.currency, default: Row(currency: total.currency)].credit += total.ledger
      case .feeIncome, .settlement, .suspense, .bank: break
      }
    }
    return Reply { writer in
      writer.member("asOfSequence", position.sequence)
      writer.member("at", position.time.rfc3339)
      writer.member("currencies", each: rows.values.sorted { $0.currency.code < $1.currency.code })
      { (writer, row) in
        writer.object { writer in
          writer.member("currency", row.currency.code)
          body(&writer, row)
        }
      }
    }
  }
}
