import Authorization
import CardCrypto
import Ledger
import Testing

@testable import Management

@Suite(.timeLimit(.minutes(2)))
struct AuthorizationListTests {
  @Test func `authorizations are listed newest first, filtered, paged and never with a number`()
    async throws
  {
    let key = VaultKey.random()
    try await TestDaemon.withScratchDirectory { directory in
      try await TestDaemon.run(in: directory, key: key) { daemon in
        let network = try TestNetwork(daemon, key: key)
        let world = try await World(daemon, user: 1000)
        let other = try await World(daemon)
        for amount: Int64 in [100, 200, 5000, 300] {
          _ = try await network.authorize(world.pan, amount)
        }
        _ = try await network.authorize(world.pan, 50, kind: .debit)
        _ = try await network.authorize(other.pan, 60)
        _ = try await network.authorize("4999990000000004", 70)

        let all = try await daemon.get("/secure/authorizations")
        #expect(!all.body.contains(world.pan))
        let amounts = try all.json["data"].items.map { $0["amount"]["amount"].int }
        #expect(amounts == [70, 60, 50, 300, 5000, 200, 100])
        #expect(try await daemon.get("/admin/authorizations").json == all.json)

        func list(_ query: String, partner: String? = nil) async throws -> [Int64] {
          try await daemon.get("/secure/authorizations?\(query)", partner: partner).json["data"]
            .items.compactMap { $0["amount"]["amount"].int }
        }
        #expect(try await list("cardId=\(world.card)") == [50, 300, 5000, 200, 100])
        #expect(try await list("balanceId=\(other.balance)") == [60])
        #expect(try await list("state=DECLINED") == [70, 5000])
        #expect(try await list("status=CLEARED") == [50])
        #expect(try await list("reason=INSUFFICIENT_USER_FUNDS") == [5000])
        #expect(try await list("reason=APPROVED&cardId=\(world.card)") == [50, 300, 200, 100])
        #expect(try await list("from=2100-01-01T00:00:00Z") == [])
        #expect(try await list("to=2000-01-01T00:00:00%2B01:00") == [])
        #expect(try await list("from=2000-01-01T00:00:00Z").count == 7)
        #expect(try await list("limit=10", partner: world.partner) == [50, 300, 5000, 200, 100])
        #expect(try await list("cardId=\(world.card)", partner: other.partner) == [])

        var found: [Int64] = []
        var path = "/secure/authorizations?cardId=\(world.card)&limit=2"
        while true {
          let page = try await daemon.get(path).json
          found += page["data"].items.compactMap { $0["amount"]["amount"].int }
          guard let next = page["next"].text else { break }
          path = "/secure/authorizations?cardId=\(world.card)&limit=2&after=\(next)"
        }
        #expect(found == [50, 300, 5000, 200, 100])

        for query in [
          "cardId=x", "state=x", "reason=x", "from=yesterday", "state=CLEARED&status=CLEARED",
          "card=1",
        ] {
          #expect(try await daemon.get("/secure/authorizations?\(query)").status == 400, "\(query)")
        }

        let first = try #require(try all.json["data"][3]["id"].text)
        let one = try await daemon.get("/secure/authorizations/\(first)", partner: world.partner)
        let json = try one.json
        #expect(json["state"] == .string("AUTHORIZED"))
        #expect(json["actionCode"] == .string("0000"))
        #expect(json["reason"] == .string("APPROVED"))
        #expect(json["held"] == .int(300))
        #expect(json["kind"] == .string("AUTHORIZATION"))
        #expect(json["customerId"] == .string(world.customer))
        #expect(json["programId"] == .string(world.program))
        #expect(json["stan"] == .string("000000000004"))
        #expect(json["retrievalReference"] == .string("REF4"))
        #expect(json["terminal"] == .string("TERM0001"))
        #expect(json["acquirer"] == .string("123456"))
        #expect(json["mcc"] == .string("5411"))
        #expect(json["processingCode"] == .string("000000"))
        #expect(json["localTime"] == .string("2030-12-31T23:59:59"))
        #expect(json["approvalCode"].text?.count == 6)
        #expect(json["maskedPan"].text?.contains("******") == true)
        let hidden = try await daemon.get(
          "/secure/authorizations/\(first)",
          partner: other.partner
        )
        #expect(hidden.status == 404)
        #expect(hidden.code == "AUTHORIZATION_NOT_FOUND")
        #expect(try await daemon.get("/admin/authorizations/nonsense").status == 404)
      }
    }
  }
}
