import Authorization
import CardCrypto
import Foundation
import Ledger
import Logging
import ServiceLifecycle
import Synchronization
import Telemetry
import Testing

@testable import Management

/// A server on a ledger of its own in a scratch directory.
final class TestDaemon: Sendable {
  let directory: String
  let ledger: Ledger
  let addresses: [String]
  let log: LogRecorder
  private let group: ServiceGroup
  private let running: Task<Void, any Error>

  var socketPath: String { directory + "/management.sock" }

  private init(
    directory: String,
    key: VaultKey,
    limits: ManagementLimits,
    listen: (host: String, port: Int)?,
    clock: VirtualClock? = nil,
    links: @escaping @Sendable () -> LinkReadiness
  ) async throws {
    self.directory = directory
    let vault = try PANVault(key: key)
    let metrics = MetricsRegistry()
    var settings = Ledger.Settings(
      directory: directory,
      vaultFingerprint: vault.keyCheckValue.text
    )
    if let clock { settings.clock = clock.ledgerClock }
    ledger = try Ledger(
      settings,
      metrics: LedgerMetrics(registry: metrics)
    )
    let log = LogRecorder()
    self.log = log
    var logger = Logger(label: "test") { _ in log }
    logger.logLevel = .debug
    let (ready, continuation) = AsyncStream.makeStream(of: [String].self)
    var serverSettings = ManagementServer.Settings(
      socketPath: directory + "/management.sock",
      listen: listen,
      version: "1.2.3",
      started: Instant(microsecondsSinceEpoch: 1_900_000_000_000_000)
    )
    serverSettings.virtualClock = clock
    let server = ManagementServer(
      serverSettings,
      limits: limits,
      ledger: ledger,
      vault: vault,
      metrics: metrics,
      logger: logger,
      links: links,
      networkLinks: TestLinks(),
      onReady: { continuation.yield($0) }
    )
    let group = ServiceGroup(services: [server], logger: Logger(label: "group"))
    self.group = group
    running = Task {
      defer { continuation.finish() }
      try await group.run()
    }
    var found: [String] = []
    for await addresses in ready {
      found = addresses
      break
    }
    addresses = found
    if found.isEmpty { try await running.value }
  }

  /// Ends the server, then the ledger.
  func stop() async throws {
    await group.triggerGracefulShutdown()
    try await running.value
    ledger.stop()
  }

  /// Runs a test against a server on an empty ledger.
  static func run(
    limits: ManagementLimits = ManagementLimits(),
    listen: (host: String, port: Int)? = nil,
    links: @escaping @Sendable () -> LinkReadiness = {
      LinkReadiness(isListening: true, openLinks: 2)
    },
    _ body: @Sendable (TestDaemon) async throws -> Void
  ) async throws {
    try await withScratchDirectory { directory in
      try await run(
        in: directory,
        key: .random(),
        limits: limits,
        listen: listen,
        links: links,
        body
      )
    }
  }

  /// Runs a test against a server on the ledger of a directory.
  static func run(
    in directory: String,
    key: VaultKey,
    limits: ManagementLimits = ManagementLimits(),
    listen: (host: String, port: Int)? = nil,
    clock: VirtualClock? = nil,
    links: @escaping @Sendable () -> LinkReadiness = {
      LinkReadiness(isListening: true, openLinks: 2)
    },
    _ body: @Sendable (TestDaemon) async throws -> Void
  ) async throws {
    let daemon = try await TestDaemon(
      directory: directory,
      key: key,
      limits: limits,
      listen: listen,
      clock: clock,
      links: links
    )
    do {
      try await body(daemon)
    } catch {
      try? await daemon.stop()
      throw error
    }
    try await daemon.stop()
  }

  static func withScratchDirectory(
    _ body: @Sendable (String) async throws -> Void
  ) async throws {
    let directory = NSTemporaryDirectory() + "holdfast-\(UUID().uuidString.prefix(8))"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await body(directory)
  }

  // MARK: Talking

  /// Runs blocking work on a thread that may block: the server lives on the threads of the pool.
  func blocking<Value: Sendable>(
    _ body: @escaping @Sendable (TestDaemon) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try body(self) }) }
    }
  }

  /// Sends bytes, and gives the answer when the server closes.
  func raw(_ text: String) async throws -> Answer {
    try await blocking { daemon in
      let socket = try ClientSocket(unix: daemon.socketPath)
      try socket.send(text)
      return try ClientSocket.answer(try socket.receiveToEnd())
    }
  }

  /// Makes one call.
  func call(
    _ method: String,
    _ path: String,
    _ body: String? = nil,
    partner: String? = nil,
    key: String? = nil,
    headers: [String] = []
  ) async throws -> Answer {
    var lines = ["\(method) \(path) HTTP/1.1", "Host: holdfast", "Connection: close"] + headers
    if let partner { lines.append("X-Partner: \(partner)") }
    if let key { lines.append("X-Idempotency-Key: \(key)") }
    if let body { lines.append("Content-Length: \(body.utf8.count)") }
    return try await raw(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
  }

  func get(_ path: String, partner: String? = nil) async throws -> Answer {
    try await call("GET", path, partner: partner)
  }

  func post(
    _ path: String,
    _ body: String? = nil,
    partner: String? = nil,
    key: String? = nil
  ) async throws -> Answer {
    try await call("POST", path, body, partner: partner, key: key)
  }

  /// Sends an import from one thread while reading its results on another.
  func importing(_ text: String) async throws -> Answer {
    try await blocking { daemon in
      let socket = try ClientSocket(unix: daemon.socketPath)
      let bytes = Array(text.utf8)
      let descriptor = socket.descriptor
      Thread.detachNewThread {
        let head =
          "POST /admin/import HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
          + "Content-Length: \(bytes.count)\r\n\r\n"
        var rest = (Array(head.utf8) + bytes)[...]
        while !rest.isEmpty {
          let sent = rest.prefix(64 << 10).withUnsafeBytes {
            Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
          }
          guard sent > 0 else { return }
          rest = rest.dropFirst(sent)
        }
      }
      return try ClientSocket.answer(try socket.receiveToEnd())
    }
  }
}
