import Authorization
import Testing

@testable import Management

@Suite(.timeLimit(.minutes(1)))
struct SettingsTests {
  @Test func `merchant groups are listed, added, replaced and taken away`() async throws {
    try await TestDaemon.run { daemon in
      let usual = try await daemon.get("/admin/mcc-groups").json["data"]
      #expect(usual.items.count == MerchantGroup.usual.count)
      let fuel = try await daemon.get("/admin/mcc-groups/fuel").json
      #expect(fuel["mccs"] == .array([.string("5541"), .string("5542")]))
      #expect(fuel["holdDays"] == .int(2))
      #expect(fuel["holdIncrease"] == .null)

      let body =
        #"{"name":"tolls","mccs":["4784","9999","0742-0743","0744"],"holdDays":3,"#
        + #""holdIncrease":{"amount":10000,"currency":"EUR"},"#
        + #""mostAmount":{"amount":30000,"currency":"EUR"},"toleranceBasisPoints":500,"#
        + #""remainder":"KEEP","remainderDays":5}"#
      let created = try await daemon.post("/admin/mcc-groups", body, key: "g1")
      #expect(created.status == 201, "\(created.body)")
      #expect(try created.json["mostAmount"]["amount"] == .int(30_000))
      let codes = try created.json["mccs"].items.compactMap(\.text)
      #expect(codes == ["0742-0744", "4784", "9999"])
      #expect(try await daemon.post("/admin/mcc-groups", body, key: "g1").body == created.body)
      let again = try await daemon.post("/admin/mcc-groups", body)
      #expect(again.status == 409)
      #expect(again.code == "MCC_GROUP_EXISTS")
      #expect(try await daemon.get("/admin/mcc-groups/tolls").body == created.body)

      let taken = try await daemon.post(
        "/admin/mcc-groups",
        #"{"name":"pumps","mccs":["5000-5541"]}"#
      )
      #expect(taken.status == 409)
      #expect(taken.code == "MCC_TAKEN")
      let changed = try await daemon.call(
        "PUT",
        "/admin/mcc-groups/tolls",
        #"{"mccs":["4784"],"holdDays":9}"#
      )
      #expect(changed.status == 200)
      #expect(try changed.json["holdDays"] == .int(9))
      #expect(try changed.json["remainder"] == .string("RELEASE"))

      for body in [
        #"{"name":"a b","mccs":["1111"]}"#, #"{"name":"x","mccs":[]}"#, #"{"name":"x"}"#,
        #"{"name":"x","mccs":["111"]}"#, #"{"name":"x","mccs":["1112-1111"]}"#,
        #"{"name":"x","mccs":["1-2-3"]}"#, #"{"name":"x","mccs":["1111"],"holdDays":0}"#,
        #"{"name":"x","mccs":["1111"],"holdDays":366}"#,
        #"{"name":"x","mccs":["1111"],"remainder":"LOSE"}"#,
        #"{"name":"x","mccs":["1111"],"toleranceBasisPoints":10001}"#,
      ] {
        #expect(try await daemon.post("/admin/mcc-groups", body).status == 400, "\(body)")
      }
      #expect(try await daemon.call("DELETE", "/admin/mcc-groups/tolls").status == 204)
      let gone = try await daemon.call("DELETE", "/admin/mcc-groups/tolls")
      #expect(gone.code == "MCC_GROUP_NOT_FOUND")
      #expect(try await daemon.get("/admin/mcc-groups/a%20b").status == 404)
      let page = try await daemon.get("/admin/mcc-groups?limit=2").json
      let next = try #require(page["next"].text)
      #expect(page["data"].items.count == 2)
      let rest = try await daemon.get("/admin/mcc-groups?after=\(next)").json["data"]
      #expect(rest.items.count == MerchantGroup.usual.count - 2)
    }
  }

  @Test func `rates are decimal strings, exact to the sixth decimal`() async throws {
    try await TestDaemon.run { daemon in
      func put(_ body: String) async throws -> Answer {
        try await daemon.call("PUT", "/admin/fx-rates", body)
      }
      let body =
        #"{"from":"USD","to":"EUR","rate":"0.920001","markUpBasisPoints":150,"#
        + #""holdBufferBasisPoints":300}"#
      let stored = try await put(body)
      #expect(stored.status == 200, "\(stored.body)")
      #expect(try stored.json["rate"] == .string("0.920001"))
      #expect(
        try await put(#"{"from":"GBP","to":"EUR","rate":"1.150"}"#).json["rate"].text == "1.15"
      )
      #expect(try await put(#"{"from":"JPY","to":"EUR","rate":"1000000"}"#).status == 200)
      let rates = try await daemon.get("/admin/fx-rates").json["data"].items
      #expect(rates.map { $0["from"].text } == ["GBP", "JPY", "USD"])
      #expect(rates[2] == (try stored.json))

      for rate in [
        #""0""#, #""0.000000""#, #""-1""#, #""+1""#, #""0.1234567""#, #""1000000.000001""#,
        #""1e3""#, #""1,5""#, #"".5""#, #""5.""#, #""""#, "1", "0.92", "null", #""10000000""#,
      ] {
        let answer = try await put(#"{"from":"USD","to":"EUR","rate":\#(rate)}"#)
        #expect(answer.status == 400, "\(rate)")
      }
      for pair in [
        #""from":"XXX","to":"EUR""#, #""from":"EUR","to":"EUR""#, #""from":"USD""#,
      ] {
        #expect(try await put("{\(pair),\"rate\":\"1\"}").status == 400, "\(pair)")
      }
      #expect(try await daemon.get("/admin/fx-rates").json["data"].items == rates)
      #expect(try await daemon.call("DELETE", "/admin/fx-rates/USD/EUR").status == 204)
      let gone = try await daemon.call("DELETE", "/admin/fx-rates/USD/EUR")
      #expect(gone.code == "FX_RATE_NOT_FOUND")
      #expect(try await daemon.call("DELETE", "/admin/fx-rates/USD/XXX").status == 404)
    }
  }

  @Test func `a lock from outside names who asked, by card or by number`() async throws {
    try await TestDaemon.run { daemon in
      let world = try await World(daemon)
      let path = "/admin/network/cards/lock-outside"
      let body = #"{"cardId":"\#(world.card)","code":7,"requester":"VISA"}"#
      let locked = try await daemon.post(path, body)
      #expect(locked.status == 200, "\(locked.body)")
      #expect(try locked.json["lock"]["origin"] == .string("OUTSIDE"))
      #expect(try locked.json["lock"]["requester"] == .string("VISA"))
      let opened = try await daemon.post(world.cardPath + "/unlock", partner: world.partner)
      #expect(try opened.json["lock"] == .null)
      let byNumber = #"{"pan":"\#(world.pan)","code":1,"requester":"12345678901"}"#
      let lost = try await daemon.post(path, byNumber, key: "l1")
      #expect(try lost.json["id"] == .string(world.card))
      #expect(!lost.body.contains(world.pan))
      #expect(try await daemon.post(path, byNumber, key: "l1").body == lost.body)
      let other = #"{"pan":"\#(world.pan)","code":2,"requester":"12345678901"}"#
      #expect(try await daemon.post(path, other, key: "l1").code == "IDEMPOTENCY_CONFLICT")
      let fast = try await daemon.post(world.cardPath + "/unlock", partner: world.partner)
      #expect(fast.code == "LOCK_IRREVERSIBLE")
      let inside = try await World(daemon)
      let own = try await daemon.post(
        inside.cardPath + "/lock",
        #"{"code":3}"#,
        partner: inside.partner
      )
      #expect(try own.json["lock"]["origin"] == .string("INSIDE"))
      #expect(try own.json["lock"]["requester"] == .null)
      for body in [
        #"{"pan":"4999990000000004","code":1,"requester":"x"}"#,
        #"{"cardId":"crd_0000000000zzz","code":1,"requester":"x"}"#,
      ] {
        #expect(try await daemon.post(path, body).code == "CARD_NOT_FOUND")
      }
      for body in [
        #"{"cardId":"\#(world.card)","code":9,"requester":"x"}"#,
        #"{"cardId":"\#(world.card)","code":1}"#,
        #"{"cardId":"\#(world.card)","code":1,"requester":"12345678901234567"}"#,
        #"{"code":1,"requester":"x"}"#, #"{"pan":"x","code":1,"requester":"x"}"#,
      ] {
        #expect(try await daemon.post(path, body).status == 400, "\(body)")
      }
    }
  }

  @Test func `a programme's terms are set when it is made, and shown`() async throws {
    try await TestDaemon.run { daemon in
      let partner = try await daemon.post("/admin/partners", #"{"name":"Acme"}"#).id
      func create(_ bin: Int, _ terms: String) async throws -> Answer {
        try await daemon.post(
          "/admin/programs",
          #"{"partnerId":"\#(partner)","name":"x","binRange":{"from":"\#(bin)","to":"\#(bin)"},"#
            + #""currency":"EUR","funding":"DEPOSIT"\#(terms)}"#
        )
      }
      let usual = try await create(410_000_000, "").json
      #expect(usual["partialApproval"] == .bool(true))
      #expect(usual["cashBackLimit"] == .null)
      #expect(usual["surcharge"] == .string("PERMITTED"))
      let strict = try await create(
        410_000_001,
        #","partialApproval":false,"cashBackLimit":{"amount":5000,"currency":"EUR"},"surcharge":"REFUSED""#
      )
      #expect(try strict.json["partialApproval"] == .bool(false))
      #expect(try strict.json["cashBackLimit"]["amount"] == .int(5000))
      #expect(try strict.json["surcharge"] == .string("REFUSED"))
      #expect(try await daemon.get("/admin/programs/\(strict.id)").body == strict.body)
      for terms in [
        #","partialApproval":"yes""#, #","cashBackLimit":{"amount":1,"currency":"USD"}"#,
        #","surcharge":"MAYBE""#, #","cashBackLimit":5"#,
      ] {
        #expect(try await create(410_000_002, terms).status == 400, "\(terms)")
      }
    }
  }
}
