public import Authorization
import CThreads
public import CardCrypto
import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Ledger
public import Logging
import NIOCore
import NIOPosix
public import ServiceLifecycle
import Synchronization
public import Telemetry

/// The management interface: HTTP/1.1 and JSON on a Unix socket and, when asked for, on a loopback
/// port; on threads of its own.
///
/// Whoever connects to the Unix socket under the daemon's own user id, or as root, is the operator.
/// The loopback port has no such check and no TLS yet: everybody on the machine is the operator there.
public final class ManagementServer: Service {
  /// Where the interface listens and what it says about itself.
  public struct Settings: Sendable {
    /// The path of the Unix socket, at most 107 bytes.
    public var socketPath: String
    /// A loopback address and port, 0 for any free one; `nil` for the Unix socket alone.
    public var listen: (host: String, port: Int)?
    /// The release, for `/version`.
    public var version: String
    /// When the process started, for `/version`.
    public var started: Instant
    /// The clock that `/admin/clock/advance` sets forward; must be the ledger's; `nil` on the machine's.
    public var virtualClock: VirtualClock?
    /// What ends holds in this process; `nil` makes one for the interface alone.
    public var holdExpiry: HoldExpiry?

    /// Settings from their parts.
    public init(
      socketPath: String,
      listen: (host: String, port: Int)? = nil,
      version: String,
      started: Instant
    ) {
      self.socketPath = socketPath
      self.listen = listen
      self.version = version
      self.started = started
    }
  }

  private let settings: Settings
  private let limits: ManagementLimits
  private let logger: Logger
  private let responder: ManagementResponder
  private let onReady: @Sendable ([String]) -> Void

  /// A server that is not listening yet; registers its metrics and the ledger's gauges.
  /// - Parameters:
  ///   - settings: where it listens.
  ///   - ledger: what it reads and changes.
  ///   - vault: takes in the card numbers of imports; must be the one that the ledger was opened for.
  ///   - metrics: what `/metrics` shows.
  ///   - logger: where requests and faults are noted, never with card data.
  ///   - links: how the other side of the process is; called for `/readyz` and must be quick.
  ///   - networkLinks: the network's links, for `/admin/links`.
  ///   - onReady: called once, when everything listens, with the addresses, such as
  ///     `unix:/var/lib/holdfast/management.sock` and `127.0.0.1:8600`.
  public convenience init(
    _ settings: Settings,
    ledger: Ledger,
    vault: PANVault,
    metrics: MetricsRegistry,
    logger: Logger,
    links: @escaping @Sendable () -> LinkReadiness,
    networkLinks: any NetworkLinks = NoNetworkLinks(),
    onReady: @escaping @Sendable ([String]) -> Void = { _ in }
  ) {
    self.init(
      settings,
      limits: ManagementLimits(),
      ledger: ledger,
      vault: vault,
      metrics: metrics,
      logger: logger,
      links: links,
      networkLinks: networkLinks,
      onReady: onReady
    )
  }

  init(
    _ settings: Settings,
    limits: ManagementLimits,
    ledger: Ledger,
    vault: PANVault,
    metrics: MetricsRegistry,
    logger: Logger,
    links: @escaping @Sendable () -> LinkReadiness,
    networkLinks: any NetworkLinks = NoNetworkLinks(),
    onReady: @escaping @Sendable ([String]) -> Void
  ) {
    self.settings = settings
    self.limits = limits
    self.logger = logger
    self.onReady = onReady
    let services = ManagementServices(
      ledger: ledger,
      vault: vault,
      metrics: metrics,
      logger: logger,
      version: settings.version,
      started: settings.started,
      limits: limits,
      virtualClock: settings.virtualClock,
      holdExpiry: settings.holdExpiry,
      links: links,
      networkLinks: networkLinks
    )
    responder = ManagementResponder(routes: Self.routes(services), services: services)
    Self.registerGauges(of: ledger, in: metrics)
  }

  /// Every route of the interface.
  static func routes(_ services: ManagementServices) -> RouteTable {
    let groups: [[Route]] = [
      Health(services: services).routes,
      Partners(services: services).routes,
      PartnerBalances(services: services).routes,
      Programs(services: services).routes,
      Customers(services: services).routes,
      Balances(services: services).routes,
      Cards(services: services).routes,
      Authorizations(services: services).routes,
      Summary(services: services).routes,
      ProofOfBooks(services: services).routes,
      Import(services: services).routes,
      MerchantGroups(services: services).routes,
      ExchangeRates(services: services).routes,
      Clock(services: services).routes,
      DryRuns(services: services).routes,
      OutsideLocks(services: services).routes,
      Links(services: services).routes,
      Reports(services: services).routes,
      Events(services: services).routes,
    ]
    return RouteTable(groups.flatMap(\.self))
  }

  private static func registerGauges(of ledger: Ledger, in metrics: MetricsRegistry) {
    // Weak, since a registry may outlive the ledger whose files it would otherwise keep open.
    metrics.gauge("holdfast_queue_depth", help: "Requests that wait for the writer.") {
      [weak ledger] in Double(ledger?.queueDepth ?? 0)
    }
    metrics.gauge(
      "holdfast_unposted_entries",
      help: "Journal entries that the books do not hold yet."
    ) { [weak ledger] in
      guard let positions = ledger?.positions else { return 0 }
      return Double(positions.durable) - Double(positions.posted)
    }
    metrics.gauge(
      "holdfast_file_bytes",
      help: "Bytes in use, by file.",
      labels: ["file": "journal"]
    ) { [weak ledger] in Double(ledger?.usage.journalBytes ?? 0) }
    metrics.gauge(
      "holdfast_file_bytes",
      help: "Bytes in use, by file.",
      labels: ["file": "books"]
    ) { [weak ledger] in Double(ledger?.usage.booksBytes ?? 0) }
    metrics.gauge(
      "holdfast_file_limit_bytes",
      help: "Bytes that a file may grow to, by file.",
      labels: ["file": "journal"]
    ) { [weak ledger] in Double(ledger?.usage.journalLimit ?? 0) }
    metrics.gauge(
      "holdfast_file_limit_bytes",
      help: "Bytes that a file may grow to, by file.",
      labels: ["file": "books"]
    ) { [weak ledger] in Double(ledger?.usage.booksLimit ?? 0) }
    metrics.gauge("holdfast_books_readers", help: "Open read transactions of the books.") {
      [weak ledger] in Double(ledger?.usage.readers ?? 0)
    }
  }

  /// Listens and serves until a graceful shutdown: then accepts nothing more, answers what is in
  /// flight for up to three seconds, and returns.
  /// - Throws: `ManagementServerError`, or what the operating system said about an address.
  public func run() async throws {
    if let host = settings.listen?.host, host != "127.0.0.1", host != "::1" {
      throw ManagementServerError.notLoopback(host: host)
    }
    try SocketFile.prepare(settings.socketPath)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    for eventLoop in group.makeIterator() {
      eventLoop.execute {
        thread_set_name("management")
        thread_stay_behind(ManagementLimits.nice)
      }
    }
    do {
      try await serve(group)
    } catch {
      SocketFile.remove(settings.socketPath)
      try? await group.shutdownGracefully()
      throw error
    }
    SocketFile.remove(settings.socketPath)
    try await group.shutdownGracefully()
  }

  private func serve(_ group: MultiThreadedEventLoopGroup) async throws {
    let readiness = Readiness(
      expected: settings.listen == nil ? 1 : 2,
      onReady: onReady
    )
    let path = settings.socketPath
    let failure = FirstError()
    var applications: [Application<ManagementResponder>] = []
    applications.append(
      application(group, .unixDomainSocket(path: path), checksPeer: true) { channel in
        do throws(ManagementServerError) {
          try SocketFile.restrict(path)
          readiness.bound(0, "unix:\(path)")
        } catch {
          failure.set(error)
          channel.close(promise: nil)
        }
      }
    )
    if let (host, port) = settings.listen {
      applications.append(
        application(group, .hostname(host, port: port), checksPeer: false) { channel in
          let bound = channel.localAddress?.port ?? port
          readiness.bound(1, host == "::1" ? "[::1]:\(bound)" : "\(host):\(bound)")
        }
      )
    }
    let seconds = limits.stopSeconds
    // `true` says that a listener has ended, `false` that the time for a clean stop has.
    try await withThrowingTaskGroup(of: Bool.self) { tasks in
      for application in applications {
        tasks.addTask {
          try await application.run()
          try failure.check()
          return true
        }
      }
      tasks.addTask {
        // Both throw when everything has ended before; then nobody looks at the value.
        try? await gracefulShutdown()
        try? await Task.sleep(for: .seconds(seconds))
        return false
      }
      var running = applications.count
      while running > 0, try await tasks.next() == true { running -= 1 }
      // Requests that take longer than a clean stop may are cut off; their effects are durable or
      // not there, and their callers ask again under the same key.
      tasks.cancelAll()
    }
  }

  private func application(
    _ group: MultiThreadedEventLoopGroup,
    _ address: BindAddress,
    checksPeer: Bool,
    onRunning: @escaping @Sendable (any Channel) async -> Void
  ) -> Application<ManagementResponder> {
    let limits = limits
    return Application(
      responder: responder,
      server: HTTPServerBuilder { responder in
        GuardedChannel(
          http: HTTP1Channel(
            responder: responder,
            configuration: .init(
              idleTimeout: nil,
              httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytes,
                maxHeaderListSize: limits.headerBytes,
                maxHeaderFieldCount: limits.headerFields
              )
            )
          ),
          limits: limits,
          checksPeer: checksPeer
        )
      },
      configuration: ApplicationConfiguration(
        address: address,
        serverName: "holdfast",
        availableConnectionsDelegate: .maximum(limits.connections, logger: logger)
      ),
      onServerRunning: onRunning,
      eventLoopGroupProvider: .shared(group),
      logger: logger
    )
  }
}

/// Collects the addresses of all listeners, in a fixed order.
private final class Readiness: Sendable {
  private let addresses: Mutex<[String?]>
  private let onReady: @Sendable ([String]) -> Void

  init(expected: Int, onReady: @escaping @Sendable ([String]) -> Void) {
    addresses = Mutex(Array(repeating: nil, count: expected))
    self.onReady = onReady
  }

  func bound(_ position: Int, _ address: String) {
    let complete = addresses.withLock { addresses in
      addresses[position] = address
      return addresses.compactMap(\.self)
    }
    if complete.count == addresses.withLock(\.count) { onReady(complete) }
  }
}

/// Keeps the first error of several tasks.
private final class FirstError: Sendable {
  private let error = Mutex<ManagementServerError?>(nil)

  func set(_ new: ManagementServerError) { error.withLock { $0 = $0 ?? new } }

  func check() throws(ManagementServerError) {
    if let error = error.withLock(\.self) { throw error }
  }
}
