import Authorization
import Cryptography
import HTTPTypes
import JSON
import Ledger

/// Recomputes the books from the journal while everything else goes on (design, section 4).
struct ProofOfBooks {
  let services: ManagementServices

  var routes: [Route] { [.get("/admin/proof", prove)] }

  @Sendable private func prove(_ call: Call) async throws(Problem) -> Reply {
    try call.query.allow()
    let proof = try await services.prove()
    return Reply { writer in
      writer.member("asOfSequence", proof.sequence)
      writer.member("at", proof.time.rfc3339)
      writer.member("chainHead", proof.hash.hexText)
      writer.member("consistent", proof.isConsistent)
      writer.member("entries", proof.entries)
      writer.member("effects", proof.effects)
      writer.member("currencies", each: proof.currencies) { (writer, currency) in
        writer.object { writer in
          writer.member("currency", currency.currency.code)
          for (name, kind) in Self.kinds {
            writer.member(name, currency.ledger[kind, default: .zero].minorUnits)
          }
          writer.member("usersHeld", currency.usersHeld.minorUnits)
          writer.member("depositsHeld", currency.depositsHeld.minorUnits)
          writer.member("sum", currency.sum.minorUnits)
        }
      }
      writer.member("differences", each: proof.differences) { $0.value($1) }
      writer.member("differenceCount", proof.differenceCount)
    }
  }

  private static let kinds: [(StaticString, AccountKind)] = [
    ("users", .user), ("deposits", .deposit), ("credits", .credit), ("fees", .feeIncome),
    ("settlement", .settlement), ("suspense", .suspense), ("bank", .bank),
  ]
}
