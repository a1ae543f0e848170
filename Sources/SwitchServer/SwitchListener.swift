import Logging
import NIOCore
import NIOPosix
import Switch
import Telemetry

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A TCP listener for the network's links.
public final class SwitchListener: Sendable {
  /// Makes the processor of one event loop, on that event loop.
  ///
  /// What it is given asks the event loop to call the processor's `collect`: from any thread, at
  /// any rate, at no cost while a request is already under way.
  public typealias ProcessorFactory =
    @Sendable (_ wake: @escaping @Sendable () -> Void) -> any FrameProcessor

  /// The host as it was set.
  public let host: String
  /// The port that is listened on; the one the operating system chose when 0 was set.
  public let port: Int

  private let channel: any Channel
  private let loops: [NIOLoopBound<LinkLoop>]
  private let logger: Logger
  private let metrics: ListenerMetrics
  private let registry: LinkRegistry

  private init(
    host: String,
    port: Int,
    channel: any Channel,
    loops: [NIOLoopBound<LinkLoop>],
    logger: Logger,
    metrics: ListenerMetrics,
    registry: LinkRegistry
  ) {
    self.host = host
    self.port = port
    self.channel = channel
    self.loops = loops
    self.logger = logger
    self.metrics = metrics
    self.registry = registry
  }

  /// How many links are open now.
  public var openLinks: Int { Int(metrics.linksOpen.value) }

  /// The links that are open now, and those that were given up for want of answers and whose host has
  /// not come back, the oldest first.
  public var links: [LinkSnapshot] { registry.records.map { $0.snapshot() } }

  /// Sends a network management message to the peer of a link and waits for its answer, for some five
  /// seconds at most.
  public func request(_ command: LinkCommand, on link: LinkID) async -> LinkReply {
    switch registry.find(link) {
    case .unknown: .unknown
    case .lost: .gone
    case .open(let loop):
      await withCheckedContinuation { continuation in
        loop.eventLoop.execute {
          loop.value.request(command, on: link) { continuation.resume(returning: $0) }
        }
      }
    }
  }

  /// Host and port as `HOST:PORT`, an IPv6 host in brackets.
  public var address: String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Starts to listen, with links spread over the event loops of `group`, which must outlive the
  /// listener.
  ///
  /// Returns once connections are accepted; throws when a setting is out of range or the address
  /// cannot be had, and then nothing is left behind.
  public static func start(
    _ settings: ListenerSettings,
    on group: MultiThreadedEventLoopGroup,
    metrics registry: MetricsRegistry,
    logger: Logger,
    makeProcessor: @escaping ProcessorFactory
  ) async throws(ListenerError) -> SwitchListener {
    try settings.validate()
    var logger = logger
    logger[metadataKey: "listener"] = "\(settings.name)"
    let refusalLogger = logger
    let metrics = ListenerMetrics(registry: registry, name: settings.name)
    let links = LinkRegistry()
    let limit = ConnectionLimit(maximum: settings.maximumConnections)
    var loops: [NIOLoopBound<LinkLoop>] = []
    do {
      for eventLoop in group.makeIterator() {
        let linkLogger = logger
        loops.append(
          try await eventLoop.submit {
            let loop = LinkLoop(
              eventLoop: eventLoop,
              settings: settings,
              metrics: metrics,
              registry: links,
              logger: linkLogger,
              makeProcessor: makeProcessor
            )
            return NIOLoopBound(loop, eventLoop: eventLoop)
          }.get()
        )
      }
      let byLoop = Dictionary(
        uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) }
      )
      let channel = try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: Int32(settings.backlog))
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelOption(.socketOption(.so_keepalive), value: 1)
        // What the kernel holds waits unseen: no deadline counts for it and nobody can refuse it.
        .childChannelOption(.socketOption(.so_rcvbuf), value: Self.receiveBufferBytes)
        // One read between two looks at backpressure.
        .childChannelOption(.maxMessagesPerRead, value: 1)
        .childChannelOption(
          .writeBufferWaterMark,
          value: .init(low: 32 * 1024, high: 128 * 1024)
        )
        // A peer that has sent its last request still gets its answers.
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        .childChannelInitializer { channel in
          guard limit.acquire() else {
            metrics.linksRefused.add()
            if limit.noteRefusal() {
              refusalLogger.warning(
                "connection refused: all \(settings.maximumConnections) links are taken",
                metadata: ["setting": "maximumConnections"]
              )
            }
            return channel.close()
          }
          channel.closeFuture.whenComplete { _ in limit.release() }
          return channel.eventLoop.makeCompletedFuture {
            guard let loop = byLoop[ObjectIdentifier(channel.eventLoop)] else {
              preconditionFailure("a connection came to an event loop of another group")
            }
            try channel.pipeline.syncOperations.addHandler(
              loop.value.makeLink(peer: channel.remoteAddress)
            )
          }
        }
        .bind(host: settings.host, port: settings.port).get()
      let port = channel.localAddress?.port ?? settings.port
      let listener = SwitchListener(
        host: settings.host,
        port: port,
        channel: channel,
        loops: loops,
        logger: logger,
        metrics: metrics,
        registry: links
      )
      Self.registerGauges(of: links, named: settings.name, in: registry)
      logger.info(
        "listening",
        metadata: [
          "address": "\(listener.address)", "framing": "\(settings.framing.rawValue)",
          "tpdu": "\(settings.hasTPDU)",
        ]
      )
      return listener
    } catch {
      for loop in loops {
        try? await loop.eventLoop.flatSubmit { loop.value.stop() }.get()
      }
      throw Self.explain(error, settings)
    }
  }

  private static func registerGauges(
    of links: LinkRegistry,
    named name: String,
    in registry: MetricsRegistry
  ) {
    for state in LinkState.allCases {
      let label =
        switch state {
        case .up: "UP"
        case .signedOn: "SIGNED_ON"
        case .signedOff: "SIGNED_OFF"
        case .down: "DOWN"
        }
      registry.gauge(
        "holdfast_links",
        help: "Network links by state; DOWN until the peer's host comes back.",
        labels: ["listener": name, "state": label]
      ) { Double(links.count(state)) }
    }
  }

  /// Some hundreds of requests of a link: enough for a read to be worth its while.
  private static let receiveBufferBytes: SocketOptionValue = 256 * 1024

  /// Stops: no more connections, no more frames; answers to what is in flight are waited for, at
  /// most for `limit`; then every link is closed.
  ///
  /// Returns when the last one is.  The event loops stay the caller's.
  public func stop(within limit: Duration) async {
    try? await channel.close().get()
    let waits = loops.map { loop in
      loop.eventLoop.flatSubmit {
        let links = loop.value
        let abandon = loop.eventLoop.assumeIsolated().scheduleTask(
          in: .nanoseconds(limit.wholeNanoseconds)
        ) { links.abandon() }
        return links.stop().always { _ in abandon.cancel() }
      }
    }
    for wait in waits {
      try? await wait.get()
    }
    logger.info("stopped listening", metadata: ["address": "\(address)"])
  }

  private static func explain(_ error: any Error, _ settings: ListenerSettings) -> ListenerError {
    let host = settings.host
    let port = settings.port
    if let error = error as? IOError {
      switch error.errnoCode {
      case EADDRINUSE: return .addressInUse(host: host, port: port)
      case EADDRNOTAVAIL: return .addressNotAvailable(host: host, port: port)
      case EACCES, EPERM: return .notPermitted(host: host, port: port)
      default:
        return .cannotListen(
          host: host,
          port: port,
          reason: String(cString: strerror(error.errnoCode))
        )
      }
    }
    if error is SocketAddressError {
      return .addressNotAvailable(host: host, port: port)
    }
    return .cannotListen(host: host, port: port, reason: "\(error)")
  }
}
