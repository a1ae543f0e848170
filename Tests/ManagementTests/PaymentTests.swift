import Authorization
import CardCrypto
import Ledger
import Testing

@testable import Management

@Suite(.timeLimit(.minutes(2)))
struct PaymentTests {
  /// Runs a test with a network beside the interface.
  private func run(
    clock: VirtualClock? = nil,
    _ body: @Sendable @escaping (TestDaemon, TestNetwork) async throws -> Void
  ) async throws {
    let key = VaultKey.random()
    try await TestDaemon.withScratchDirectory { directory in
      try await TestDaemon.run(in: directory, key: key, clock: clock) { daemon in
        try await body(daemon, try TestNetwork(daemon, key: key))
      }
    }
  }

  private static func newest(_ daemon: TestDaemon) async throws -> String {
    try #require(try await daemon.get("/admin/transactions?limit=1").json["data"][0]["id"].text)
  }

  @Test func `a payment is one object with an entry for each thing that happened`() async throws {
    try await run { daemon, network in
      let world = try await World(daemon)
      _ = try await network.authorize(world.pan, 1000)
      let id = try await Self.newest(daemon)
      let fresh = try await daemon.get("/admin/authorizations/\(id)").json
      #expect(fresh["entryCount"] == .int(0))
      #expect(fresh["entries"].items.count == 1)
      let first = fresh["entries"][0]
      #expect(first["number"] == .int(0))
      #expect(first["kind"] == .string("AUTHORIZATION"))
      #expect(first["mti"] == .string("2100"))
      #expect(first["functionCode"] == .string("100"))
      #expect(first["reasonCode"] == .null)
      #expect(first["heldChange"] == .int(1000))
      #expect(first["expiresAt"] == fresh["expiresAt"])
      #expect(fresh["expiresAt"].text != nil)

      _ = try await network.follow(
        world.pan,
        1,
        600,
        kind: .clearing,
        .clearing,
        function: 201
      )
      _ = try await network.follow(
        world.pan,
        1,
        600,
        kind: .reversalAdvice,
        .reversal,
        function: 400,
        reasonCode: 4021
      )
      let json = try await daemon.get("/secure/transactions/\(id)", partner: world.partner).json
      #expect(json == (try await daemon.get("/admin/authorizations/\(id)").json))
      #expect(
        json["entries"].items.map { $0["kind"].text } == [
          "AUTHORIZATION", "CLEARING", "REVERSAL",
        ]
      )
      #expect(json["entries"].items.map { $0["number"].int } == [0, 1, 2])
      #expect(json["entries"][0]["state"] == .string("AUTHORIZED"))
      let clearing = json["entries"][1]
      #expect(clearing["mti"] == .string("2220"))
      #expect(clearing["actionCode"] == .string("9001"))
      #expect(clearing["heldChange"] == .int(-1000))
      #expect(clearing["bookedChange"] == .int(600))
      #expect(clearing["booked"] == .int(600))
      #expect(clearing["held"] == .int(0))
      #expect(clearing["state"] == .string("CLEARED"))
      #expect(json["entries"][2]["mti"] == .string("2420"))
      #expect(json["entries"][2]["reasonCode"] == .string("4021"))
      #expect(json["state"] == json["entries"][2]["state"])
      #expect(json["booked"] == json["entries"][2]["booked"])
      #expect(json["entryCount"] == .int(2))
      // Lists count and do not repeat.
      let row = try await daemon.get("/admin/transactions").json["data"][0]
      #expect(row["entryCount"] == .int(2))
      #expect(!row.names.contains("entries"))
    }
  }

  @Test func `the history is filtered by everything that people look for`() async throws {
    try await run { daemon, network in
      let world = try await World(daemon, user: 1000)
      let other = try await World(daemon)
      _ = try await network.authorize(world.pan, 100)
      _ = try await network.authorize(world.pan, 5000)
      _ = try await network.authorize(world.pan, 50, kind: .debit)
      _ = try await network.follow(world.pan, 1, 100, kind: .clearing, .clearing, function: 201)
      _ = try await network.authorize(other.pan, 60)
      _ = try await network.follow(
        other.pan,
        999,
        70,
        kind: .reversalAdvice,
        .reversal,
        function: 400
      )
      _ = try await network.follow(other.pan, 998, 80, kind: .clearing, .clearing, function: 201)

      func list(_ query: String) async throws -> [Int64] {
        let answer = try await daemon.get("/admin/transactions?\(query)")
        #expect(answer.status == 200, "\(query): \(answer.body)")
        return try answer.json["data"].items.compactMap { $0["amount"]["amount"].int }
      }
      #expect(try await list("") == [80, 70, 60, 50, 5000, 100])
      #expect(try await list("state=CLEARED,DECLINED") == [80, 50, 5000, 100])
      #expect(try await list("state=REVERSED") == [70])
      #expect(try await list("type=FINANCIAL") == [50])
      #expect(try await list("type=CLEARING,REVERSAL") == [80, 70])
      #expect(try await list("flag=UNMATCHED") == [70])
      #expect(try await list("flag=FORCE_POST,UNMATCHED") == [80, 70])
      #expect(try await list("customerId=\(world.customer)") == [50, 5000, 100])
      #expect(try await list("customerId=usr_0000000000zzz") == [])
      #expect(try await list("currency=EUR&minAmount=60&maxAmount=80") == [80, 70, 60])
      #expect(try await list("currency=USD") == [])
      #expect(try await list("reason=INSUFFICIENT_USER_FUNDS") == [5000])
      #expect(try await list("balanceId=\(world.balance)&state=CLEARED") == [50, 100])
      for query in [
        "state=CLEARED,", "type=HOLD", "flag=x", "currency=XXX", "minAmount=-1",
        "minAmount=5&maxAmount=4", "customerId=7", "maxAmount=1e3",
      ] {
        #expect(try await daemon.get("/admin/transactions?\(query)").status == 400, "\(query)")
      }

      let path = world.balancePath
      let own = try await daemon.get(path + "/transactions?state=CLEARED", partner: world.partner)
      #expect(try own.json["data"].items.count == 2)
      _ = try await network.authorize(world.pan, 30)
      let holds = try await daemon.get(path + "/holds", partner: world.partner).json
      #expect(holds["data"].items.map { $0["held"].int } == [30])
      #expect(holds["data"][0]["expiresAt"].text != nil)
      #expect(try await daemon.get(path + "/holds", partner: other.partner).status == 404)
      #expect(try await daemon.get(path + "/holds?state=CLEARED").status == 400)
      let foreign = "\(other.customerPath)/balances/\(world.balance)/transactions"
      #expect(try await daemon.get(foreign).code == "BALANCE_NOT_FOUND")
    }
  }

  @Test func `a trace tells cash back and surcharge`() async throws {
    try await run { daemon, network in
      let world = try await World(daemon, user: 1000)
      let euro = try #require(Currency(code: "EUR"))
      let details = PaymentDetails(
        purpose: .purchase,
        surcharge: Amount(minorUnits: 30, currency: euro),
        cashBack: Amount(minorUnits: 100, currency: euro)
      )
      _ = try await network.authorize(world.pan, 400, details: details)
      let id = try await Self.newest(daemon)
      let trace = try await daemon.get("/admin/authorizations/\(id)/trace").json
      let inputs = Dictionary(
        uniqueKeysWithValues: trace["checks"].items.map { ($0["check"].text, $0["inputs"]) }
      )
      #expect(inputs["CASH_BACK_WITHIN_LIMIT"]?["cashBack"]["amount"] == .int(100))
      #expect(inputs["SURCHARGE_PERMITTED"]?["surcharge"]["amount"] == .int(30))
      #expect(inputs["CARD_NOT_EXPIRED"]?["cardExpiry"] == .string("2049-12"))
      #expect(inputs["EXPIRY_MATCHES"]?["expiryAsked"] == .null)
    }
  }

  @Test func `a trace names every check with what it looked at`() async throws {
    try await run { daemon, network in
      let world = try await World(daemon, user: 1000)
      _ = try await network.authorize(world.pan, 400)
      let approved = try await Self.newest(daemon)
      let path = "/secure/authorizations/\(approved)/trace"
      let trace = try await daemon.get(path, partner: world.partner).json
      #expect(trace["actionCode"] == .string("0000"))
      #expect(trace["reason"] == .string("APPROVED"))
      #expect(trace["checks"].items.map { $0["check"].text } == DecisionCheck.allCases.map(\.name))
      #expect(trace["checks"].items.allSatisfy { $0["outcome"] == .string("PASSED") })
      let funds = trace["checks"].items.last
      #expect(funds?["check"] == .string("USER_FUNDS_COVER"))
      #expect(funds?["inputs"]["available"] == .int(1000))
      #expect(funds?["inputs"]["amount"]["amount"] == .int(400))
      let text = try await daemon.get(path + "?format=text")
      #expect(text.body.contains("0000 APPROVED"))
      #expect(text.body.contains("10.00 available, 4.00 asked"))
      #expect(text.headers["content-type"] == "text/plain; charset=utf-8")
      #expect(try await daemon.get(path + "?format=pdf").status == 400)

      _ = try await daemon.post(
        world.cardPath + "/lock",
        #"{"code":2}"#,
        partner: world.partner
      )
      let expiry = try #require(CardExpiry(yearMonth: 3101))
      _ = try await network.authorize(world.pan, 5000, expiry: expiry)
      let declined = try await Self.newest(daemon)
      let object = try await daemon.get("/admin/authorizations/\(declined)").json
      #expect(
        object["failedChecks"].items.map(\.text) == [
          "CARD_STOLEN", "CARD_EXPIRY_MISMATCH", "INSUFFICIENT_USER_FUNDS",
        ]
      )
      let refused = try await daemon.get("/admin/authorizations/\(declined)/trace").json
      let outcomes = Dictionary(
        uniqueKeysWithValues: refused["checks"].items.map { ($0["check"].text, $0) }
      )
      #expect(refused["reason"] == .string("CARD_STOLEN"))
      for check in ["CARD_UNLOCKED", "EXPIRY_MATCHES", "USER_FUNDS_COVER"] {
        #expect(outcomes[check]?["outcome"] == .string("FAILED"), "\(check)")
      }
      #expect(outcomes["CARD_UNLOCKED"]?["reason"] == .string("CARD_STOLEN"))
      #expect(outcomes["CARD_UNLOCKED"]?["inputs"]["lock"] == .int(2))
      let months = outcomes["EXPIRY_MATCHES"]?["inputs"]
      #expect(months?["cardExpiry"] == .string("2049-12"))
      #expect(months?["expiryAsked"] == .string("2031-01"))
      #expect(outcomes["DEPOSIT_COVERS"]?["outcome"] == .string("PASSED"))
      #expect(refused["checks"].items.filter { $0["outcome"] == .string("FAILED") }.count == 3)
      let lines = try await daemon.get("/admin/authorizations/\(declined)/trace?format=text").body
      #expect(lines.contains("lock 2"))
      #expect(!lines.contains(world.pan))

      _ = try await network.authorize("4999990000000004", 70)
      let unknown = try await Self.newest(daemon)
      let checks = try await daemon.get("/admin/authorizations/\(unknown)/trace").json["checks"]
      #expect(checks.items.filter { $0["outcome"] == .string("FAILED") }.count == 1)
      #expect(checks.items.last?["outcome"] == .string("NOT_REACHED"))
      let hidden = try await daemon.get(
        "/secure/authorizations/\(unknown)/trace",
        partner: world.partner
      )
      #expect(hidden.status == 404)
    }
  }

  @Test func `a hold is released once, for a reason that is kept`() async throws {
    try await run { daemon, network in
      let world = try await World(daemon, user: 1000)
      _ = try await network.authorize(world.pan, 400)
      let path = "/admin/authorizations/\(try await Self.newest(daemon))"
      for body in [nil, "{}", #"{"reason":""}"#, #"{"reason":"x","force":true}"#] {
        #expect(try await daemon.post(path + "/expire", body).status == 400)
      }
      #expect(try await daemon.get(world.balancePath).json["held"] == .int(400))
      let body = #"{"reason":"Hotel closed"}"#
      let answer = try await daemon.post(path + "/expire", body, key: "e1")
      #expect(answer.status == 200)
      let json = try answer.json
      #expect(json["state"] == .string("EXPIRED"))
      #expect(json["held"] == .int(0))
      #expect(json["entries"][1]["kind"] == .string("RELEASE"))
      #expect(json["entries"][1]["note"] == .string("Hotel closed"))
      #expect(json["entries"][1]["heldChange"] == .int(-400))
      #expect(try await daemon.get(world.balancePath).json["held"] == .int(0))
      // The same request again is the same answer; another one finds nothing.
      #expect(try await daemon.post(path + "/expire", body, key: "e1").body == answer.body)
      let again = try await daemon.post(path + "/expire", body)
      #expect(again.status == 409)
      #expect(again.code == "NOTHING_HELD")
      let none = try await daemon.post("/admin/authorizations/ath_0000000000zzz/expire", body)
      #expect(none.code == "AUTHORIZATION_NOT_FOUND")
      // What comes later has no hold to take from.
      _ = try await network.follow(world.pan, 1, 400, kind: .clearing, .clearing, function: 201)
      #expect(try await daemon.get(path).json["flags"].items.contains(.string("FORCE_POST")))
    }
  }

  @Test func `a dry run changes nothing and is what the message then gets`() async throws {
    try await run { daemon, network in
      let world = try await World(daemon, user: 1000)
      _ = try await network.authorize(world.pan, 100)
      let before = try await daemon.get("/admin/proof").json["asOfSequence"]
      func dryRun(_ body: String) async throws -> Answer {
        try await daemon.post("/admin/authorizations/dry-run", body)
      }
      let body =
        #"{"cardId":"\#(world.card)","amount":{"amount":400,"currency":"EUR"},"mcc":"5411"}"#
      let tried = try await dryRun(body)
      #expect(tried.status == 200, "\(tried.body)")
      let json = try tried.json
      #expect(json["actionCode"] == .string("0000"))
      #expect(json["held"] == .int(400))
      #expect(json["balance"]["before"]["available"] == .int(900))
      #expect(json["balance"]["after"]["available"] == .int(500))
      #expect(json["balance"]["after"]["ledger"] == .int(1000))
      #expect(json["deposit"]["before"]["held"] == .int(100))
      #expect(json["deposit"]["after"]["held"] == .int(500))
      #expect(json["trace"]["checks"].items.count == DecisionCheck.allCases.count)
      #expect(try await dryRun(body).json["balance"] == json["balance"])

      let byNumber = body.replacing(
        #""cardId":"\#(world.card)""#,
        with: #""pan":"\#(world.pan)""#
      )
      let named = try await dryRun(byNumber)
      #expect(try named.json["balance"] == json["balance"])
      #expect(try named.json["held"] == json["held"])
      #expect(!named.body.contains(world.pan))
      let short = body.replacing("400,", with: "901,")
      #expect(try await dryRun(short).json["reason"] == .string("INSUFFICIENT_USER_FUNDS"))
      let part = short.dropLast() + #","functionCode":"181"}"#
      let partly = try await dryRun(String(part)).json
      #expect(partly["actionCode"] == .string("0002"))
      #expect(partly["approved"]["amount"] == .int(900))
      #expect(partly["trace"]["checks"].items.last?["outcome"] == .string("FAILED"))
      let debit = try await dryRun(body.dropLast() + #","type":"2200"}"#).json
      #expect(debit["booked"] == .int(400))
      #expect(debit["balance"]["after"]["ledger"] == .int(600))
      let inquiry = try await dryRun(
        #"{"cardId":"\#(world.card)","processingCode":"300000"}"#
      ).json
      #expect(inquiry["flags"] == .array([.string("INQUIRY")]))
      for bad in [
        "{}", #"{"cardId":"\#(world.card)"}"#, body.dropLast() + #","functionCode":"187"}"#,
        body.dropLast() + #","pan":"\#(world.pan)"}"#, body.dropLast() + #","mcc":"54"}"#,
        body.dropLast() + #","type":"2420"}"#,
      ] {
        #expect(try await dryRun(String(bad)).status == 400, "\(bad)")
      }
      #expect(try await daemon.get("/admin/proof").json["asOfSequence"] == before)
      #expect(try await daemon.get(world.balancePath).json["held"] == .int(100))

      // The real one: the same answer, and the balances that were foretold.
      _ = try await network.authorize(world.pan, 400)
      let real = try await daemon.get(
        "/admin/authorizations/\(try await Self.newest(daemon))"
      ).json
      for name in ["actionCode", "reason", "held", "booked", "flags", "failedChecks", "amount"] {
        #expect(real[name] == json[name], "\(name)")
      }
      let balance = try await daemon.get(world.balancePath).json
      #expect(balance["available"] == json["balance"]["after"]["available"])
      #expect(balance["held"] == json["balance"]["after"]["held"])
    }
  }

  @Test func `a leap of seven days ends the hold that has run out, once`() async throws {
    try await run(clock: VirtualClock()) { daemon, network in
      let world = try await World(daemon, user: 1000)
      let clock = try await daemon.get("/admin/clock").json
      #expect(clock["virtual"] == .bool(true))
      #expect(try await daemon.get("/version").json["virtualClock"] == .bool(true))
      _ = try await network.authorize(world.pan, 100)
      _ = try await network.authorize(world.pan, 200, category: 7011)
      func advance(_ body: String) async throws -> Answer {
        try await daemon.post("/admin/clock/advance", body)
      }
      #expect(try await advance(#"{"seconds":604790}"#).json["expired"] == .int(0))
      #expect(try await daemon.get(world.balancePath).json["held"] == .int(300))
      #expect(try await advance(#"{"seconds":20}"#).json["expired"] == .int(1))
      #expect(try await daemon.get(world.balancePath).json["held"] == .int(200))
      #expect(try await advance(#"{"seconds":0}"#).json["expired"] == .int(0))
      let ended = try await daemon.get("/admin/transactions?state=EXPIRED").json["data"]
      #expect(ended.items.map { $0["amount"]["amount"].int } == [100])
      let now = try #require(try await daemon.get("/admin/clock").json["now"].text)
      let then = try #require(Instant(rfc3339: now)).advanced(bySeconds: 24 * 86_400)
      let leapt = try await advance(#"{"to":"\#(then.rfc3339)"}"#)
      #expect(try leapt.json["expired"] == .int(1))
      #expect(try leapt.json["now"].text.map { $0 >= then.rfc3339 } == true)
      #expect(try await daemon.get(world.balancePath).json["held"] == .int(0))
      for body in [
        "{}", #"{"seconds":-1}"#, #"{"to":"\#(now)"}"#, #"{"seconds":1,"to":"\#(now)"}"#,
        #"{"seconds":9999999999}"#, #"{"to":"later"}"#,
      ] {
        #expect(try await advance(body).status == 400, "\(body)")
      }
    }
  }

  @Test func `the machine's clock cannot be set forward`() async throws {
    try await TestDaemon.run { daemon in
      #expect(try await daemon.get("/admin/clock").json["virtual"] == .bool(false))
      let answer = try await daemon.post("/admin/clock/advance", #"{"seconds":1}"#)
      #expect(answer.status == 409)
      #expect(answer.code == "CLOCK_NOT_VIRTUAL")
    }
  }
}
