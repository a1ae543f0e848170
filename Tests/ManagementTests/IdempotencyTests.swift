import CardCrypto
import Testing

@testable import Management

@Suite(.timeLimit(.minutes(2)))
struct IdempotencyTests {
  @Test func `the same request twice gets the same answer and happens once`() async throws {
    let key = VaultKey.random()
    try await TestDaemon.withScratchDirectory { directory in
      try await TestDaemon.run(in: directory, key: key) { daemon in
        _ = try await World(daemon)
      }
      // The ledger was closed and opened again: what follows starts from its files.
      try await TestDaemon.run(in: directory, key: key) { daemon in
        let partner = try #require(
          try await daemon.get("/admin/partners").json["data"][0]["id"].text
        )
        let customer = try #require(
          try await daemon.get("/admin/customers").json["data"][0]["id"].text
        )
        let path = "/secure/customers/\(customer)"
        let balance = try #require(
          try await daemon.get(path + "/balances").json["data"][0]["id"].text
        )
        let reload = path + "/balances/\(balance)/reload"
        let body = #"{"amount":{"amount":5,"currency":"EUR"},"reference":"r"}"#
        let first = try await daemon.post(reload, body, key: "k1")
        #expect(try first.json["ledger"] == .int(10_005))
        let second = try await daemon.post(reload, body, key: "k1")
        #expect(second.status == first.status)
        #expect(second.body == first.body)
        // Other spelling, same content.
        let spaced = try await daemon.post(
          reload,
          #" {"reference":"\u0072", "amount":{"currency":"EUR","amount":5}} "#,
          key: "k1"
        )
        #expect(spaced.body == first.body)
        for other in [
          #"{"amount":{"amount":6,"currency":"EUR"},"reference":"r"}"#,
          #"{"amount":{"amount":5,"currency":"EUR"},"reference":"R"}"#,
        ] {
          let conflict = try await daemon.post(reload, other, key: "k1")
          #expect(conflict.status == 409)
          #expect(conflict.code == "IDEMPOTENCY_CONFLICT")
        }
        let elsewhere = try await daemon.post("/admin/partners", #"{"name":"x"}"#, key: "k1")
        #expect(elsewhere.code == "IDEMPOTENCY_CONFLICT")
        // A partner's keys are its own.
        let scoped = try await daemon.post(reload, body, partner: partner, key: "k1")
        #expect(try scoped.json["ledger"] == .int(10_010))

        // A refusal is remembered too.
        let weak = #"{"amount":{"amount":0,"currency":"EUR"},"reference":"r"}"#
        let refused = try await daemon.post(reload, weak, key: "k2")
        #expect(refused.status == 422)
        let again = try await daemon.post(reload, weak, key: "k2")
        #expect(again.status == 422)
        #expect(again.code == refused.code)

        let made = try await daemon.post("/admin/partners", #"{"name":"Once"}"#, key: "k3")
        #expect(made.status == 201)
        #expect(
          try await daemon.post("/admin/partners", #"{"name":"Once"}"#, key: "k3").id == made.id
        )
      }
      try await TestDaemon.run(in: directory, key: key) { daemon in
        let made = try await daemon.post("/admin/partners", #"{"name":"Once"}"#, key: "k3")
        #expect(made.status == 201)
        let partners = try await daemon.get("/admin/partners").json["data"].items
        #expect(partners.filter { $0["name"] == .string("Once") }.count == 1)
        #expect(partners.last?["id"] == .string(made.id))
        let other = try await daemon.post("/admin/partners", #"{"name":"Twice"}"#, key: "k3")
        #expect(other.code == "IDEMPOTENCY_CONFLICT")
      }
    }
  }

  @Test func `fifty at once under one key happen once`() async throws {
    try await TestDaemon.run { daemon in
      let world = try await World(daemon)
      let bodies = try await withThrowingTaskGroup(of: Answer.self) { group in
        for _ in 1...50 {
          group.addTask {
            try await daemon.post(
              world.balancePath + "/reload",
              #"{"amount":{"amount":7,"currency":"EUR"},"reference":"r"}"#,
              key: "same"
            )
          }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert("\($1.status) \($1.body)") }
      }
      #expect(bodies.count == 1)
      #expect(try await daemon.get(world.balancePath).json["ledger"] == .int(10_007))
    }
  }

  @Test func `a removed card's key answers again with nothing`() async throws {
    try await TestDaemon.run { daemon in
      let world = try await World(daemon)
      let path = "/secure/lifecycle/customers/\(world.customer)/cards/\(world.card)"
      #expect(try await daemon.call("DELETE", path, key: "gone").status == 204)
      #expect(try await daemon.call("DELETE", path, key: "gone").status == 204)
      #expect(try await daemon.call("DELETE", path, key: "other").status == 404)
    }
  }

  @Test func `a thousand top-ups of one on a credit of five hundred succeed five hundred times`()
    async throws
  {
    try await TestDaemon.run { daemon in
      let world = try await World(daemon, funding: "CREDIT", deposit: 500, user: 0)
      let codes = try await withThrowingTaskGroup(of: [String].self) { group in
        for worker in 0..<20 {
          group.addTask {
            var codes: [String] = []
            for number in 0..<50 {
              let answer = try await daemon.post(
                world.balancePath + "/reload",
                #"{"amount":{"amount":1,"currency":"EUR"},"reference":"r"}"#,
                key: "\(worker)-\(number)"
              )
              codes.append(answer.status == 200 ? "ok" : "\(answer.status) \(answer.code)")
            }
            return codes
          }
        }
        return try await group.reduce(into: [String: Int]()) { counts, codes in
          for code in codes { counts[code, default: 0] += 1 }
        }
      }
      #expect(codes == ["ok": 500, "422 INSUFFICIENT_PARTNER_FUNDS": 500])
      #expect(try await daemon.get(world.balancePath).json["ledger"] == .int(500))
      let credit = try await daemon.get("/admin/partners/\(world.partner)/credit-balance").json
      #expect(credit["ledger"] == .int(0))
      #expect(try await daemon.get("/admin/proof").json["consistent"] == .bool(true))
    }
  }
}
