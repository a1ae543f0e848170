import CardCrypto
import Foundation
import Testing

@testable import Management

@Suite(.timeLimit(.minutes(3)))
struct ImportTests {
  private static let portfolio = """
    {"partner":{"ref":"p1","name":"Acme"}}
    {"program":{"ref":"g1","partner":"p1","name":"Acme EUR","binRange":{"from":"400000000","to":"400000999"},"currency":"EUR","funding":"DEPOSIT"}}
    {"partnerBalance":{"partner":"p1","kind":"DEPOSIT","currency":"EUR","reload":1000000000}}
    {"customer":{"ref":"u1","partner":"p1","externalId":"1001","kyc":"STRONG"}}
    {"balance":{"ref":"b1","customer":"u1","program":"g1","currency":"EUR","reload":50000}}
    {"card":{"ref":"c1","balance":"b1","pan":"4000000000000002","expiry":"3012","type":"VIRTUAL","state":"ACTIVE"}}

    """

  @Test func `the file of the contract creates everything once and changes nothing again`()
    async throws
  {
    let key = VaultKey.random()
    try await TestDaemon.withScratchDirectory { directory in
      try await TestDaemon.run(in: directory, key: key) { daemon in
        let answer = try await daemon.importing(Self.portfolio)
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/x-ndjson")
        let lines = try answer.lines
        #expect(lines.map { $0["status"] } == Array(repeating: .string("created"), count: 6))
        #expect(lines.map { $0["line"].int } == [1, 2, 3, 4, 5, 6])
        #expect(lines.map { $0["ref"].text } == ["p1", "g1", nil, "u1", "b1", "c1"])
        #expect(
          lines.compactMap { $0["id"].text?.prefix(4) }
            == ["prt_", "prg_", "pbl_", "usr_", "bal_", "crd_"]
        )
        let again = try await daemon.importing(Self.portfolio)
        let repeated = try again.lines
        #expect(repeated.map { $0["status"] } == Array(repeating: .string("unchanged"), count: 6))
        #expect(repeated.map { $0["id"] } == lines.map { $0["id"] })
        let summary = try await daemon.get("/admin/summary").json["currencies"][0]
        #expect(summary["users"] == .int(50_000))
        #expect(summary["deposit"] == .int(1_000_000_000))
        #expect(!daemon.log.all.contains { $0.contains("4000000000000002") })
      }
      // References outlive the process.
      try await TestDaemon.run(in: directory, key: key) { daemon in
        let answer = try await daemon.importing(
          Self.portfolio
            + #"{"card":{"ref":"c2","balance":"b1","pan":"4000000000000010","expiry":"3012"}}"#
        )
        let lines = try answer.lines
        #expect(lines.dropLast().allSatisfy { $0["status"] == .string("unchanged") })
        #expect(lines.last?["status"] == .string("created"))
        let card = try await daemon.get("/admin/cards/\(lines[6]["id"].text ?? "")").json
        #expect(card["maskedPan"] == .string("400000******0010"))
        #expect(card["type"] == .string("VIRTUAL"))
        #expect(card["state"] == .string("ACTIVE"))
      }
    }
  }

  @Test func `a bad line says why and the others go on`() async throws {
    try await TestDaemon.run { daemon in
      let pan = "4000000000000002"
      let base = #""balance":"b1","expiry":"3012""#
      let wrong: [(line: String, code: String, field: String)] = [
        ("nonsense", "INVALID_JSON", ""),
        (#"{"card":{"pan":"\#(pan)""#, "INVALID_JSON", ""),
        ("{}", "INVALID_MEMBER", ""), ("[]", "INVALID_MEMBER", ""),
        (#"{"card":{},"partner":{}}"#, "INVALID_MEMBER", ""),
        (#"{"cards":{}}"#, "UNKNOWN_MEMBER", "cards"),
        (#"{"\#(pan)":{}}"#, "UNKNOWN_MEMBER", "****************"),
        (#"{"card":{\#(base),"pan":"\#(pan)"}}"#, "INVALID_MEMBER", "card.ref"),
        (#"{"card":{"ref":"x",\#(base),"pan":"\#(pan)x"}}"#, "INVALID_MEMBER", "card.pan"),
        (#"{"card":{"ref":"x",\#(base),"pan":4000000000000002}}"#, "INVALID_MEMBER", "card.pan"),
        (#"{"card":{"ref":"x",\#(base),"pan":"4000000000000003"}}"#, "PAN_INVALID", "card.pan"),
        (#"{"card":{"ref":"x",\#(base),"pan":"42"}}"#, "PAN_INVALID", "card.pan"),
        (#"{"card":{"ref":"x",\#(base),"pan":"4999990000000007"}}"#, "PAN_OUT_OF_RANGE", ""),
        (#"{"card":{"ref":"x",\#(base),"pan":"\#(pan)"}}"#, "CARD_EXISTS", ""),
        (
          #"{"card":{"ref":"x","balance":"b9","expiry":"3012","pan":"4000000000000010"}}"#,
          "REFERENCE_UNKNOWN", ""
        ),
        (
          #"{"card":{"ref":"x","balance":"b1","expiry":"3013","pan":"\#(pan)"}}"#, "INVALID_MEMBER",
          "card.expiry"
        ),
        (
          #"{"card":{"ref":"x","balance":"b1","expiry":"2030-12","pan":"\#(pan)"}}"#,
          "INVALID_MEMBER", "card.expiry"
        ),
        (
          #"{"card":{"ref":"x",\#(base),"pan":"\#(pan)","type":"GOLD"}}"#, "INVALID_MEMBER",
          "card.type"
        ),
        (
          #"{"card":{"ref":"x",\#(base),"pan":"\#(pan)","state":"REMOVED"}}"#, "INVALID_MEMBER",
          "card.state"
        ),
        (
          #"{"card":{"ref":"x",\#(base),"pan":"\#(pan)","cvc":"123"}}"#, "UNKNOWN_MEMBER",
          "card.cvc"
        ),
        (#"{"partner":{"ref":"p1","name":"Other"}}"#, "REFERENCE_CONFLICT", ""),
        (#"{"customer":{"ref":"u2","partner":"p1","externalId":"1001"}}"#, "USER_EXISTS", ""),
        (#"{"customer":{"ref":"u2","partner":"p1","kyc":"A"}}"#, "INVALID_MEMBER", "customer.kyc"),
        (
          #"{"balance":{"ref":"b2","customer":"u1","program":"g1","currency":"PLN"}}"#,
          "CURRENCY_NOT_SUPPORTED", "currency"
        ),
        (
          #"{"balance":{"ref":"b2","customer":"u1","program":"g1","currency":"EUR","reload":1.5}}"#,
          "INVALID_MEMBER", "balance.reload"
        ),
        (
          #"{"balance":{"ref":"b2","customer":"u1","program":"g1","currency":"EUR","reload":-1}}"#,
          "INVALID_MEMBER", "balance.reload"
        ),
        (
          #"{"program":{"ref":"g2","partner":"p1","name":"X","binRange":{"from":"400000500","to":"400001000"},"currency":"EUR","funding":"CREDIT"}}"#,
          "BIN_RANGE_OVERLAP", "binRange"
        ),
        (
          #"{"partner":{"ref":"long","name":"\#(String(repeating: "x", count: 5000))"}}"#,
          "LINE_TOO_LONG", ""
        ),
      ]
      let file =
        Self.portfolio + "\n   \n\r\n" + wrong.map(\.line).joined(separator: "\n")
        + "\n" + #"{"customer":{"ref":"last","partner":"p1"}}"#
      let answer = try await daemon.importing(file)
      let lines = try answer.lines
      try #require(lines.count == 6 + wrong.count + 1)
      for (index, expected) in wrong.enumerated() {
        let line = lines[6 + index]
        #expect(line["line"].int == Int64(10 + index), "\(expected.line)")
        #expect(line["error"]["code"].text == expected.code, "\(expected.line)")
        #expect(line["error"]["field"].text ?? "" == expected.field, "\(expected.line)")
        #expect(line["status"] == .null)
      }
      #expect(lines.last?["status"] == .string("created"))
      #expect(!answer.body.contains(pan))
      #expect(!answer.body.contains("4999990000000007"))
      #expect(try await daemon.get("/admin/proof").json["consistent"] == .bool(true))
    }
  }

  @Test func `an import is answered while it is still being sent`() async throws {
    try await TestDaemon.run { daemon in
      try await daemon.blocking { daemon in
        let socket = try ClientSocket(unix: daemon.socketPath)
        try socket.send(
          "POST /admin/import HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
            + "Expect: 100-continue\r\nConnection: close\r\n\r\n"
        )
        #expect(String(decoding: try socket.receive(), as: UTF8.self).contains(" 100 Continue"))
        var seen = ""
        for number in 1...3 {
          let line = #"{"partner":{"ref":"\#(number)","name":"N"}}"# + "\n"
          // Cut in the middle of the line.
          for part in [line.prefix(9), line.dropFirst(9)] {
            try socket.send("\(String(part.utf8.count, radix: 16))\r\n\(part)\r\n")
          }
          while !seen.contains("\"line\":\(number),") {
            let some = try socket.receive()
            guard !some.isEmpty else { throw ClientError.noAnswer(seen) }
            seen += String(decoding: some, as: UTF8.self)
          }
        }
        try socket.send("0\r\n\r\n")
        #expect(String(decoding: try socket.receiveToEnd(), as: UTF8.self).hasSuffix("0\r\n\r\n"))
      }
    }
  }

  @Test func `a client that does not read its results is not read from and is cut off`()
    async throws
  {
    var limits = ManagementLimits()
    limits.stallSeconds = 2
    try await TestDaemon.run(limits: limits) { daemon in
      let sent = try await daemon.blocking { daemon in
        let socket = try ClientSocket(unix: daemon.socketPath, seconds: 60)
        try socket.send(
          "POST /admin/import HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n"
        )
        let lines = String(repeating: #"{"partner":{"ref":"r","name":"N"}}"# + "\n", count: 1000)
        var sent = 0
        do {
          while sent < 100_000_000 {
            try socket.send(lines)
            sent += lines.utf8.count
          }
        } catch ClientError.system(_, let number) where number == EPIPE || number == ECONNRESET {}
        return sent
      }
      // Sockets and pipes hold a little; nothing else does.
      #expect(sent < 10_000_000)
      #expect(try await daemon.get("/healthz").status == 200)
    }
  }

  @Test func `a large import keeps its order and is fast`() async throws {
    let count =
      ProcessInfo.processInfo.environment["HOLDFAST_IMPORT_LINES"].flatMap(Int.init) ?? 6000
    try await TestDaemon.run { daemon in
      var file = ""
      file += #"{"partner":{"ref":"p","name":"Acme"}}"# + "\n"
      file +=
        #"{"program":{"ref":"g","partner":"p","name":"E","binRange":{"from":"400000000","to":"499999999"},"currency":"EUR","funding":"DEPOSIT"}}"#
        + "\n"
      for number in 0..<(count / 3) {
        let pan = World.pan(
          bin: 400_000_000 + UInt32(number / 900_000),
          number % 900_000
        )
        file +=
          #"{"customer":{"ref":"u\#(number)","partner":"p","externalId":"x\#(number)","kyc":"STRONG"}}"#
          + "\n"
        file +=
          #"{"balance":{"ref":"b\#(number)","customer":"u\#(number)","program":"g","currency":"EUR","reload":50000}}"#
          + "\n"
        file +=
          #"{"card":{"ref":"c\#(number)","balance":"b\#(number)","pan":"\#(pan)","expiry":"3012","type":"VIRTUAL","state":"ACTIVE"}}"#
          + "\n"
      }
      for pass in ["created", "unchanged"] {
        let clock = ContinuousClock()
        let started = clock.now
        let answer = try await daemon.importing(file)
        let seconds =
          Double((clock.now - started).components.attoseconds) / 1e18
          + Double((clock.now - started).components.seconds)
        let lines = answer.body.split(separator: "\n")
        #expect(lines.count == 2 + count / 3 * 3)
        for (index, line) in lines.enumerated() {
          guard line.hasPrefix("{\"line\":\(index + 1),"), line.hasSuffix("\"status\":\"\(pass)\"}")
          else {
            Issue.record("\(line)")
            break
          }
        }
        print(
          "import, \(pass): \(lines.count) lines, \(Int(Double(lines.count) / seconds)) a second"
        )
      }
      #expect(try await daemon.get("/admin/proof").json["consistent"] == .bool(true))
    }
  }
}
