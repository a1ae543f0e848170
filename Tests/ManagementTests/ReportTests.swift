import Authorization
import CardCrypto
import Testing

@testable import Management

@Suite(.timeLimit(.minutes(1)))
struct ReportTests {
  @Test func `the totals of a business day are told by currency`() async throws {
    let key = VaultKey.random()
    try await TestDaemon.withScratchDirectory { directory in
      try await TestDaemon.run(in: directory, key: key) { daemon in
        let world = try await World(daemon)
        let path = "/admin/reports/network-totals"
        let number = world.pan
        let none = try await daemon.get(path).json["data"]
        #expect(none.items.isEmpty)
        let network = try TestNetwork(daemon, key: key)
        _ = try await network.authorize(number, 200)
        _ = try await network.authorize(number, 300, kind: .debit)
        _ = try await network.authorize(number, 99_999_999)
        let answer = try await daemon.get(path)
        #expect(answer.status == 200)
        let day = try answer.json["data"][0]
        #expect(day["network"].text == "default")
        #expect(day["endedAt"] == .null)
        let total = day["totals"][0]
        #expect(total["currency"].text == "EUR")
        #expect(total["authorizations"]["count"].int == 1)
        #expect(total["authorizations"]["amount"].int == 200)
        #expect(total["debits"]["amount"].int == 300)
        #expect(total["declines"]["count"].int == 1)
        #expect(total["net"].int == 300)
        let date = try #require(day["businessDay"].text)
        #expect(try await daemon.get(path + "?date=\(date)&network=default").json == answer.json)
        #expect(try await daemon.get(path + "?network=other").json["data"].items.isEmpty)
        #expect(try await daemon.get(path + "?date=2020-01-01").json["data"].items.isEmpty)
        for text in ["2026-02-30", "20261122", "2026-11", "2026-11-22T00:00:00Z", "today", ""] {
          let refused = try await daemon.get(path + "?date=\(text)")
          #expect(refused.status == 400, "\(text)")
        }
        #expect(try await daemon.get(path + "?day=1").code == "UNKNOWN_PARAMETER")
        // A payment and its entries say on which day they count.
        let payment = try await daemon.get("/admin/authorizations").json["data"][0]
        #expect(payment["businessDay"].text == date)
        #expect(payment["network"].text == "default")
        let id = try #require(payment["id"].text)
        let entry = try await daemon.get("/admin/authorizations/\(id)").json["entries"][0]
        #expect(entry["businessDay"].text == date)
      }
    }
  }
}
