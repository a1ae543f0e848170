import NIOCore
import NIOHTTP1

/// Carries one call after the other over one kept-alive connection.
///
/// Lives on the connection's event loop; the client hands a connection to one call at a time, so
/// there is at most one promise waiting.
final class CallHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let endpoint: ManagementEndpoint
  private let largestBody: Int
  private var waiting: EventLoopPromise<CallResult>?
  private var head: HTTPResponseHead?
  private var body: [UInt8] = []
  private var receivedAnything = false

  init(endpoint: ManagementEndpoint, largestBody: Int) {
    self.endpoint = endpoint
    self.largestBody = largestBody
  }

  /// Writes a request and promises its answer.
  func send(
    _ request: ManagementRequest,
    on channel: any Channel,
    promise: EventLoopPromise<CallResult>
  ) {
    guard channel.isActive else {
      promise.succeed(.failed(lost("it was closed"), untouched: true))
      return
    }
    waiting = promise
    head = nil
    body = []
    receivedAnything = false
    var headers = HTTPHeaders()
    headers.add(name: "host", value: endpoint.hostHeader)
    for field in request.headers { headers.add(name: field.name, value: field.value) }
    if !request.body.isEmpty || request.method != "GET" {
      headers.replaceOrAdd(name: "content-length", value: String(request.body.count))
    }
    let line = HTTPRequestHead(
      version: .http1_1,
      method: HTTPMethod(rawValue: request.method),
      uri: request.path,
      headers: headers
    )
    channel.write(HTTPClientRequestPart.head(line), promise: nil)
    if !request.body.isEmpty {
      let buffer = channel.allocator.buffer(bytes: request.body)
      channel.write(HTTPClientRequestPart.body(.byteBuffer(buffer)), promise: nil)
    }
    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
  }

  /// Gives up on the answer and closes.
  func giveUp(_ error: ManagementClientError, on channel: any Channel) {
    finish(.failed(error, untouched: false))
    channel.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    receivedAnything = true
    switch unwrapInboundIn(data) {
    case .head(let received):
      head = received
    case .body(let part):
      guard waiting != nil else {
        context.close(promise: nil)
        return
      }
      guard body.count + part.readableBytes <= largestBody else {
        finish(.failed(.responseTooLarge(limit: largestBody), untouched: false))
        context.close(promise: nil)
        return
      }
      body.append(contentsOf: part.readableBytesView)
    case .end:
      guard let head, waiting != nil else {
        context.close(promise: nil)
        return
      }
      guard head.status.code >= 200 else { return }
      let response = ManagementResponse(
        status: Int(head.status.code),
        headers: head.headers.map { ($0.name, $0.value) },
        body: body
      )
      finish(.answered(response, reusable: head.isKeepAlive))
      if !head.isKeepAlive { context.close(promise: nil) }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish(.failed(lost("closed by the daemon"), untouched: !receivedAnything))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    finish(.failed(lost("\(error)"), untouched: !receivedAnything))
    context.close(promise: nil)
  }

  private func lost(_ reason: String) -> ManagementClientError {
    .connectionLost(endpoint, reason: reason)
  }

  private func finish(_ result: CallResult) {
    guard let promise = waiting else { return }
    waiting = nil
    body = []
    promise.succeed(result)
  }
}
