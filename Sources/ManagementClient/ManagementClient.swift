import NIOCore
import NIOHTTP1
import NIOPosix

/// A client of the management side: HTTP/1.1 with kept-alive connections over a Unix socket, or
/// over TCP without TLS.
///
/// Calls may overlap: each takes an unused connection or opens one. Every wait is bounded by
/// `ManagementClientLimits`. Call `shutdown()` when done.
public actor ManagementClient {
  /// Where the daemon listens.
  public nonisolated let endpoint: ManagementEndpoint

  private let limits: ManagementClientLimits
  private let group: MultiThreadedEventLoopGroup
  private var unused: [any Channel] = []
  private var isShutDown = false

  /// A client of the daemon at `endpoint`; nothing is opened before the first call.
  public init(_ endpoint: ManagementEndpoint, limits: ManagementClientLimits = .init()) {
    self.endpoint = endpoint
    self.limits = limits
    self.group = .singleton
  }

  /// Closes the kept connections; later calls fail.
  public func shutdown() {
    isShutDown = true
    for channel in unused { channel.close(promise: nil) }
    unused = []
  }

  /// Sends one call and waits for its whole answer.
  public func send(
    _ request: ManagementRequest
  ) async throws(ManagementClientError) -> ManagementResponse {
    guard request.isWellFormed else { throw .invalidRequest }
    while true {
      guard !isShutDown else { throw .shutDown }
      let (channel, isKept) = try await takeConnection()
      switch await exchange(request, over: channel) {
      case .answered(let response, let reusable):
        giveBack(channel, reusable: reusable)
        return response
      case .failed(let error, let untouched):
        channel.close(promise: nil)
        // The daemon closes connections that were unused for long; a call that met such a one did
        // not fail, it has not begun.
        guard isKept, untouched, request.mayBeSentAgain else { throw error }
      }
    }
  }

  /// Sends one call with a JSON body.
  public func send(
    _ method: String,
    _ path: String,
    headers: [(name: String, value: String)] = [],
    json: [UInt8]
  ) async throws(ManagementClientError) -> ManagementResponse {
    try await send(
      ManagementRequest(
        method,
        path,
        headers: headers + [("content-type", "application/json")],
        body: json
      )
    )
  }

  /// Sends a body piece by piece while the lines of the answer come back.
  ///
  /// Both directions move at once with back-pressure on each, so a million lines need no more
  /// memory than a few. Unless it may stand still, the call stops with an error when nothing has
  /// moved for the answer time limit.
  ///
  /// - Parameters:
  ///   - request: Method, path and header fields; its `body` is ignored.
  ///   - mayStandStill: Whether silence is normal, as on a feed of events.
  ///   - body: Writes the pieces; return ends the body.
  ///   - line: Receives each line without its line feed, in order.
  /// - Returns: Status and header fields; the body is empty when the status is of the 2xx family
  ///   and otherwise what came, so that a refusal can be read.
  /// - Throws: `ManagementClientError` when no whole answer came, or this side failed.
  public func stream(
    _ request: ManagementRequest,
    mayStandStill: Bool = false,
    body: @escaping @Sendable (BodyWriter) async throws -> Void = { _ in },
    line: @escaping @Sendable ([UInt8]) async throws -> Void
  ) async throws(ManagementClientError) -> ManagementResponse {
    guard request.isWellFormed else { throw .invalidRequest }
    guard !isShutDown else { throw .shutDown }
    let channel = try await connectForStream()
    do {
      return try await channel.executeThenClose { [endpoint, limits] inbound, outbound in
        try await StreamedCall(
          request: request,
          mayStandStill: mayStandStill,
          endpoint: endpoint,
          limits: limits,
          inbound: inbound,
          outbound: outbound
        ).run(body: body, line: line)
      }
    } catch let error as ManagementClientError {
      throw error
    } catch {
      throw .connectionLost(endpoint, reason: "\(error)")
    }
  }

  private func takeConnection() async throws(ManagementClientError) -> (any Channel, kept: Bool) {
    while let channel = unused.popLast() {
      if channel.isActive { return (channel, true) }
    }
    let endpoint = endpoint
    let largestBody = limits.largestBody
    let channel: any Channel
    do {
      channel = try await connect { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(
            CallHandler(endpoint: endpoint, largestBody: largestBody)
          )
          return channel
        }
      }
    } catch {
      throw .unreachable(endpoint, reason: ManagementClient.reason(error))
    }
    return (channel, false)
  }

  private func giveBack(_ channel: any Channel, reusable: Bool) {
    guard reusable, !isShutDown, unused.count < limits.idleConnections else {
      channel.close(promise: nil)
      return
    }
    unused.append(channel)
  }

  private func exchange(_ request: ManagementRequest, over channel: any Channel) async -> CallResult
  {
    let promise = channel.eventLoop.makePromise(of: CallResult.self)
    let limit = limits.answerMilliseconds
    let endpoint = endpoint
    channel.eventLoop.execute {
      do {
        let handler = try channel.pipeline.syncOperations.handler(type: CallHandler.self)
        let deadline = channel.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(limit)) {
          handler.giveUp(.timedOut(endpoint, milliseconds: limit), on: channel)
        }
        promise.futureResult.assumeIsolated().whenComplete { _ in deadline.cancel() }
        handler.send(request, on: channel, promise: promise)
      } catch {
        promise.succeed(
          .failed(.connectionLost(endpoint, reason: "it was closed"), untouched: true)
        )
      }
    }
    do {
      return try await promise.futureResult.get()
    } catch {
      return .failed(.connectionLost(endpoint, reason: "\(error)"), untouched: false)
    }
  }

  private func connectForStream() async throws(ManagementClientError)
    -> NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>
  {
    do {
      return try await connect { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
        }
      }
    } catch {
      throw .unreachable(endpoint, reason: ManagementClient.reason(error))
    }
  }

  private func connect<Output: Sendable>(
    _ initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Output>
  ) async throws -> Output {
    let bootstrap = ClientBootstrap(group: group)
      .connectTimeout(.milliseconds(limits.connectMilliseconds))
    switch endpoint {
    case .unixSocket(let path):
      return try await bootstrap.connect(unixDomainSocketPath: path) { initializer($0) }
    case .tcp(let host, let port):
      return try await bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .connect(host: host, port: port) { initializer($0) }
    }
  }

  /// The system's word for a failed connect, without the wrapping that NIO puts around it.
  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError:
      switch error.errnoCode {
      case 2: "no such socket"
      case 13: "permission denied"
      case 111: "connection refused"
      default: error.description
      }
    case let error as ChannelError:
      if case .connectTimeout = error { "no answer" } else { "\(error)" }
    default: "\(error)"
    }
  }
}
