import Testing

@testable import Management

@Suite(.timeLimit(.minutes(1)))
struct LinkTests {
  @Test func `links are listed page by page`() async throws {
    try await TestDaemon.run { daemon in
      let all = try await daemon.get("/admin/links")
      #expect(all.status == 200)
      #expect(
        try all.json["data"].items.map { $0["state"].text } == [
          "UP", "DOWN", "SIGNED_ON", "SIGNED_OFF",
        ]
      )
      #expect(try all.json["hasMore"] == .bool(false))
      let first = try all.json["data"][0]
      #expect(first["id"].text == "lnk_0000000000001")
      #expect(first["connectedAt"].text == "2026-11-22T10:30:15.123Z")
      #expect(first["inFlight"].int == 2)
      #expect(first["businessDay"].text == "2026-11-22")
      #expect(first["echo"]["lastSentAt"].text == "2026-11-22T10:30:15.123Z")
      #expect(first["echo"]["lastAnsweredAt"] == .null)
      #expect(first["echo"]["missed"].int == 1)
      #expect(try all.json["data"][1]["lastMessageAt"] == .null)

      let page = try await daemon.get("/admin/links?limit=3")
      #expect(try page.json["data"].items.count == 3)
      #expect(try page.json["hasMore"] == .bool(true))
      let next = try #require(try page.json["next"].text)
      let rest = try await daemon.get("/admin/links?after=\(next)")
      #expect(try rest.json["data"].items.map { $0["id"].text } == ["lnk_0000000000004"])
      #expect(try await daemon.get("/admin/links?after=crd_0000000000001").status == 400)
      #expect(try await daemon.get("/admin/links?state=UP").code == "UNKNOWN_PARAMETER")
    }
  }

  @Test func `a message to a peer tells what came of it`() async throws {
    try await TestDaemon.run { daemon in
      let path = "/admin/links/lnk_000000000000"
      let echo = try await daemon.post(path + "1/echo")
      #expect(echo.status == 200)
      #expect(
        try echo.json
          == JSON(
            text: #"{"answered":true,"actionCode":"8000","microseconds":1234}"#
          )
      )
      let signOn = try await daemon.post(path + "1/sign-on")
      #expect(try signOn.json["actionCode"] == .null)
      let signOff = try await daemon.post(path + "1/sign-off")
      #expect(try signOff.json["answered"] == .bool(false))
      #expect(try signOff.json["microseconds"].int == 5_000_000)
      for (link, status, code) in [
        ("2", 409, "LINK_CLOSED"), ("3", 503, "LINK_BUSY"), ("9", 404, "LINK_NOT_FOUND"),
      ] {
        let answer = try await daemon.post(path + link + "/echo")
        #expect(answer.status == status)
        #expect(answer.code == code)
      }
      #expect(try await daemon.post("/admin/links/visa/echo").code == "LINK_NOT_FOUND")
      #expect(try await daemon.post(path + "1/key-exchange").status == 404)
      #expect(try await daemon.get(path + "1/echo").status == 405)
      #expect(try await daemon.post(path + "1/echo", #"{"x":1}"#).code == "UNKNOWN_MEMBER")
    }
  }
}
