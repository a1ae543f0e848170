import NIOCore
import Synchronization
import Testing

@testable import ManagementClient

@Suite(.serialized, .timeLimit(.minutes(2)))
struct ManagementClientTests {
  @Test func `calls are answered over one kept connection`() async throws {
    let server = try await HTTPServer()
    let client = ManagementClient(.unixSocket(path: server.path))
    for number in 0..<10 {
      let answer = try await client.send("POST", "/echo", json: Array("{\"n\":\(number)}".utf8))
      #expect(answer.status == 200)
      #expect(answer.text == "{\"n\":\(number)}")
    }
    #expect(try await client.send(ManagementRequest("GET", "/missing")).status == 404)
    #expect(server.connections == 1)
    await client.shutdown()
    await #expect(throws: ManagementClientError.shutDown) {
      try await client.send(ManagementRequest("GET", "/echo"))
    }
    try await server.stop()
  }

  @Test func `header fields are sent as given, with host and length`() async throws {
    let server = try await HTTPServer()
    let client = ManagementClient(.unixSocket(path: server.path))
    let answer = try await client.send(
      ManagementRequest("POST", "/headers", headers: [("X-Partner", "prt_1")], body: [1, 2, 3])
    )
    #expect(answer.text.contains("x-partner=prt_1"))
    #expect(answer.text.contains("host=holdfast"))
    #expect(answer.text.contains("content-length=3"))
    try await server.stop()
  }

  @Test func `overlapping calls are kept apart`() async throws {
    let server = try await HTTPServer()
    let client = ManagementClient(.unixSocket(path: server.path))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask {
          let answer = try await client.send("POST", "/echo", json: Array("\(number)".utf8))
          #expect(answer.text == "\(number)")
        }
      }
      try await group.waitForAll()
    }
    try await server.stop()
  }

  @Test func `a connection that the daemon closed meanwhile is replaced`() async throws {
    let server = try await HTTPServer()
    let client = ManagementClient(.unixSocket(path: server.path))
    for _ in 0..<5 {
      #expect(try await client.send(ManagementRequest("GET", "/once")).status == 200)
    }
    try await server.stop()
  }

  @Test func `a socket where nothing listens is said to be unreachable`() async throws {
    let client = ManagementClient(.unixSocket(path: "/tmp/nobody-listens-here.sock"))
    let error = await #expect(throws: ManagementClientError.self) {
      try await client.send(ManagementRequest("GET", "/healthz"))
    }
    #expect(error?.isUnreachable == true)
    #expect(error?.description.contains("is holdfastd running?") == true)
    let port = ManagementClient(.tcp(host: "127.0.0.1", port: 1))
    let refused = await #expect(throws: ManagementClientError.self) {
      try await port.stream(ManagementRequest("GET", "/")) { _ in }
    }
    #expect(refused?.isUnreachable == true)
  }

  @Test func `silence, a broken connection and a long answer are errors of their own`() async throws
  {
    let server = try await HTTPServer()
    var limits = ManagementClientLimits()
    limits.answerMilliseconds = 100
    limits.largestBody = 1_000_000
    let client = ManagementClient(.unixSocket(path: server.path), limits: limits)
    await #expect(
      throws: ManagementClientError.timedOut(client.endpoint, milliseconds: 100)
    ) { try await client.send(ManagementRequest("GET", "/silent")) }
    await #expect(
      throws: ManagementClientError.timedOut(client.endpoint, milliseconds: 100)
    ) { try await client.stream(ManagementRequest("GET", "/silent")) { _ in } }
    let lost = await #expect(throws: ManagementClientError.self) {
      try await client.send("POST", "/drop", json: [])
    }
    guard case .connectionLost? = lost else {
      Issue.record("\(String(describing: lost))")
      return
    }
    await #expect(throws: ManagementClientError.responseTooLarge(limit: 1_000_000)) {
      try await client.send(ManagementRequest("GET", "/large"))
    }
    await #expect(throws: ManagementClientError.responseTooLarge(limit: 1_000_000)) {
      try await client.stream(ManagementRequest("GET", "/large")) { _ in }
    }
    try await server.stop()
  }

  @Test func `a call that would break the message apart is refused`() async throws {
    let client = ManagementClient(.unixSocket(path: "/tmp/unused.sock"))
    for request in [
      ManagementRequest("GET", "/a b"), ManagementRequest("GET", "a"),
      ManagementRequest("GET", "/", headers: [("x", "a\r\nb: c")]),
      ManagementRequest("GE T", "/"), ManagementRequest("", "/"),
    ] {
      await #expect(throws: ManagementClientError.invalidRequest) { try await client.send(request) }
    }
  }

  @Test func `lines come back while the body is still being sent`() async throws {
    let server = try await HTTPServer()
    let client = ManagementClient(.unixSocket(path: server.path))
    let received = Atomic<Int>(0)
    let sawOneEarly = Atomic<Bool>(false)
    let count = 100_000
    let answer = try await client.stream(
      ManagementRequest("POST", "/lines"),
      body: { writer in
        let chunk = [UInt8]((0..<1_000).map { _ in "{\"customer\":{}}\n" }.joined().utf8)
        for number in 0..<(count / 1_000) {
          try await writer.write(chunk)
          if number == 0 {
            // The first results must arrive although the body is far from over.
            for _ in 0..<500 where received.load(ordering: .relaxed) == 0 {
              try await Task.sleep(for: .milliseconds(10))
            }
            sawOneEarly.store(received.load(ordering: .relaxed) > 0, ordering: .relaxed)
          }
        }
      },
      line: { line in
        let number = received.add(1, ordering: .relaxed).newValue
        if line != Array("{\"line\":\(number)}".utf8) { Issue.record("line \(number)") }
      }
    )
    #expect(answer.status == 200)
    let total = received.load(ordering: .relaxed)
    #expect(total == count)
    let wasEarly = sawOneEarly.load(ordering: .relaxed)
    #expect(wasEarly)
    try await server.stop()
  }

  @Test func `a refusal of a streamed body can be read`() async throws {
    let server = try await HTTPServer()
    let client = ManagementClient(.unixSocket(path: server.path))
    let answer = try await client.stream(
      ManagementRequest("POST", "/refuse"),
      body: { try await $0.write([1]) },
      line: { _ in }
    )
    #expect(answer.status == 422)
    #expect(answer.text.contains("NO"))
    try await server.stop()
  }

  private struct Trouble: Error {}

  @Test func `trouble on this side ends a streamed call`() async throws {
    let server = try await HTTPServer()
    let client = ManagementClient(.unixSocket(path: server.path))
    let source = await #expect(throws: ManagementClientError.self) {
      try await client.stream(
        ManagementRequest("POST", "/lines"),
        body: { _ in throw Trouble() },
        line: { _ in }
      )
    }
    guard case .bodyFailed? = source else {
      Issue.record("\(String(describing: source))")
      return
    }
    let receiver = await #expect(throws: ManagementClientError.self) {
      try await client.stream(
        ManagementRequest("POST", "/lines"),
        body: { try await $0.write([0x0A]) },
        line: { _ in throw Trouble() }
      )
    }
    guard case .receiverFailed? = receiver else {
      Issue.record("\(String(describing: receiver))")
      return
    }
    try await server.stop()
  }

  @Test func `lines are cut wherever the pieces end`() throws {
    let text = Array("one\r\n\ntwo\nthree".utf8)
    for size in 1...text.count {
      var results = ResultLines(limit: 5)
      var lines: [[UInt8]] = []
      for start in stride(from: 0, to: text.count, by: size) {
        lines += try results.take(ByteBuffer(bytes: text[start..<min(start + size, text.count)]))
      }
      lines += results.finish()
      #expect(lines == ["one", "two", "three"].map { Array($0.utf8) })
    }
    var short = ResultLines(limit: 3)
    #expect(throws: ManagementClientError.responseTooLarge(limit: 3)) {
      _ = try short.take(ByteBuffer(string: "four"))
    }
  }
}
