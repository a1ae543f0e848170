import Authorization
import CardCrypto
import Ledger
import Testing

@testable import Management

@Suite(.timeLimit(.minutes(2)))
struct LockTests {
  /// Rows S-089 to S-096: code, reason, action code, whether it stays for ever.
  static let codes: [(Int, String, String, Bool)] = [
    (1, "Card lost", "2008", true), (2, "Card stolen", "2009", true),
    (3, "Pending query", "1000", false), (4, "Card consolidation", "1016", false),
    (5, "Card inactive", "1018", true), (6, "PIN tries exceeded", "1006", false),
    (7, "Suspected fraud", "1002", false), (8, "Card replaced", "1011", true),
  ]

  @Test func `each lock code is answered to the network and comes off as its row says`()
    async throws
  {
    let key = VaultKey.random()
    try await TestDaemon.withScratchDirectory { directory in
      try await TestDaemon.run(in: directory, key: key) { daemon in
        let network = try TestNetwork(daemon, key: key)
        for (code, reason, actionCode, isIrreversible) in Self.codes {
          let world = try await World(daemon)
          #expect(try await network.authorize(world.pan, 1).actionCode.text == "0000")
          let locked = try await daemon.post(world.cardPath + "/lock", #"{"code":\#(code)}"#)
          #expect(locked.status == 200)
          // The first authorization after the answer is already declined (row S-087).
          #expect(try await network.authorize(world.pan, 1).actionCode.text == actionCode)
          #expect(try locked.json["state"] == .string("LOCKED"))
          let lock = try locked.json["lock"]
          #expect(lock["code"] == .int(Int64(code)))
          #expect(lock["reason"] == .string(reason))
          #expect(lock["irreversible"] == .bool(isIrreversible))
          #expect(lock["origin"] == .string("INSIDE"))
          #expect(lock["at"].text?.hasSuffix("Z") == true)
          let unlocked = try await daemon.post(
            world.cardPath + "/unlock",
            "whatever, it is ignored"
          )
          if isIrreversible {
            #expect(unlocked.status == 422)
            #expect(unlocked.code == "LOCK_IRREVERSIBLE")
            let weaker = try await daemon.post(world.cardPath + "/lock", #"{"code":3}"#)
            #expect(weaker.status == 409)
            #expect(weaker.code == "LOCK_WEAKER")
          } else {
            #expect(unlocked.status == 200)
            #expect(try unlocked.json["lock"] == .null)
            #expect(try await network.authorize(world.pan, 1).actionCode.text == "0000")
            let twice = try await daemon.post(world.cardPath + "/unlock")
            #expect(twice.status == 409)
            #expect(twice.code == "CARD_NOT_LOCKED")
          }
        }
      }
    }
  }

  @Test func `a lock without a known code is refused`() async throws {
    try await TestDaemon.run { daemon in
      let world = try await World(daemon)
      for body in [
        nil, "{}", #"{"code":0}"#, #"{"code":9}"#, #"{"code":-1}"#, #"{"code":257}"#,
        #"{"code":"1"}"#, #"{"code":1.0}"#, #"{"code":null}"#, #"{"code":true}"#,
      ] {
        for path in [world.cardPath, "/admin/cards/\(world.card)"] {
          let answer = try await daemon.post(path + "/lock", body)
          #expect(answer.status == 400, "\(body ?? "none")")
          #expect(answer.code == "LOCK_CODE_INVALID", "\(body ?? "none")")
          #expect(answer.field == "code")
        }
      }
      #expect(try await daemon.get(world.cardPath).json["state"] == .string("ACTIVE"))
    }
  }

  @Test func `the operator locks, unlocks and removes a card by its id alone`() async throws {
    try await TestDaemon.run { daemon in
      let world = try await World(daemon)
      let path = "/admin/cards/\(world.card)"
      #expect(try await daemon.post(path + "/lock", #"{"code":7}"#).status == 200)
      #expect(try await daemon.get(path).json["state"] == .string("LOCKED"))
      #expect(try await daemon.post(path + "/unlock").status == 200)
      #expect(try await daemon.call("DELETE", path).status == 204)
      #expect(try await daemon.get(path).json["state"] == .string("REMOVED"))
    }
  }
}
