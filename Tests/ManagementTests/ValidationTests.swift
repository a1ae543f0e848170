import Testing

@testable import Management

@Suite(.timeLimit(.minutes(2)))
struct ValidationTests {
  /// A body that must be refused: what is wrong, where, under which code.
  struct Case {
    var body: String
    var field: String
    var code = "INVALID_MEMBER"
  }

  static let long = String(repeating: "x", count: 201)

  /// Bodies that are wrong whatever the member: for calls with a body.
  static let syntax: [Case] = [
    Case(body: "", field: "", code: "INVALID_JSON"),
    Case(body: "{", field: "", code: "INVALID_JSON"),
    Case(body: "{}x", field: "", code: "INVALID_JSON"),
    Case(body: #"{"a":1,"a":2}"#, field: "", code: "INVALID_JSON"),
    Case(body: "[]", field: ""),
    Case(body: "1", field: ""),
    Case(body: #"{"surprise":1}"#, field: "surprise", code: "UNKNOWN_MEMBER"),
  ]

  private func check(
    _ daemon: TestDaemon,
    _ method: String,
    _ path: String,
    _ cases: [Case],
    partner: String? = nil
  ) async throws {
    for wrong in Self.syntax + cases {
      let answer = try await daemon.call(method, path, wrong.body, partner: partner, key: "v")
      #expect(answer.status == 400, "\(path) \(wrong.body): \(answer.body)")
      #expect(answer.code == wrong.code, "\(path) \(wrong.body)")
      #expect(answer.field == wrong.field, "\(path) \(wrong.body)")
      let error = try answer.json["error"]
      #expect(error["retryable"] == .bool(false))
      #expect(error["requestId"] == .string(answer.headers["x-request-id"] ?? ""))
    }
  }

  private static func texts(_ name: String, _ rest: String = "") -> [Case] {
    ["1", "true", "[]", "{}", "\"\"", "\"\(long)\"", #""a\u0000b""#, #""a\nb""#, #""\u0085""#].map {
      Case(body: "{\"\(name)\":\($0)\(rest)}", field: name)
    }
  }

  @Test func `a partner needs a name`() async throws {
    try await TestDaemon.run { daemon in
      try await check(
        daemon,
        "POST",
        "/admin/partners",
        [Case(body: "{}", field: "name"), Case(body: #"{"name":null}"#, field: "name")]
          + Self.texts("name")
      )
    }
  }

  @Test func `a programme needs all that it is made from`() async throws {
    try await TestDaemon.run { daemon in
      let partner = try await daemon.post("/admin/partners", #"{"name":"Acme"}"#).id
      let good: [(String, String)] = [
        ("partnerId", "\"\(partner)\""), ("name", "\"N\""),
        ("binRange", #"{"from":"400000000","to":"400000999"}"#), ("currency", "\"EUR\""),
        ("funding", "\"DEPOSIT\""),
      ]
      func body(_ name: String, _ value: String?) -> String {
        let members = good.filter { $0.0 != name } + (value.map { [(name, $0)] } ?? [])
        return "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
      }
      var cases = good.map { Case(body: body($0.0, nil), field: $0.0) }
      let wrong: [(String, String, String)] = [
        ("partnerId", "\"prt_x\"", "partnerId"),
        ("partnerId", "\"usr_0000000000001\"", "partnerId"),
        ("partnerId", "7", "partnerId"), ("currency", "\"XXX\"", "currency"),
        ("currency", "\"eur\"", "currency"), ("currency", "978", "currency"),
        ("funding", "\"deposit\"", "funding"), ("funding", "true", "funding"),
        ("binRange", "\"400000000\"", "binRange"), ("binRange", "{}", "binRange.from"),
        ("binRange", #"{"from":"40000000","to":"400000999"}"#, "binRange.from"),
        ("binRange", #"{"from":400000000,"to":"400000999"}"#, "binRange.from"),
        ("binRange", #"{"from":"40000000x","to":"400000999"}"#, "binRange.from"),
        ("binRange", #"{"from":"400000001","to":"400000000"}"#, "binRange.to"),
        ("remoteURL", "\"ftp://x\"", "remoteURL"), ("remoteURL", "1", "remoteURL"),
        ("insufficientDepositCode", "\"1018\"", "insufficientDepositCode"),
        ("insufficientDepositCode", "1016", "insufficientDepositCode"),
        ("requiredKycLevel", "\"SOME\"", "requiredKycLevel"),
      ]
      cases += wrong.map { Case(body: body($0.0, $0.1), field: $0.2) }
      cases.append(
        Case(
          body: body("binRange", #"{"from":"400000000","to":"400000999","x":1}"#),
          field: "binRange.x",
          code: "UNKNOWN_MEMBER"
        )
      )
      try await check(daemon, "POST", "/admin/programs", cases)
      let unknown = try await daemon.post(
        "/admin/programs",
        body("partnerId", "\"prt_000000000000z\"")
      )
      #expect(unknown.status == 404)
      #expect(unknown.code == "PARTNER_NOT_FOUND")
      #expect(try await daemon.post("/admin/programs", body("", nil)).status == 201)
      let overlap = try await daemon.post("/admin/programs", body("", nil))
      #expect(overlap.status == 409)
      #expect(overlap.code == "BIN_RANGE_OVERLAP")
    }
  }

  @Test func `money is a whole number of minor units with a currency`() async throws {
    try await TestDaemon.run { daemon in
      let world = try await World(daemon)
      let amounts: [(String, String)] = [
        ("null", "amount"), ("5", "amount"), ("\"5\"", "amount"), ("[]", "amount"),
        ("{}", "amount.amount"), (#"{"amount":5}"#, "amount.currency"),
        (#"{"amount":12.5,"currency":"EUR"}"#, "amount.amount"),
        (#"{"amount":5.0,"currency":"EUR"}"#, "amount.amount"),
        (#"{"amount":5e1,"currency":"EUR"}"#, "amount.amount"),
        (#"{"amount":"12","currency":"EUR"}"#, "amount.amount"),
        (#"{"amount":true,"currency":"EUR"}"#, "amount.amount"),
        (#"{"amount":-1,"currency":"EUR"}"#, "amount.amount"),
        (#"{"amount":1000000000000,"currency":"EUR"}"#, "amount.amount"),
        (#"{"amount":99999999999999999999,"currency":"EUR"}"#, "amount.amount"),
        (#"{"amount":5,"currency":"EURO"}"#, "amount.currency"),
        (#"{"amount":5,"currency":"XTS"}"#, "amount.currency"),
        (#"{"amount":5,"currency":978}"#, "amount.currency"),
      ]
      let targets = [
        (world.balancePath + "/reload", "reference"),
        ("/admin/balances/\(world.balance)/reload", "reference"),
        ("/admin/partners/\(world.partner)/deposit-balance/reload", "bankReference"),
        ("/admin/partners/\(world.partner)/credit-balance/reload", "bankReference"),
      ]
      for (path, reference) in targets {
        var cases = amounts.map {
          Case(body: "{\"amount\":\($0.0),\"\(reference)\":\"r\"}", field: $0.1)
        }
        let good = #""amount":{"amount":5,"currency":"EUR"}"#
        cases.append(Case(body: "{\(good)}", field: reference))
        cases += Self.texts(reference, ",\(good)")
        cases.append(
          Case(
            body: #"{"amount":{"amount":5,"currency":"EUR","x":1},"\#(reference)":"r"}"#,
            field: "amount.x",
            code: "UNKNOWN_MEMBER"
          )
        )
        try await check(daemon, "POST", path, cases)
        let zero = try await daemon.post(
          path,
          #"{"amount":{"amount":0,"currency":"EUR"},"\#(reference)":"r"}"#,
          key: "zero \(path)".replacing(" ", with: "")
        )
        #expect(zero.status == 422)
        #expect(zero.code == "AMOUNT_INVALID")
        let keyless = try await daemon.post(path, #"{\#(good),"\#(reference)":"r"}"#)
        #expect(keyless.status == 400)
        #expect(keyless.code == "IDEMPOTENCY_KEY_REQUIRED")
        #expect(keyless.field == "X-Idempotency-Key")
        let long = try await daemon.post(
          path,
          #"{\#(good),"\#(reference)":"r"}"#,
          key: String(repeating: "k", count: 129)
        )
        #expect(long.code == "IDEMPOTENCY_KEY_INVALID")
      }
      let currency = try await daemon.post(
        world.balancePath + "/reload",
        #"{"amount":{"amount":5,"currency":"PLN"},"reference":"r"}"#,
        key: "pln"
      )
      #expect(currency.status == 422)
      #expect(currency.code == "CURRENCY_MISMATCH")
      #expect(try await daemon.get(world.balancePath).json["ledger"] == .int(10_000))
    }
  }

  @Test func `users, identity checks and balances are read strictly`() async throws {
    try await TestDaemon.run { daemon in
      let world = try await World(daemon)
      let members = ["externalId", "firstName", "lastName", "phone", "email"]
      try await check(
        daemon,
        "POST",
        "/secure/customers",
        members.flatMap { Self.texts($0) },
        partner: world.partner
      )
      try await check(
        daemon,
        "PUT",
        world.customerPath + "/kyc",
        [
          Case(body: "{}", field: "status"), Case(body: #"{"status":"OK"}"#, field: "status"),
          Case(body: #"{"status":"ACCEPTED"}"#, field: "level"),
          Case(body: #"{"status":"ACCEPTED","level":2}"#, field: "level"),
          Case(body: #"{"status":"ACCEPTED","level":"STRONG","source":"ME"}"#, field: "source"),
        ]
      )
      try await check(
        daemon,
        "POST",
        world.customerPath + "/balances",
        [
          Case(body: #"{"currency":"EUR"}"#, field: "programId"),
          Case(body: #"{"programId":"bal_0000000000001","currency":"EUR"}"#, field: "programId"),
          Case(body: #"{"programId":"\#(world.program)"}"#, field: "currency"),
          Case(body: #"{"programId":"\#(world.program)","currency":"E"}"#, field: "currency"),
        ]
      )
      try await check(
        daemon,
        "POST",
        "/admin/partners/\(world.partner)/credit-balance",
        [Case(body: "{}", field: "currency"), Case(body: #"{"currency":1}"#, field: "currency")]
      )
      for action in ["block", "unblock", "close"] {
        let answer = try await daemon.post(world.balancePath + "/\(action)", #"{"x":1}"#)
        #expect(answer.code == "UNKNOWN_MEMBER")
      }
    }
  }

  @Test func `what is not there is not found, and a wrong method is told the right ones`()
    async throws
  {
    try await TestDaemon.run { daemon in
      let world = try await World(daemon)
      for (path, code) in [
        ("/", "ROUTE_NOT_FOUND"), ("/admin", "ROUTE_NOT_FOUND"),
        ("/admin/partners/", "PARTNER_NOT_FOUND"), ("/admin/partners/x", "PARTNER_NOT_FOUND"),
        ("/admin/partners/prt_000000000zzzz", "PARTNER_NOT_FOUND"),
        ("/admin/programs/x", "PROGRAM_NOT_FOUND"), ("/admin/cards/x", "CARD_NOT_FOUND"),
        ("/admin/cards/crd_000000000zzzz", "CARD_NOT_FOUND"),
        ("/admin/balances/x", "BALANCE_NOT_FOUND"), ("/admin/customers/x", "USER_NOT_FOUND"),
        ("/secure/customers/\(world.partner)", "USER_NOT_FOUND"),
        ("\(world.customerPath)/cards/x", "CARD_NOT_FOUND"),
        ("\(world.customerPath)/balances/x", "BALANCE_NOT_FOUND"),
        ("/admin/partners/\(world.partner)/credit-balance", "PARTNER_BALANCE_NOT_FOUND"),
        ("/secure/../admin/partners", "ROUTE_NOT_FOUND"),
        ("/admin/%70artners", "ROUTE_NOT_FOUND"),
        ("/" + String(repeating: "a/", count: 400), "ROUTE_NOT_FOUND"),
      ] {
        let answer = try await daemon.get(path)
        #expect(answer.status == 404, "\(path)")
        #expect(answer.code == code, "\(path)")
      }
      let wrong = try await daemon.call("DELETE", "/admin/partners")
      #expect(wrong.status == 405)
      #expect(wrong.code == "METHOD_NOT_ALLOWED")
      #expect(wrong.headers["allow"] == "GET, POST")
      #expect(try await daemon.call("PATCH", "/healthz").status == 405)
      let currency = try await daemon.get(
        "/admin/partners/\(world.partner)/deposit-balance?currency=XXX"
      )
      #expect(currency.code == "INVALID_PARAMETER")
    }
  }

  @Test func `a caller's request id comes back where it is harmless`() async throws {
    try await TestDaemon.run { daemon in
      let named = try await daemon.call(
        "GET",
        "/nothing",
        headers: ["X-Request-Id: trace-7.a_B"]
      )
      #expect(named.headers["x-request-id"] == "trace-7.a_B")
      #expect(try named.json["error"]["requestId"] == .string("trace-7.a_B"))
      let odd = try await daemon.call("GET", "/nothing", headers: ["X-Request-Id: a b\"c"])
      #expect(odd.headers["x-request-id"]?.hasPrefix("req_") == true)
    }
  }
}
