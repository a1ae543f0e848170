import Testing

@testable import Management

@Suite(.timeLimit(.minutes(2)))
struct ScopeTests {
  @Test func `what belongs to one partner does not exist for another`() async throws {
    try await TestDaemon.run { daemon in
      let mine = try await World(daemon)
      let theirs = try await World(daemon)
      let lifecycle = "/secure/lifecycle/customers/\(theirs.customer)/cards/\(theirs.card)"
      let reload = #"{"amount":{"amount":5,"currency":"EUR"},"reference":"r"}"#
      let calls: [(String, String, String?)] = [
        ("GET", theirs.customerPath, nil), ("GET", theirs.customerPath + "/kyc", nil),
        ("PUT", theirs.customerPath + "/kyc", #"{"status":"REJECTED"}"#),
        ("GET", theirs.customerPath + "/balances", nil),
        (
          "POST", theirs.customerPath + "/balances",
          #"{"programId":"\#(theirs.program)","currency":"EUR"}"#
        ),
        ("GET", theirs.balancePath, nil), ("POST", theirs.balancePath + "/reload", reload),
        ("POST", theirs.balancePath + "/block", nil), ("POST", theirs.balancePath + "/close", nil),
        ("POST", theirs.balancePath + "/unblock", nil),
        ("GET", theirs.customerPath + "/cards", nil),
        ("GET", theirs.cardPath, nil), ("POST", theirs.cardPath + "/lock", #"{"code":3}"#),
        ("POST", theirs.cardPath + "/unlock", nil), ("POST", theirs.cardPath + "/activate", nil),
        ("DELETE", lifecycle, nil),
        // A user of the caller's, with an object of somebody else's.
        ("GET", "\(mine.customerPath)/balances/\(theirs.balance)", nil),
        ("GET", "\(mine.customerPath)/cards/\(theirs.card)", nil),
        ("POST", "\(mine.customerPath)/cards/\(theirs.card)/lock", #"{"code":3}"#),
        ("POST", "\(mine.customerPath)/balances/\(theirs.balance)/reload", reload),
        (
          "POST", mine.customerPath + "/balances",
          #"{"programId":"\#(theirs.program)","currency":"EUR"}"#
        ),
      ]
      for (index, (method, path, body)) in calls.enumerated() {
        let answer = try await daemon.call(
          method,
          path,
          body,
          partner: mine.partner,
          key: "scope-\(index)"
        )
        #expect(answer.status == 404, "\(method) \(path): \(answer.body)")
        #expect(!answer.body.contains("Acme"), "\(path)")
      }
      #expect(try await daemon.get(theirs.cardPath).json["state"] == .string("ACTIVE"))
      #expect(try await daemon.get(theirs.balancePath).json["ledger"] == .int(10_000))
      #expect(try await daemon.get(theirs.balancePath, partner: theirs.partner).status == 200)

      let own = try await daemon.get("/secure/customers", partner: mine.partner).json["data"].items
      #expect(own.compactMap { $0["id"].text } == [mine.customer])
      #expect(try await daemon.get("/admin/customers").json["data"].items.count == 2)
    }
  }

  @Test func `a call for a partner names one that exists`() async throws {
    try await TestDaemon.run { daemon in
      for partner in ["prt_000000000zzzz", "x", "usr_0000000000001"] {
        let answer = try await daemon.get("/secure/customers", partner: partner)
        #expect(answer.status == 404)
        #expect(answer.code == "PARTNER_NOT_FOUND")
        #expect(answer.field == "X-Partner")
      }
      for (method, path) in [
        ("POST", "/secure/customers"), ("GET", "/secure/partner/deposit-balance"),
        ("GET", "/secure/partner/credit-balance"),
      ] {
        let answer = try await daemon.call(method, path, method == "POST" ? "{}" : nil)
        #expect(answer.status == 400)
        #expect(answer.code == "PARTNER_REQUIRED")
      }
    }
  }
}
