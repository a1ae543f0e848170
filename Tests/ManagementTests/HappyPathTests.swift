import Ledger
import Testing

@testable import Management

@Suite(.timeLimit(.minutes(2)))
struct HappyPathTests {
  @Test func `the life of a card runs through every call of the contract`() async throws {
    try await TestDaemon.run { daemon in
      let partner = try await daemon.post("/admin/partners", #"{"name":"Acme"}"#)
      #expect(partner.status == 201)
      #expect(partner.id.hasPrefix("prt_"))
      #expect(try partner.json["name"] == .string("Acme"))
      #expect(partner.headers["content-type"] == "application/json")
      #expect(partner.headers["x-request-id"]?.hasPrefix("req_") == true)

      let program = try await daemon.post(
        "/admin/programs",
        """
        {"partnerId":"\(partner.id)","name":"Acme EUR","binRange":{"from":"400000000","to":"400000999"},
         "currency":"EUR","funding":"DEPOSIT","remoteURL":null}
        """
      )
      #expect(program.status == 201)
      #expect(program.id.hasPrefix("prg_"))
      #expect(try program.json["binRange"]["to"] == .string("400000999"))

      for kind in ["deposit", "credit"] {
        let path = "/admin/partners/\(partner.id)/\(kind)-balance"
        let opened = try await daemon.post(path, #"{"currency":"EUR"}"#)
        #expect(opened.status == 201)
        #expect(opened.id.hasPrefix("pbl_"))
        #expect(try opened.json["kind"] == .string(kind.uppercased()))
        #expect(try opened.json["ledger"] == .int(0))
        #expect(try opened.json["available"] == .int(0))
        let again = try await daemon.post(path, #"{"currency":"EUR"}"#)
        #expect(again.status == 409)
        #expect(again.code == "PARTNER_BALANCE_EXISTS")
        let reload = try await daemon.post(
          path + "/reload",
          #"{"amount":{"amount":1000000,"currency":"EUR"},"bankReference":"wire \#(kind)"}"#,
          key: "r-\(kind)"
        )
        #expect(reload.status == 200)
        #expect(try reload.json["ledger"] == .int(1_000_000))
        let used = try await daemon.post(
          path + "/reload",
          #"{"amount":{"amount":1000000,"currency":"EUR"},"bankReference":"wire \#(kind)"}"#,
          key: "r2-\(kind)"
        )
        #expect(used.status == 409)
        #expect(used.code == "BANK_REFERENCE_USED")
        #expect(used.field == "bankReference")
        let shown = try await daemon.get(path + "?currency=EUR")
        #expect(shown.status == 200)
        #expect(try shown.json == reload.json)
        let own = try await daemon.get("/secure/partner/\(kind)-balance", partner: partner.id)
        #expect(try own.json == reload.json)
      }
      let balances = try await daemon.get("/admin/partners/\(partner.id)/balances")
      #expect(try balances.json["data"].items.count == 2)

      let customer = try await daemon.post(
        "/secure/customers",
        #"{"externalId":"1001","firstName":"Zoë","lastName":"O\"Neil","phone":"+48 600","email":"a@b"}"#,
        partner: partner.id
      )
      #expect(customer.status == 201)
      #expect(customer.id.hasPrefix("usr_"))
      #expect(try customer.json["lastName"] == .string("O\"Neil"))
      #expect(try customer.json["firstName"] == .string("Zoë"))
      let path = "/secure/customers/\(customer.id)"
      let taken = try await daemon.post(
        "/secure/customers",
        #"{"externalId":"1001"}"#,
        partner: partner.id
      )
      #expect(taken.status == 409)
      #expect(taken.code == "USER_EXISTS")

      let open = #"{"programId":"\#(program.id)","currency":"EUR"}"#
      let early = try await daemon.post(path + "/balances", open)
      #expect(early.status == 422)
      #expect(early.code == "KYC_REQUIRED")
      let kyc = try await daemon.call(
        "PUT",
        path + "/kyc",
        #"{"status":"ACCEPTED","level":"STRONG","source":"PARTNER"}"#
      )
      #expect(kyc.status == 200)
      #expect(try kyc.json["level"] == .string("STRONG"))
      #expect(try await daemon.get(path + "/kyc").json == kyc.json)
      let foreign = try await daemon.post(
        path + "/balances",
        #"{"programId":"\#(program.id)","currency":"PLN"}"#
      )
      #expect(foreign.status == 422)
      #expect(foreign.code == "CURRENCY_NOT_SUPPORTED")

      let balance = try await daemon.post(path + "/balances", open)
      #expect(balance.status == 201)
      #expect(balance.id.hasPrefix("bal_"))
      #expect(try balance.json["state"] == .string("ACTIVE"))
      #expect(try balance.json["held"] == .int(0))
      let reload = try await daemon.post(
        path + "/balances/\(balance.id)/reload",
        #"{"amount":{"amount":5000,"currency":"EUR"},"reference":"x"}"#,
        key: "k"
      )
      #expect(reload.status == 200)
      #expect(try reload.json["available"] == .int(5000))
      let shown = try await daemon.get(path + "/balances/\(balance.id)")
      #expect(try shown.json["ledger"] == .int(5000))
      #expect(try shown.json["cards"] == .array([]))
      #expect(try await daemon.get("/admin/balances/\(balance.id)").json == shown.json)
      #expect(try await daemon.get(path + "/balances").json["data"][0]["id"] == .string(balance.id))
    }
  }

  @Test func `a balance is blocked, unblocked and closed`() async throws {
    try await TestDaemon.run { daemon in
      let world = try await World(daemon)
      #expect(
        try await daemon.post(world.balancePath + "/block").json["state"] == .string("BLOCKED")
      )
      #expect(
        try await daemon.post(world.balancePath + "/unblock").json["state"] == .string("ACTIVE")
      )
      let full = try await daemon.post(world.balancePath + "/close")
      #expect(full.status == 409)
      #expect(full.code == "BALANCE_NOT_EMPTY")
      let opened = try await daemon.post(
        world.customerPath + "/balances",
        #"{"programId":"\#(world.program)","currency":"EUR"}"#
      )
      let path = world.customerPath + "/balances/\(opened.id)"
      #expect(try await daemon.post(path + "/close", "{}").json["state"] == .string("CLOSED"))
      #expect(try await daemon.post(path + "/unblock").code == "BALANCE_CLOSED")
    }
  }

  @Test func `a card is shown, activated and removed for good`() async throws {
    try await TestDaemon.run { daemon in
      let world = try await World(daemon)
      let card = try await world.addCard(2, state: "INACTIVE")
      let path = world.customerPath + "/cards/\(card)"
      let shown = try await daemon.get(path)
      #expect(try shown.json["state"] == .string("INACTIVE"))
      #expect(try shown.json["type"] == .string("PHYSICAL"))
      #expect(try shown.json["expiry"] == .string("2049-12"))
      #expect(try shown.json["lock"] == .null)
      #expect(try shown.json["balanceId"] == .string(world.balance))
      let masked = try #require(try shown.json["maskedPan"].text)
      #expect(masked.count == 16 && masked.contains("******"))
      #expect(try await daemon.post(path + "/activate").json["state"] == .string("ACTIVE"))
      let twice = try await daemon.post(path + "/activate")
      #expect(twice.status == 409)
      #expect(twice.code == "CARD_ALREADY_ACTIVE")
      #expect(try await daemon.get(world.customerPath + "/cards").json["data"].items.count == 2)
      #expect(try await daemon.get(world.balancePath).json["cards"].items.count == 2)

      let removed = try await daemon.call(
        "DELETE",
        "/secure/lifecycle/customers/\(world.customer)/cards/\(card)"
      )
      #expect(removed.status == 204)
      #expect(removed.body.isEmpty)
      #expect(try await daemon.get(path).json["state"] == .string("REMOVED"))
      for action in ["lock", "unlock", "activate"] {
        let answer = try await daemon.post(
          path + "/\(action)",
          action == "lock" ? #"{"code":3}"# : nil
        )
        #expect(answer.status == 404, "\(action)")
      }
      let again = try await daemon.call(
        "DELETE",
        "/secure/lifecycle/customers/\(world.customer)/cards/\(card)"
      )
      #expect(again.status == 404)
    }
  }

  @Test func `lists are cut into pages that follow one another`() async throws {
    try await TestDaemon.run { daemon in
      for number in 1...5 {
        _ = try await daemon.post("/admin/partners", #"{"name":"P\#(number)"}"#)
      }
      var names: [String] = []
      var path = "/admin/partners?limit=2"
      while true {
        let page = try await daemon.get(path).json
        names += page["data"].items.compactMap { $0["name"].text }
        guard let next = page["next"].text else {
          #expect(page["hasMore"] == .bool(false))
          break
        }
        #expect(page["hasMore"] == .bool(true))
        path = "/admin/partners?limit=2&after=\(next)"
      }
      #expect(names == ["P1", "P2", "P3", "P4", "P5"])
      for query in ["limit=0", "limit=201", "limit=x", "after=x", "limit=1&limit=2", "page=1"] {
        #expect(try await daemon.get("/admin/partners?\(query)").status == 400, "\(query)")
      }
    }
  }

  @Test func `the summary and the proof agree with what was booked`() async throws {
    try await TestDaemon.run { daemon in
      _ = try await World(daemon, deposit: 700, user: 300)
      _ = try await World(daemon, funding: "CREDIT", deposit: 1000, user: 400)
      let summary = try await daemon.get("/admin/summary").json
      let row = summary["currencies"][0]
      #expect(row["currency"] == .string("EUR"))
      #expect(row["users"] == .int(700))
      #expect(row["deposit"] == .int(700))
      #expect(row["credit"] == .int(600))
      #expect(row["wallet"] == .int(2000))
      #expect(
        try await daemon.get("/admin/summary/users").json["currencies"][0]["users"] == .int(700)
      )
      #expect(
        try await daemon.get("/admin/summary/wallet").json["currencies"][0]["wallet"] == .int(2000)
      )
      let proof = try await daemon.get("/admin/proof").json
      #expect(proof["consistent"] == .bool(true))
      #expect(proof["differences"] == .array([]))
      #expect(proof["asOfSequence"] == summary["asOfSequence"])
      #expect(proof["chainHead"].text?.count == 64)
      let sums = proof["currencies"][0]
      #expect(sums["users"] == .int(700))
      #expect(sums["deposits"] == .int(700))
      #expect(sums["credits"] == .int(600))
      #expect(sums["bank"] == .int(-2000))
      #expect(sums["sum"] == .int(0))
    }
  }

  @Test func `one proof runs at a time, and the others are told to come back`() async throws {
    try await TestDaemon.run { daemon in
      _ = try await World(daemon)
      let answers = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<20 {
          group.addTask {
            let answer = try await daemon.get("/admin/proof")
            return "\(answer.status) \(answer.code)"
          }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(answers.contains("200 "))
      #expect(answers.subtracting(["200 ", "503 PROOF_RUNNING"]).isEmpty)
    }
  }

  @Test func `the process says how it is`() async throws {
    try await TestDaemon.run { daemon in
      #expect(try await daemon.get("/healthz").status == 200)
      let ready = try await daemon.get("/readyz")
      #expect(ready.status == 200)
      #expect(try ready.json["openLinks"] == .int(2))
      let version = try await daemon.get("/version").json
      #expect(version["name"] == .string("holdfast"))
      #expect(version["version"] == .string("1.2.3"))
      #expect(version["schema"] == .int(1))
      #expect(version["startedAt"] == .string("2030-03-17T17:46:40.000Z"))
      let metrics = try await daemon.get("/metrics")
      #expect(metrics.headers["content-type"]?.hasPrefix("text/plain") == true)
      #expect(metrics.body.contains("\nholdfast_queue_depth 0\n"))
      #expect(metrics.body.contains(#"holdfast_file_bytes{file="journal"} "#))
      #expect(metrics.body.contains(#"holdfast_management_requests_total{status="2xx"} 3"#))
      daemon.ledger.stop()
      #expect(try await daemon.get("/healthz").status == 200)
      #expect(try await daemon.get("/readyz").status == 503)
      let refused = try await daemon.post("/admin/partners", #"{"name":"x"}"#)
      #expect(refused.status == 503)
      #expect(refused.code == "STOPPED")
    }
    try await TestDaemon.run(links: { LinkReadiness(isListening: false, openLinks: 0) }) { daemon in
      let answer = try await daemon.get("/readyz")
      #expect(answer.status == 503)
    }
  }
}
