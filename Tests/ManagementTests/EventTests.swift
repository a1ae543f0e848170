import Authorization
import CardCrypto
import Foundation
import Ledger
import Testing

@testable import Management

/// The feed of events as partners and the operator read it.
@Suite(.timeLimit(.minutes(2)))
struct EventTests {
  /// Runs a test with a network beside the interface.
  private func run(
    limits: ManagementLimits = ManagementLimits(),
    _ body: @Sendable @escaping (TestDaemon, TestNetwork) async throws -> Void
  ) async throws {
    let key = VaultKey.random()
    try await TestDaemon.withScratchDirectory { directory in
      try await TestDaemon.run(in: directory, key: key, limits: limits) { daemon in
        try await body(daemon, try TestNetwork(daemon, key: key))
      }
    }
  }

  private static func milliseconds(_ body: () async throws -> Void) async throws -> Int {
    let start = ContinuousClock.now
    try await body()
    return Int((ContinuousClock.now - start) / .milliseconds(1))
  }

  @Test func `a payment's life is told in order, each event with the payment behind it`()
    async throws
  {
    try await run { daemon, network in
      let world = try await World(daemon)
      let start = try #require(
        try await daemon.get("/admin/events?after=latest").json["next"].text
      )
      _ = try await network.authorize(world.pan, 1000)
      _ = try await network.authorize(world.pan, 20_000)
      _ = try await network.follow(
        world.pan,
        1,
        600,
        kind: .clearing,
        .clearing,
        function: 201
      )
      let lock = try await daemon.post(world.cardPath + "/lock", #"{"code":2}"#)
      #expect(lock.status == 200)
      let page = try await daemon.get("/secure/events?after=\(start)", partner: world.partner).json
      let events = page["data"].items
      #expect(
        events.map { $0["type"].text } == [
          "authorization.approved", "authorization.declined", "transaction.cleared",
          "card.locked",
        ]
      )
      let first = try #require(Int64(start))
      #expect(events.map { $0["seq"].int } == (1...4).map { first + $0 })
      #expect(page["hasMore"] == .bool(false))
      #expect(page["next"].text == "\(first + 4)")
      #expect(events[0].names == ["id", "type", "seq", "createdAt", "data"])
      #expect(events[0]["id"].text == EventID(UInt64(first + 1)).text)
      let data = events.map { $0["data"] }
      #expect(data[0]["entry"] == .null && data[0]["held"] == .int(1000))
      #expect(data[0]["state"] == .string("AUTHORIZED"))
      #expect(data[1]["reason"] == .string("INSUFFICIENT_USER_FUNDS"))
      #expect(data[2]["id"] == data[0]["id"] && data[2]["state"] == .string("CLEARED"))
      #expect(data[2]["held"] == .int(0) && data[2]["booked"] == .int(600))
      #expect(data[2]["entry"]["kind"] == .string("CLEARING"))
      for payment in data.prefix(3) {
        #expect(payment["partnerId"].text == world.partner)
        #expect(payment["customerId"].text == world.customer)
        #expect(payment["cardId"].text == world.card)
      }
      #expect(data[3]["id"].text == world.card && data[3]["state"] == .string("LOCKED"))
      #expect(data[3]["lock"]["code"] == .int(2))
      let whole = try await daemon.get("/admin/events?limit=200")
      #expect(!whole.body.contains(world.pan))
    }
  }

  @Test func `pages of any size give the whole feed, and other parameters are refused`()
    async throws
  {
    try await run { daemon, network in
      let world = try await World(daemon)
      for _ in 0..<20 { _ = try await network.authorize(world.pan, 10) }
      let whole = try await daemon.get("/admin/events?limit=200").json["data"].items
      #expect(whole.compactMap { $0["seq"].int } == (1...Int64(whole.count)).map { $0 })
      for limit in [1, 3, 7] {
        var found: [JSON] = []
        var next = "0"
        while true {
          let page = try await daemon.get("/admin/events?after=\(next)&limit=\(limit)").json
          found += page["data"].items
          next = try #require(page["next"].text)
          guard page["hasMore"] == .bool(true) else { break }
        }
        #expect(found == whole)
      }
      let some = try await daemon.get("/admin/events?type=card.created").json["data"].items
      #expect(some.map { $0["data"]["id"].text } == [world.card])
      let beyond = try await daemon.get("/admin/events?after=999999").json
      #expect(beyond["data"].items.isEmpty && beyond["next"].text == "999999")
      for query in [
        "after=-1", "after=x", "after=18446744073709551616", "after=", "wait=61", "wait=-1",
        "wait=x", "limit=0", "limit=201", "type=card", "type=", "seq=1", "after=1&after=2",
      ] {
        let answer = try await daemon.get("/admin/events?\(query)")
        #expect(answer.status == 400, "\(query)")
        #expect(answer.field == String(query.prefix { $0 != "=" }), "\(query)")
      }
      #expect(try await daemon.get("/secure/events", partner: "prt_0000000000099").status == 404)
    }
  }

  @Test func `a partner sees its own events and passes the others' once`() async throws {
    try await run { daemon, network in
      let loud = try await World(daemon)
      let quiet = try await World(daemon, funding: "CREDIT")
      let start = try #require(
        try await daemon.get("/admin/events?after=latest").json["next"].text
      )
      for _ in 0..<30 { _ = try await network.authorize(loud.pan, 10) }
      let none = try await daemon.get("/secure/events?after=\(start)", partner: quiet.partner).json
      #expect(none["data"].items.isEmpty && none["hasMore"] == .bool(false))
      let end = try await daemon.get("/admin/events?after=latest").json["next"]
      #expect(none["next"] == end)
      let all = try await daemon.get("/secure/events?limit=200").json["data"].items
      for world in [loud, quiet] {
        let own = try await daemon.get("/secure/events?limit=200", partner: world.partner).json
        let expected = all.filter { $0["data"]["partnerId"].text == world.partner }
        #expect(own["data"].items == expected && !expected.isEmpty)
      }
    }
  }

  @Test func `a wait ends with the first event, and else when its time is over`() async throws {
    try await run { daemon, network in
      let world = try await World(daemon)
      let other = try await World(daemon, funding: "CREDIT")
      let start = try #require(
        try await daemon.get("/admin/events?after=latest").json["next"].text
      )
      let idle = try await Self.milliseconds {
        let page = try await daemon.get("/admin/events?after=\(start)&wait=1").json
        #expect(page["data"].items.isEmpty && page["next"].text == start)
      }
      #expect((900..<8_000).contains(idle), "\(idle) ms")
      let waiting = Task {
        try await daemon.get(
          "/secure/events?after=\(start)&wait=60&type=authorization.approved",
          partner: world.partner
        )
      }
      try await Task.sleep(for: .milliseconds(300))
      // Neither another type nor another partner's event ends it.
      _ = try await daemon.post(other.cardPath + "/lock", #"{"code":3}"#)
      _ = try await network.authorize(other.pan, 1)
      try await Task.sleep(for: .milliseconds(300))
      let noticed = try await Self.milliseconds {
        _ = try await network.authorize(world.pan, 10)
        let events = try await waiting.value.json["data"].items
        #expect(events.map { $0["type"].text } == ["authorization.approved"])
        #expect(events.first?["data"]["cardId"].text == world.card)
      }
      #expect(noticed < 10_000, "\(noticed) ms")
    }
  }

  @Test func `those who wait are bounded, and leave their places when they go`() async throws {
    var limits = ManagementLimits()
    limits.waitingEventReaders = 3
    try await run(limits: limits) { daemon, network in
      let world = try await World(daemon)
      let path = "/admin/events?after=latest&wait=60"
      let request = "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n"
      var sockets: [ClientSocket] = []
      for _ in 0..<3 {
        let socket = try ClientSocket(unix: daemon.socketPath)
        try socket.send(request)
        sockets.append(socket)
      }
      try await Self.eventually {
        let answer = try await daemon.get("/admin/events?after=latest&wait=1")
        return answer.status == 429 && answer.code == "TOO_MANY_WAITING"
      }
      // Who does not wait is served, and so is everybody else.
      #expect(try await daemon.get("/admin/events").status == 200)
      #expect(try await daemon.get("/healthz").status == 200)
      sockets.removeAll()
      try await Self.eventually {
        try await daemon.get("/admin/events?after=latest&wait=1").status == 200
      }
      _ = try await network.authorize(world.pan, 10)
    }
  }

  @Test func `over TCP too, who goes away waits no longer`() async throws {
    var limits = ManagementLimits()
    limits.waitingEventReaders = 1
    try await TestDaemon.run(limits: limits, listen: ("127.0.0.1", 0)) { daemon in
      let port = try #require(
        daemon.addresses.last?.split(separator: ":").last.flatMap { UInt16($0) }
      )
      for _ in 0..<3 {
        var socket: ClientSocket? = try ClientSocket(port: port)
        try socket?.send("GET /admin/events?after=latest&wait=60 HTTP/1.1\r\nHost: h\r\n\r\n")
        try await Self.eventually {
          try await daemon.get("/admin/events?after=latest&wait=1").status == 429
        }
        socket = nil
        try await Self.eventually {
          try await daemon.get("/admin/events?after=latest&wait=1").status == 200
        }
      }
    }
  }

  @Test func `a stop ends those who wait with an answer`() async throws {
    let (answers, continuation) = AsyncStream.makeStream(of: Answer.self)
    let stopped = try await Self.milliseconds {
      try await TestDaemon.run { daemon in
        for _ in 0..<3 {
          Task {
            continuation.yield(try await daemon.get("/admin/events?after=latest&wait=60"))
          }
        }
        try await Task.sleep(for: .milliseconds(500))
      }
    }
    // An answer proves that the wait ended by itself: a stop cuts off what takes longer.
    #expect(stopped < 30_000, "\(stopped) ms")
    var found = 0
    for await answer in answers {
      #expect(answer.status == 200)
      #expect(try answer.json["data"].items.isEmpty)
      found += 1
      if found == 3 { break }
    }
  }

  private static func eventually(
    _ condition: () async throws -> Bool,
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    for _ in 0..<100 {
      if try await condition() { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("it never came to be", sourceLocation: location)
  }
}
