import Authorization
import CThreads
import CardCrypto
import Foundation
import Ledger
import Logging
import Management
import NIOCore
import NIOPosix
import ServiceLifecycle
import Switch
import SwitchServer
import Synchronization
import Telemetry
import UnixSignals

/// One running daemon: ledger, listeners, management, and the order in which they start and stop.
struct Daemon {
  private let configuration: Configuration
  private let reload: @Sendable () -> Result<String, ConfigurationError>
  private let logger = Logger(label: "holdfastd")
  private let registry = MetricsRegistry()
  /// The one clock of ledger, switch and management; `nil` on the machine's.
  private let virtualClock: VirtualClock?

  init(
    _ configuration: Configuration,
    reload: @escaping @Sendable () -> Result<String, ConfigurationError>
  ) {
    self.configuration = configuration
    self.reload = reload
    virtualClock = configuration.hasVirtualClock ? VirtualClock() : nil
  }

  func run() async throws {
    let vault = openVault()
    let ledger = openLedger(vault)
    if let virtualClock {
      // Entries of an earlier run may be ahead of the machine.
      virtualClock.advance(to: ledger.lastEntryTime)
      logger.warning(
        "THE CLOCK IS VIRTUAL: whoever reaches the management socket can set time forward; never in production",
        metadata: ["ahead": "\(virtualClock.now() > LedgerClock.system.now())"]
      )
    }
    let holdExpiry = HoldExpiry(ledger: ledger)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    // Answers wait for this thread's turn; nobody waits for the turn of the management's.
    for eventLoop in group.makeIterator() {
      eventLoop.execute {
        thread_set_name("iso8583-links")
        thread_prefer_short_turns(LedgerLimits.urgentTurnNanoseconds)
      }
    }
    let listeners = await startListeners(ledger, vault, group)
    let ready = readyLine(listeners)
    var managementSettings = ManagementServer.Settings(
      socketPath: configuration.managementSocketPath,
      listen: configuration.managementListen.flatMap {
        try? Configuration.address($0, of: "management.listen")
      },
      version: Release.version,
      started: LedgerClock.system.now()
    )
    managementSettings.virtualClock = virtualClock
    managementSettings.holdExpiry = holdExpiry
    let management = ManagementServer(
      managementSettings,
      ledger: ledger,
      vault: vault,
      metrics: registry,
      logger: Logger(label: "management"),
      links: {
        LinkReadiness(isListening: true, openLinks: listeners.reduce(0) { $0 + $1.openLinks })
      },
      networkLinks: ListenerLinks(listeners: listeners, ledger: ledger),
      onReady: ready
    )
    let services = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        // Stopped in reverse order: management first, the ledger last.
        services: [
          LedgerService(ledger: ledger),
          HoldExpiryService(expiry: holdExpiry, logger: logger),
          ListenerService(listeners: listeners),
          ReloadService(reload: reload, logger: logger),
          management,
        ].map { (service: any Service) in
          ServiceGroupConfiguration.ServiceConfiguration(service: service)
        },
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: logger
      )
    )
    do {
      try await services.run()
    } catch let error as ManagementServerError {
      ledger.stop()
      HoldfastDaemon.fail("\(error)", status: HoldfastDaemon.badConfiguration)
    } catch {
      ledger.stop()
      HoldfastDaemon.fail("\(error)", status: HoldfastDaemon.internalFault)
    }
    logger.info("stopped")
    try? await group.shutdownGracefully()
  }

  /// The key is made only together with a new ledger: an old one is useless under a new key.
  private func openVault() -> PANVault {
    let path = configuration.keyFilePath
    let isNew = !Ledger.exists(in: configuration.data)
    do {
      if isNew {
        try FileManager.default.createDirectory(
          atPath: configuration.data,
          withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700]
        )
        return try PANVault(key: try VaultKeyFile.loadOrCreate(at: path))
      }
      return try PANVault(key: try VaultKeyFile.load(from: path))
    } catch let error as VaultKeyFileError {
      HoldfastDaemon.fail("\(error)", status: HoldfastDaemon.badConfiguration)
    } catch {
      HoldfastDaemon.fail(
        "The data directory \(configuration.data) cannot be made: \(error.localizedDescription)",
        status: HoldfastDaemon.badConfiguration
      )
    }
  }

  private func openLedger(_ vault: PANVault) -> Ledger {
    var settings = Ledger.Settings(
      directory: configuration.data,
      vaultFingerprint: vault.keyCheckValue.text
    )
    settings.journal = configuration.journal
    settings.cachedCards = configuration.cachedCards
    settings.clock = clock
    // A terabyte of journal is a day at 50,000 authorizations a second.
    settings.journalMapBytes = 1 << 40
    settings.booksMapBytes = 1 << 38
    let logger = logger
    settings.fault = { error in
      // Nothing more is approved. What is durable is found again at the next start.
      // Other threads are still running, so no exit handler may pull things away under them.
      logger.critical("the ledger stopped: \(error)")
      HoldfastDaemon.say("holdfastd: \(error)")
      _exit(HoldfastDaemon.internalFault)
    }
    do throws(LedgerError) {
      return try Ledger(settings, metrics: LedgerMetrics(registry: registry)) { posted, of in
        logger.info("recovering", metadata: ["posted": "\(posted)", "of": "\(of)"])
      }
    } catch {
      HoldfastDaemon.fail("\(error)", status: Self.status(of: error))
    }
  }

  /// Configuration errors are for the operator to mend, everything else is a fault.
  private static func status(of error: LedgerError) -> Int32 {
    switch error {
    case .directoryInUse, .directoryUnusable, .newerFormat, .olderFormat, .otherVaultKey:
      HoldfastDaemon.badConfiguration
    case .damaged, .storage, .stopped, .busy:
      HoldfastDaemon.internalFault
    }
  }

  private var clock: LedgerClock { virtualClock?.ledgerClock ?? .system }

  private func startListeners(
    _ ledger: Ledger,
    _ vault: PANVault,
    _ group: MultiThreadedEventLoopGroup
  ) async -> [SwitchListener] {
    let metrics = SwitchMetrics(registry: registry)
    var listeners: [SwitchListener] = []
    for listener in configuration.listeners {
      let logger = Logger(label: "iso8583")
      var settings = SwitchSettings(
        network: listener.name,
        ledger: ledger,
        vault: vault,
        metrics: metrics
      )
      settings.clock = clock
      settings.answers = listener.answers
      settings.answerWithin = .milliseconds(listener.answerWithinMilliseconds)
      settings.closesOnUnreadable = listener.closesOnUnreadable
      settings.requiresSignOn = listener.requiresSignOn
      settings.echo.every = .seconds(listener.echoEverySeconds)
      settings.echo.missesAllowed = listener.echoMisses
      settings.institution = listener.institution
      registerDay(of: listener.name, ledger)
      let limiter = LogLimiter(perSecond: 10)
      settings.unreadable = { link, error in
        guard limiter.allows() else { return }
        logger.notice(
          "unreadable message: \(error)",
          metadata: ["listener": "\(listener.name)", "link": "\(link.number)"]
        )
      }
      let pipelineSettings = settings
      do throws(ListenerError) {
        listeners.append(
          try await SwitchListener.start(
            listener.settings,
            on: group,
            metrics: registry,
            logger: logger,
            makeProcessor: { AuthorizationPipeline(pipelineSettings, wake: $0) }
          )
        )
      } catch {
        ledger.stop()
        HoldfastDaemon.fail("\(error).", status: HoldfastDaemon.badConfiguration)
      }
    }
    return listeners
  }

  private func registerDay(of network: String, _ ledger: Ledger) {
    registry.gauge(
      "holdfast_business_day",
      help: "The network's business day as CCYYMMDD.",
      labels: ["listener": network]
    ) { Double(ledger.businessDay(of: network).digits) }
  }

  /// Writes the one line of standard output when management, the last to start, listens.
  private func readyLine(_ listeners: [SwitchListener]) -> @Sendable ([String]) -> Void {
    let addresses = listeners.map(\.address)
    return { management in
      struct Ready: Encodable {
        let event = "ready"
        let version = Release.version
        let pid = ProcessInfo.processInfo.processIdentifier
        let iso8583: [String]
        let management: [String]
      }
      // Whoever reads the line may stand in another directory.
      let management = management.map { address in
        guard address.hasPrefix("unix:") else { return address }
        return "unix:" + URL(fileURLWithPath: String(address.dropFirst(5))).path
      }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      guard
        var line = try? encoder.encode(Ready(iso8583: addresses, management: management))
      else { return }
      line.append(UInt8(ascii: "\n"))
      FileHandle.standardOutput.write(line)
    }
  }
}

/// Keeps the ledger open until everything that uses it has stopped.
private struct LedgerService: Service {
  let ledger: Ledger

  func run() async throws {
    try await gracefulShutdown()
    ledger.stop()
  }
}

/// Stops the listeners: what is in flight is answered first.
private struct ListenerService: Service {
  let listeners: [SwitchListener]

  func run() async throws {
    try await gracefulShutdown()
    for listener in listeners { await listener.stop(within: .seconds(3)) }
  }
}

/// Reloads what can be reloaded at SIGHUP; a bad file changes nothing.
private struct ReloadService: Service {
  let reload: @Sendable () -> Result<String, ConfigurationError>
  let logger: Logger

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    for await _ in signals.cancelOnGracefulShutdown() {
      switch reload() {
      case .success(let level):
        if let level = LogOutput.level(level) { LogOutput.sharedLevel.withLock { $0 = level } }
        logger.notice("configuration reloaded", metadata: ["logLevel": "\(level)"])
      case .failure(let error):
        logger.error("configuration not reloaded, the old one stays: \(error)")
      }
    }
  }
}

/// Lets a bounded number of lines a second through, so that a hostile peer cannot fill a disk.
private final class LogLimiter: Sendable {
  private let perSecond: Int
  private let state = Mutex((second: UInt64(0), count: 0))

  init(perSecond: Int) { self.perSecond = perSecond }

  func allows() -> Bool {
    let second = MonotonicTime.now().nanoseconds / 1_000_000_000
    return state.withLock { state in
      if state.second != second { state = (second, 0) }
      state.count += 1
      return state.count <= perSecond
    }
  }
}
