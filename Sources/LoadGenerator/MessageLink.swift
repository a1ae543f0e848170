import NIOCore
import NIOPosix

/// One connection to an issuer for one exchange at a time: what a terminal or a test needs.
///
/// An answer belongs to the waiting request when it repeats its DE 11; late answers of requests that
/// were given up are dropped.
public actor MessageLink {
  private let channel: any Channel
  private let framing: LinkFraming
  private var isBusy = false

  private init(channel: any Channel, framing: LinkFraming) {
    self.channel = channel
    self.framing = framing
  }

  /// Opens a connection.
  ///
  /// - Parameters:
  ///   - host: A name or an address.
  ///   - port: `1...65535`.
  ///   - framing: As the issuer's listener is set.
  ///   - connectMilliseconds: How long to wait for the connection.
  /// - Returns: The open link.
  /// - Throws: `MessageLinkError.unreachable`.
  public static func connect(
    host: String,
    port: Int,
    framing: LinkFraming = LinkFraming(),
    connectMilliseconds: Int64 = 5_000
  ) async throws(MessageLinkError) -> MessageLink {
    do {
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(.milliseconds(connectMilliseconds))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(ExchangeHandler(framing: framing))
          }
        }
        .connect(host: host, port: port).get()
      return MessageLink(channel: channel, framing: framing)
    } catch {
      throw .unreachable(host: host, port: port, reason: ConnectReason.text(error))
    }
  }

  /// Sends a message and waits for its answer.
  ///
  /// - Parameters:
  ///   - message: The bytes without framing.
  ///   - milliseconds: How long to wait.
  /// - Returns: The answer without framing, or `nil` when none came in time.
  /// - Throws: `MessageLinkError` when the connection broke or the message cannot be framed.
  public func exchange(
    _ message: [UInt8],
    milliseconds: Int64 = 5_000
  ) async throws(MessageLinkError) -> [UInt8]? {
    guard let frame = framing.framed(message) else { throw .messageTooLong(message.count) }
    guard !isBusy else { throw .busy }
    isBusy = true
    defer { isBusy = false }
    let promise = channel.eventLoop.makePromise(of: ExchangeResult.self)
    let channel = channel
    channel.eventLoop.execute {
      do {
        let handler = try channel.pipeline.syncOperations.handler(type: ExchangeHandler.self)
        let loop = channel.eventLoop.assumeIsolated()
        let deadline = loop.scheduleTask(in: .milliseconds(milliseconds)) { handler.giveUp() }
        promise.futureResult.assumeIsolated().whenComplete { _ in deadline.cancel() }
        handler.expect(answerTo: message, promise)
        channel.writeAndFlush(ByteBuffer(bytes: frame), promise: nil)
      } catch {
        promise.succeed(.failed(.connectionLost("it was closed")))
      }
    }
    let result: ExchangeResult
    do {
      result = try await promise.futureResult.get()
    } catch {
      throw .connectionLost("\(error)")
    }
    switch result {
    case .answered(let answer): return answer
    case .silence: return nil
    case .failed(let error): throw error
    }
  }

  /// Closes the connection.
  public func close() async {
    _ = try? await channel.close()
  }
}
