import Authorization
import HTTPTypes
import JSON
import Ledger

/// Locks that a network or an acquirer asks for by other ways than ISO 8583 (rows S-098 to S-100).
struct OutsideLocks {
  let services: ManagementServices

  var routes: [Route] { [.post("/admin/network/cards/lock-outside", lock)] }

  @Sendable private func lock(_ call: Call) async throws(Problem) -> Reply {
    let members = try call.members(allowed: ["cardId", "pan", "code", "requester"])
    guard case .integer(let number)? = members.value("code"), let raw = UInt8(exactly: number),
      let code = LockCode(rawValue: raw)
    else { throw .lockCodeInvalid }
    let requester = try members.text("requester")
    guard requester.utf8.count <= 16, requester.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else { throw members.invalid("requester", "it must have 1 to 16 printable ASCII characters") }
    let (token, _) = try await services.card(members)
    let found = try await services.find(orElse: .cardNotFound) { (view) throws(LedgerError) in
      try view.card(numbered: token)
    }
    let id = found.0.card
    let (card, detail) = try await services.perform(
      .lockCard(
        CardAddress(owner: nil, card: id),
        code,
        .outside,
        requester: FixedText(bytes: requester.utf8)
      ),
      try call.identity(
        .optional,
        insteadOfBody: [
          "cardId": .string(id.text), "code": .integer(number), "requester": .string(requester),
        ]
      )
    ).card
    return Reply { $0.card(card, detail) }
  }
}
