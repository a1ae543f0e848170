import Foundation
import Testing

@testable import Management

@Suite(.timeLimit(.minutes(2)))
struct HostileTests {
  @Test func `bodies that are too large are refused before they are kept`() async throws {
    try await TestDaemon.run { daemon in
      let declared = try await daemon.raw(
        "POST /admin/partners HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 65537\r\n\r\n"
      )
      #expect(declared.status == 413)
      #expect(declared.code == "BODY_TOO_LARGE")
      let chunk = "8000\r\n" + String(repeating: " ", count: 0x8000) + "\r\n"
      let chunked = try await daemon.raw(
        "POST /admin/partners HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk + "0\r\n\r\n"
      )
      #expect(chunked.status == 413)
      let largest = #"{"name":"x"}"#
      let padded = largest + String(repeating: " ", count: 65_536 - largest.utf8.count)
      #expect(try await daemon.post("/admin/partners", padded).status == 201)
    }
  }

  @Test func `malformed JSON of every kind is refused and nothing breaks`() async throws {
    try await TestDaemon.run { daemon in
      for body in [
        String(repeating: "[", count: 60_000), String(repeating: "{\"a\":", count: 10_000),
        #"{"name":"\ud800"}"#, #"{"name":"\x"}"#, "{\"name\":\"\u{1}\"}", #"{"name":01}"#,
        #"{"name":-}"#, #"{"name":1.}"#, #"{"name":1e}"#, #"{'name':1}"#, #"{"name":"x",}"#,
        "{\"name\":\"x\"}\u{0}", "nul", "\u{FEFF}{}",
        "{" + (0..<65).map { "\"m\($0)\":1" }.joined(separator: ",") + "}",
      ] {
        let answer = try await daemon.post("/admin/partners", body)
        #expect(answer.status == 400, "\(body.prefix(40))")
        #expect(answer.code == "INVALID_JSON", "\(body.prefix(40))")
      }
      let invalid = try await daemon.blocking { daemon in
        let socket = try ClientSocket(unix: daemon.socketPath)
        try socket.send(
          "POST /admin/partners HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 13\r\n\r\n"
        )
        try socket.send(Array(#"{"name":""#.utf8) + [0xFF, 0xFE] + Array("\"}".utf8))
        return try ClientSocket.answer(try socket.receiveToEnd())
      }
      #expect(invalid.code == "INVALID_JSON")
      #expect(try await daemon.get("/admin/partners").json["data"] == .array([]))
    }
  }

  @Test func `bytes that are no HTTP end their connection and nothing else`() async throws {
    try await TestDaemon.run { daemon in
      let seed = UInt64.random(in: 0...UInt64.max)
      print("seed \(seed)")
      var generator = SeededGenerator(seed: seed)
      var streams: [[UInt8]] = [
        Array("\0\0\0\0".utf8), Array("GET / HTTP/9.9\r\n\r\n".utf8),
        Array("GET /healthz HTTP/1.1\r\nContent-Length: -1\r\n\r\n".utf8),
        Array(
          "GET /healthz HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n".utf8
        ),
        Array(("GET /" + String(repeating: "a", count: 200_000)).utf8),
        Array(
          ("GET /healthz HTTP/1.1\r\n"
            + (0..<500).map { "X-\($0): y\r\n" }.joined() + "\r\n").utf8
        ),
        Array(
          ("GET /healthz HTTP/1.1\r\nX: " + String(repeating: "y", count: 100_000) + "\r\n\r\n")
            .utf8
        ),
      ]
      for _ in 0..<40 {
        streams.append((0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) })
      }
      for stream in streams {
        let answer = try await daemon.blocking { daemon in
          let socket = try ClientSocket(unix: daemon.socketPath, seconds: 30)
          do {
            try socket.send(stream)
            shutdown(socket.descriptor, Int32(SHUT_WR))
            return String(decoding: try socket.receiveToEnd(), as: UTF8.self)
          } catch ClientError.system { return "" }
        }
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"), "\(answer.prefix(100))")
      }
      #expect(try await daemon.get("/healthz").status == 200)
    }
  }

  @Test func `slow and idle clients are cut off, and others are served meanwhile`() async throws {
    var limits = ManagementLimits()
    limits.idleSeconds = 1
    limits.receiveSeconds = 1
    limits.connections = 40
    try await TestDaemon.run(limits: limits) { daemon in
      let openings = [
        "", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nX: ",
        "POST /admin/partners HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\n{",
        "POST /admin/partners HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{",
        "POST /admin/partners HTTP/1.1\r\nHost: h\r\nContent-Length: 999999\r\n\r\n{",
        "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n",
      ]
      async let slow: [Bool] = withThrowingTaskGroup(of: Bool.self) { group in
        for opening in openings {
          group.addTask {
            try await daemon.blocking { daemon in
              let socket = try ClientSocket(unix: daemon.socketPath, seconds: 60)
              try socket.send(opening)
              // A byte now and then does not help.
              Thread.detachNewThread { [descriptor = dup(socket.descriptor)] in
                for _ in 0..<20 {
                  usleep(200_000)
                  guard send(descriptor, "x", 1, Int32(MSG_NOSIGNAL)) == 1 else { break }
                }
                close(descriptor)
              }
              do {
                _ = try socket.receiveToEnd()
                return true
              } catch {
                Issue.record("not cut off: \(opening.debugDescription)")
                return false
              }
            }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for _ in 0..<10 { #expect(try await daemon.get("/healthz").status == 200) }
      let isCutOff = try await slow
      #expect(isCutOff == Array(repeating: true, count: openings.count))
    }
  }

  @Test func `more connections than there is room for wait and are served`() async throws {
    var limits = ManagementLimits()
    limits.connections = 8
    limits.idleSeconds = 2
    try await TestDaemon.run(limits: limits) { daemon in
      let idle = try await daemon.blocking { daemon in
        try (0..<30).map { _ in try ClientSocket(unix: daemon.socketPath).descriptor }
      }
      #expect(idle.count == 30)
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<100 { group.addTask { try await daemon.get("/healthz").status } }
        return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
      }
      #expect(statuses == [200])
    }
  }

  @Test func `requests that a browser sends for a web page are refused`() async throws {
    try await TestDaemon.run { daemon in
      let answer = try await daemon.call(
        "POST",
        "/admin/partners",
        #"{"name":"x"}"#,
        headers: ["Origin: https://example.com"]
      )
      #expect(answer.status == 403)
      #expect(answer.code == "ORIGIN_REFUSED")
    }
  }

  @Test func `many requests on one connection are answered in order`() async throws {
    try await TestDaemon.run { daemon in
      let text = try await daemon.blocking { daemon in
        let socket = try ClientSocket(unix: daemon.socketPath)
        let request = "GET /version HTTP/1.1\r\nHost: h\r\nX-Request-Id: "
        try socket.send((0..<50).map { "\(request)r\($0)\r\n\r\n" }.joined())
        try socket.send("\(request)last\r\nConnection: close\r\n\r\n")
        return String(decoding: try socket.receiveToEnd(), as: UTF8.self)
      }
      let ids = text.split(separator: "\r\n").filter { $0.lowercased().hasPrefix("x-request-id: ") }
      #expect(ids.count == 51)
      #expect(ids.last?.hasSuffix("last") == true)
      #expect(ids.first?.hasSuffix("r0") == true)
    }
  }
}

/// Random numbers that a printed seed brings back.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
