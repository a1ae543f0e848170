import Logging
import NIOCore
import NIOPosix
import Switch
import Synchronization
import Telemetry
import Testing

@testable import SwitchServer

/// A real listener on this machine and peers with plain sockets.
///
/// One at a time: the peers' waits occupy the threads that other tests need.
@Suite(.serialized)
struct SwitchListenerTests {
  /// What a test has around its peers.
  private struct Bench {
    let listener: SwitchListener
    let echo: EchoSwitch
    let metrics: MetricsRegistry

    func peer(receiveBuffer: Int32? = nil) throws -> TestPeer {
      try TestPeer(port: listener.port, receiveBuffer: receiveBuffer)
    }

    /// The value of a metric by its rendered name and labels.
    func metric(_ series: String) -> Int {
      for line in metrics.render().split(separator: "\n") where line.hasPrefix(series + " ") {
        return Int(line.dropFirst(series.count + 1)) ?? -1
      }
      return -1
    }

    func closed(_ reason: LinkCloseReason) -> Int {
      metric("holdfast_links_closed_total{listener=\"iso8583\",reason=\"\(reason.rawValue)\"}")
    }

    func counted(_ name: String) -> Int {
      metric("holdfast_\(name){listener=\"iso8583\"}")
    }

    /// Waits until something is true, within bounds.
    func eventually(_ condition: () -> Bool) async throws -> Bool {
      for _ in 0..<2000 {
        if condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
      }
      return condition()
    }
  }

  private static func withBench(
    _ mode: EchoSwitch.Mode,
    log: LogRecorder = LogRecorder(),
    _ adjust: (inout ListenerSettings) -> Void = { _ in },
    _ body: (Bench) async throws -> Void
  ) async throws {
    var settings = ListenerSettings()
    settings.port = 0
    adjust(&settings)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    let echo = EchoSwitch(mode)
    let metrics = MetricsRegistry()
    let listener = try await SwitchListener.start(
      settings,
      on: group,
      metrics: metrics,
      logger: log.logger(level: .trace),
      makeProcessor: { echo.makeProcessor(wake: $0) }
    )
    let outcome: Result<Void, any Error>
    do {
      try await body(Bench(listener: listener, echo: echo, metrics: metrics))
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    await listener.stop(within: .milliseconds(50))
    #expect(metrics.render().contains("holdfast_links_open{listener=\"iso8583\"} 0\n"))
    #expect(echo.state.withLock { $0.opened == $0.closed })
    try await group.shutdownGracefully()
    try outcome.get()
  }

  private static func message(_ peer: Int, _ number: Int, count: Int = 40) -> [UInt8] {
    var message = [UInt8](repeating: UInt8(truncatingIfNeeded: peer), count: count)
    message[1] = UInt8(truncatingIfNeeded: number >> 8)
    message[2] = UInt8(truncatingIfNeeded: number)
    return message
  }

  private static func frames(_ messages: [[UInt8]]) -> [UInt8] {
    messages.flatMap { ReferenceFrames.frame(.nac2, $0) }
  }

  @Test func `port zero reports the port that was chosen`() async throws {
    try await Self.withBench(.atOnce) { bench in
      #expect(bench.listener.port > 0)
      #expect(bench.listener.address == "127.0.0.1:\(bench.listener.port)")
      let peer = try bench.peer()
      peer.send(Self.frames([[1, 2, 3]]))
      #expect(peer.receiveMessages(1) == [[1, 2, 3]])
    }
  }

  @Test func `what a link has received, answered and in work is seen from outside`() async throws {
    try await Self.withBench(.held) { bench in
      let peer = try bench.peer()
      peer.send(Self.frames((0..<100).map { Self.message(1, $0) }))
      #expect(try await bench.eventually { bench.listener.links.first?.received == 100 })
      let busy = try #require(bench.listener.links.first)
      #expect(busy.listener == "iso8583")
      #expect(busy.peer.hasPrefix("127.0.0.1:"))
      #expect(busy.inFlight == 100)
      #expect(busy.answered == 0)
      #expect(busy.lastMessage != nil)
      bench.echo.release()
      #expect(peer.receiveMessages(100).count == 100)
      let idle = try #require(bench.listener.links.first)
      #expect(idle.inFlight == 0)
      #expect(idle.answered == 100)
      #expect(bench.metric("holdfast_links{listener=\"iso8583\",state=\"UP\"}") == 1)
      peer.finish()
      #expect(try await bench.eventually { bench.listener.links.isEmpty })
      #expect(await bench.listener.request(.echo, on: busy.id) == .unknown)
    }
  }

  @Test(arguments: [EchoSwitch.Mode.dropped, .withdrawn])
  func `what is not answered is not counted as answered`(mode: EchoSwitch.Mode) async throws {
    try await Self.withBench(mode) { bench in
      let peer = try bench.peer()
      peer.send(Self.frames((0..<10).map { Self.message(1, $0) }))
      #expect(
        try await bench.eventually {
          bench.listener.links.first.map { $0.received == 10 && $0.inFlight == 0 } == true
        }
      )
      #expect(bench.listener.links.first?.answered == 0)
    }
  }

  @Test(arguments: [EchoSwitch.Mode.atOnce, .later])
  func `a thousand frames in flight on each of three links are answered on their own link`(
    mode: EchoSwitch.Mode
  ) async throws {
    try await Self.withBench(mode) { bench in
      let peers = try (0..<3).map { _ in try bench.peer() }
      for (index, peer) in peers.enumerated() {
        #expect(peer.send(Self.frames((0..<1000).map { Self.message(index, $0) })))
      }
      for (index, peer) in peers.enumerated() {
        let answers = peer.receiveMessages(1000)
        #expect(Set(answers) == Set((0..<1000).map { Self.message(index, $0) }))
        #expect(answers.count == 1000)
      }
      #expect(bench.counted("frames_received_total") == 3000)
      #expect(bench.counted("frames_sent_total") == 3000)
      #expect(bench.counted("link_bytes_received_total") == 3 * 42_000)
      #expect(bench.counted("link_bytes_sent_total") == 3 * 42_000)
    }
  }

  @Test func `a frame that comes byte by byte is answered`() async throws {
    try await Self.withBench(.later) { bench in
      let peer = try bench.peer()
      for byte in Self.frames([Self.message(1, 1), Self.message(1, 2)]) {
        peer.send([byte])
      }
      #expect(peer.receiveMessages(2).count == 2)
    }
  }

  @Test(arguments: Framing.allCases, [false, true])
  func `a keep-alive is answered alike and never reaches the switch`(
    framing: Framing,
    hasTPDU: Bool
  ) async throws {
    try await Self.withBench(
      .atOnce,
      {
        $0.framing = framing
        $0.hasTPDU = hasTPDU
      }
    ) { bench in
      let peer = try bench.peer()
      let keepAlive = ReferenceFrames.prefix(framing, 0)
      peer.send(keepAlive)
      #expect(peer.receive(keepAlive.count) == keepAlive)
      #expect(bench.echo.state.withLock { $0.accepted } == 0)
      #expect(bench.counted("keep_alives_total") == 1)
      let tpdu: [UInt8] = hasTPDU ? [0x60, 0x12, 0x34, 0x56, 0x78] : []
      let swapped: [UInt8] = hasTPDU ? [0x60, 0x56, 0x78, 0x12, 0x34] : []
      peer.send(ReferenceFrames.frame(framing, [9, 9, 9], tpdu: tpdu))
      let answer = ReferenceFrames.frame(framing, [9, 9, 9], tpdu: swapped)
      #expect(peer.receive(answer.count) == answer)
    }
  }

  @Test func `each answer carries the addresses of its own request, swapped`() async throws {
    try await Self.withBench(.later, { $0.hasTPDU = true }) { bench in
      let peer = try bench.peer()
      let requests = (0..<200).map { number -> [UInt8] in
        [0x60, 0x00, UInt8(number), 0x80, UInt8(255 - number), 0xAA, UInt8(number)]
      }
      peer.send(Self.frames(requests))
      let expected = (0..<200).map { number -> [UInt8] in
        [0x60, 0x80, UInt8(255 - number), 0x00, UInt8(number), 0xAA, UInt8(number)]
      }
      #expect(Set(peer.receiveMessages(200)) == Set(expected))
    }
  }

  @Test func `one connection more than allowed is closed at once, and a place is given back`()
    async throws
  {
    try await Self.withBench(.atOnce, { $0.maximumConnections = 2 }) { bench in
      let first = try bench.peer()
      var second: TestPeer? = try bench.peer()
      for peer in [first, second].compactMap({ $0 }) {
        peer.send(Self.frames([[1]]))
        #expect(peer.receiveMessages(1) == [[1]])
      }
      let third = try bench.peer()
      #expect(third.waitForEnd())
      #expect(bench.counted("links_refused_total") == 1)
      second = nil
      #expect(try await bench.eventually { bench.counted("links_open") == 1 })
      let next = try bench.peer()
      next.send(Self.frames([[2]]))
      #expect(next.receiveMessages(1) == [[2]])
      first.send(Self.frames([[3]]))
      #expect(first.receiveMessages(1) == [[3]])
    }
  }

  @Test func `a peer that never completes its frame is closed and others go on`() async throws {
    try await Self.withBench(.later, { $0.halfFrameTimeout = .milliseconds(60) }) { bench in
      let good = try bench.peer()
      let slow = try bench.peer()
      slow.send(Self.frames([[7]]) + [0x00])
      #expect(slow.receiveMessages(1) == [[7]])
      #expect(slow.waitForEnd())
      #expect(try await bench.eventually { bench.closed(.halfFrame) == 1 })
      good.send(Self.frames([[1]]))
      #expect(good.receiveMessages(1) == [[1]])
    }
  }

  @Test func `a trickle of bytes does not keep a half frame alive`() async throws {
    try await Self.withBench(.atOnce, { $0.halfFrameTimeout = .milliseconds(100) }) { bench in
      let slow = try bench.peer()
      slow.send([0x20, 0x00])
      var isOpen = true
      for _ in 0..<1000 where isOpen {
        isOpen = slow.send([0x42])
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(!isOpen)
      #expect(bench.closed(.halfFrame) == 1)
    }
  }

  @Test func `a silent link is closed`() async throws {
    try await Self.withBench(.atOnce, { $0.idleTimeout = .milliseconds(40) }) { bench in
      let peer = try bench.peer()
      #expect(peer.waitForEnd())
      #expect(try await bench.eventually { bench.closed(.idle) == 1 })
    }
  }

  @Test func `a frame above the limit ends its link after its answers, and no other`()
    async throws
  {
    try await Self.withBench(.later) { bench in
      let good = try bench.peer()
      let bad = try bench.peer()
      let messages = (0..<50).map { Self.message(2, $0) }
      bad.send(Self.frames(messages) + Array("GET / HTTP/1.1".utf8))
      #expect(Set(bad.receiveMessages(51)) == Set(messages))
      #expect(bad.isAtEnd)
      #expect(try await bench.eventually { bench.closed(.frameTooLong) == 1 })
      good.send(Self.frames([[1]]))
      #expect(good.receiveMessages(1) == [[1]])
    }
  }

  @Test func `a message that the switch cannot read ends the link after its answers`()
    async throws
  {
    try await Self.withBench(.strict) { bench in
      let peer = try bench.peer()
      let messages = (0..<20).map { Self.message(1, $0) }
      peer.send(Self.frames(messages + [[0xFF, 0xFF]] + messages))
      #expect(Set(peer.receiveMessages(21)) == Set(messages))
      #expect(peer.isAtEnd)
      #expect(try await bench.eventually { bench.closed(.unreadable) == 1 })
      #expect(bench.echo.state.withLock { $0.accepted } == 21)
    }
  }

  @Test func `a peer that does not read is no longer read and then closed`() async throws {
    try await Self.withBench(.longWinded, { $0.stallTimeout = .milliseconds(200) }) { bench in
      let good = try bench.peer()
      let deaf = try bench.peer(receiveBuffer: 4096)
      let messages = (0..<20_000).map { Self.message(1, $0) }
      deaf.send(Self.frames(messages), patience: 2000)
      #expect(try await bench.eventually { bench.closed(.notReading) == 1 })
      #expect(bench.echo.state.withLock { $0.accepted } < messages.count)
      good.send(Self.frames([[1]]))
      #expect(good.receiveMessages(1) == [[UInt8](repeating: 1, count: 1000)])
    }
  }

  @Test func `answers beyond the queue's limit close the link`() async throws {
    try await Self.withBench(.held, { $0.maximumQueuedOutputBytes = 262_144 }) { bench in
      let deaf = try bench.peer(receiveBuffer: 4096)
      let count = 2000
      deaf.send(Self.frames((0..<count).map { Self.message(1, $0, count: 16_000) }))
      #expect(try await bench.eventually { bench.echo.state.withLock { $0.accepted } == count })
      bench.echo.release()
      #expect(try await bench.eventually { bench.closed(.outputLimit) == 1 })
    }
  }

  @Test func `at the in-flight limit the link waits and nothing is lost`() async throws {
    try await Self.withBench(.held, { $0.maximumInFlightPerLink = 8 }) { bench in
      let peer = try bench.peer()
      let messages = (0..<500).map { Self.message(1, $0) }
      peer.send(Self.frames(messages))
      #expect(try await bench.eventually { bench.echo.state.withLock { $0.accepted } == 8 })
      // Another link's answer shows that the loops have gone on meanwhile.
      try await Task.sleep(for: .milliseconds(50))
      #expect(bench.echo.state.withLock { $0.accepted } == 8)
      #expect(bench.counted("link_reading_held_total") >= 1)
      bench.echo.release()
      #expect(Set(peer.receiveMessages(500)) == Set(messages))
    }
  }

  @Test(arguments: [EchoSwitch.Mode.withdrawn, .dropped])
  func `frames without an answer give their places back`(mode: EchoSwitch.Mode) async throws {
    try await Self.withBench(mode, { $0.maximumInFlightPerLink = 4 }) { bench in
      let peer = try bench.peer()
      peer.send(Self.frames((0..<300).map { Self.message(1, $0) }))
      #expect(try await bench.eventually { bench.echo.state.withLock { $0.accepted } == 300 })
      peer.send([0, 0])
      #expect(peer.receive(2) == [0, 0])
    }
  }

  @Test func `a peer that closes its side first gets every answer`() async throws {
    try await Self.withBench(.later, { $0.maximumInFlightPerLink = 16 }) { bench in
      let peer = try bench.peer()
      let messages = (0..<1000).map { Self.message(1, $0) }
      peer.send(Self.frames(messages))
      peer.finish()
      #expect(Set(peer.receiveMessages(1001)) == Set(messages))
      #expect(peer.isAtEnd)
      #expect(try await bench.eventually { bench.closed(.peerClosed) == 1 })
    }
  }

  @Test func `answers for a link that was reset are dropped and counted`() async throws {
    try await Self.withBench(.held) { bench in
      let good = try bench.peer()
      let peer = try bench.peer()
      peer.send(Self.frames((0..<10).map { Self.message(1, $0) }))
      #expect(try await bench.eventually { bench.echo.state.withLock { $0.accepted } == 10 })
      peer.reset()
      #expect(try await bench.eventually { bench.closed(.connectionError) == 1 })
      bench.echo.release()
      #expect(
        try await bench.eventually { bench.counted("answers_without_link_total") == 10 }
      )
      good.send(Self.frames([[1]]))
      #expect(good.receiveMessages(1) == [[1]])
    }
  }

  @Test func `a flood of keep-alives ends the link`() async throws {
    try await Self.withBench(.atOnce, { $0.maximumKeepAlivesPerSecond = 10 }) { bench in
      let peer = try bench.peer()
      peer.send([UInt8](repeating: 0, count: 4000))
      #expect(peer.waitForEnd())
      #expect(try await bench.eventually { bench.closed(.keepAliveFlood) == 1 })
    }
  }

  @Test func `random bytes on many links leave a good one alone`() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("random bytes: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for framing in Framing.allCases {
      try await Self.withBench(
        .strict,
        {
          $0.framing = framing
          $0.maximumFrameBytes = 4096
        }
      ) { bench in
        let good = try bench.peer()
        for round in 0..<40 {
          let bad = try bench.peer()
          var bytes = random.bytes(Int.random(in: 1...20_000, using: &random))
          if Bool.random(using: &random) {
            bytes = ReferenceFrames.frame(framing, [1, 2, 3]) + bytes
          }
          bad.send(bytes, patience: 1000)
          if Bool.random(using: &random) { bad.reset() }
          let message = Self.message(1, round)
          good.send(ReferenceFrames.frame(framing, message))
          let answer = ReferenceFrames.frame(framing, message)
          #expect(good.receive(answer.count) == answer, "seed \(seed), \(framing)")
        }
        #expect(try await bench.eventually { bench.counted("links_open") == 1 })
      }
    }
  }

  @Test func `the log tells who came, why it ended and what may be wrong, and no message bytes`()
    async throws
  {
    let log = LogRecorder()
    let timeout: (inout ListenerSettings) -> Void = { $0.halfFrameTimeout = .milliseconds(30) }
    try await Self.withBench(.later, log: log, timeout) { bench in
      let tooLong = try bench.peer()
      tooLong.send(Self.frames([Array("4000000000000002".utf8)]) + Array("~~4000000000000002".utf8))
      #expect(tooLong.waitForEnd())
      let half = try bench.peer()
      half.send(Array("204000000000000002".utf8))
      #expect(half.waitForEnd())
      #expect(try await bench.eventually { bench.counted("links_open") == 0 })
    }
    let text = log.lines.joined(separator: "\n")
    #expect(text.contains("link opened link="))
    #expect(text.contains("peer=127.0.0.1:"))
    #expect(text.contains("length 32382 looks like ASCII '~~…': is the peer's framing different?"))
    #expect(text.contains("its length looks like ASCII '20…'"))
    #expect(text.contains("reason=frame_too_long"))
    #expect(text.contains("reason=half_frame"))
    #expect(!text.contains("40000000"))
  }

  @Test func `stopping answers what is in flight and accepts no more`() async throws {
    try await Self.withBench(.held) { bench in
      let peer = try bench.peer()
      // Connections go to the event loops in turn, so some of these share the loop of `peer`.
      let idle = try (0..<8).map { _ in try bench.peer() }
      let messages = (0..<10).map { Self.message(1, $0) }
      peer.send(Self.frames(messages))
      #expect(try await bench.eventually { bench.echo.state.withLock { $0.accepted } == 10 })
      async let stopped: Void = bench.listener.stop(within: .seconds(20))
      // A loop ends its idle links in the same turn in which it stops reading from the others.
      for peer in idle { #expect(peer.waitForEnd()) }
      #expect(throws: TestPeerError.self) { try bench.peer() }
      // What comes after the stop is not taken.
      peer.send(Self.frames([[9]]))
      bench.echo.release()
      #expect(Set(peer.receiveMessages(11)) == Set(messages))
      #expect(peer.isAtEnd)
      await stopped
      #expect(bench.closed(.stopped) == 9)
      #expect(bench.echo.state.withLock { $0.accepted } == 10)
    }
  }

  @Test func `stopping does not wait for answers beyond its limit`() async throws {
    try await Self.withBench(.held) { bench in
      let peer = try bench.peer()
      peer.send(Self.frames([[1]]))
      #expect(try await bench.eventually { bench.echo.state.withLock { $0.accepted } == 1 })
      await bench.listener.stop(within: .milliseconds(100))
      #expect(peer.waitForEnd())
      bench.echo.release()
    }
  }

  @Test func `an address in use is refused with a clear error`() async throws {
    try await Self.withBench(.atOnce) { bench in
      var settings = ListenerSettings()
      settings.port = bench.listener.port
      let error = await Self.failure(settings)
      #expect(error == .addressInUse(host: "127.0.0.1", port: settings.port))
    }
  }

  @Test func `an address of another machine is refused with a clear error`() async throws {
    var settings = ListenerSettings()
    settings.port = 0
    settings.host = "192.0.2.1"
    #expect(await Self.failure(settings) == .addressNotAvailable(host: "192.0.2.1", port: 0))
  }

  @Test func `settings out of range are refused by name`() async throws {
    let faults: [(String, (inout ListenerSettings) -> Void)] = [
      ("name", { $0.name = "" }), ("host", { $0.host = "" }), ("port", { $0.port = 65_536 }),
      ("maximumFrameBytes", { $0.maximumFrameBytes = 63 }),
      ("maximumFrameBytes", { $0.maximumFrameBytes = 1_048_577 }),
      ("maximumConnections", { $0.maximumConnections = 0 }),
      ("maximumInFlightPerLink", { $0.maximumInFlightPerLink = 0 }),
      ("maximumQueuedOutputBytes", { $0.maximumQueuedOutputBytes = 1 }),
      ("maximumKeepAlivesPerSecond", { $0.maximumKeepAlivesPerSecond = 0 }),
      ("halfFrameTimeout", { $0.halfFrameTimeout = .zero }),
      ("idleTimeout", { $0.idleTimeout = .milliseconds(-1) }),
      ("stallTimeout", { $0.stallTimeout = .seconds(4000) }),
      ("drainTimeout", { $0.drainTimeout = .zero }), ("backlog", { $0.backlog = 0 }),
    ]
    for (name, fault) in faults {
      var settings = ListenerSettings()
      fault(&settings)
      guard case .invalidSetting(let reported, _) = await Self.failure(settings) else {
        Issue.record("\(name) was accepted")
        continue
      }
      #expect(reported == name)
    }
    #expect(throws: Never.self) { try ListenerSettings().validate() }
  }

  private static func failure(_ settings: ListenerSettings) async -> ListenerError? {
    let echo = EchoSwitch(.atOnce)
    do throws(ListenerError) {
      let listener = try await SwitchListener.start(
        settings,
        on: .singleton,
        metrics: MetricsRegistry(),
        logger: LogRecorder().logger(level: .error),
        makeProcessor: { echo.makeProcessor(wake: $0) }
      )
      await listener.stop(within: .zero)
      return nil
    } catch {
      return error
    }
  }
}
