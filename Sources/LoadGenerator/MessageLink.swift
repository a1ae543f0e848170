import ISO8583
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

/// How one exchange ended.
enum ExchangeResult: Sendable {
  case answered([UInt8])
  case silence
  case failed(MessageLinkError)
}

/// Cuts frames and finds the answer of the waiting request.
final class ExchangeHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let framing: LinkFraming
  private var kept = ByteBuffer()
  private var waiting: EventLoopPromise<ExchangeResult>?
  private var expectedTrace: UInt64?

  init(framing: LinkFraming) { self.framing = framing }

  func expect(answerTo message: [UInt8], _ promise: EventLoopPromise<ExchangeResult>) {
    expectedTrace = ExchangeHandler.trace(of: message)
    waiting = promise
  }

  func giveUp() { finish(.silence) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var part = unwrapInboundIn(data)
    kept.writeBuffer(&part)
    while true {
      switch kept.withUnsafeReadableBytes({ framing.find(in: $0) }) {
      case .incomplete: return
      case .nonsense(let length):
        finish(
          .failed(.wrongFraming(length: length, framing: framing.prefix.rawValue))
        )
        context.close(promise: nil)
        return
      case .frame(let start, let total):
        guard let frame = kept.readBytes(length: total) else { return }
        take(Array(frame[start...]))
      }
      kept.discardReadBytes()
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish(.failed(.connectionLost("closed by the issuer")))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    finish(.failed(.connectionLost("\(error)")))
    context.close(promise: nil)
  }

  private func take(_ message: [UInt8]) {
    guard !message.isEmpty, waiting != nil else { return }
    // An answer without a readable trace number is taken too: it says that the request could not
    // be read.
    let trace = ExchangeHandler.trace(of: message)
    if let expectedTrace, let trace, trace != expectedTrace { return }
    finish(.answered(message))
  }

  private func finish(_ result: ExchangeResult) {
    guard let promise = waiting else { return }
    waiting = nil
    promise.succeed(result)
  }

  private static func trace(of message: [UInt8]) -> UInt64? {
    var layout = MessageLayout()
    let span = message.span.bytes
    try? MessageLayout.parse(span, into: &layout)
    return MessageView(span, layout).unsigned(.stan)
  }
}
