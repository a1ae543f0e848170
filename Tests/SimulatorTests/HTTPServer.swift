import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A small HTTP server in this process, on a Unix socket.
final class HTTPServer: Sendable {
  let path: String
  private let channel: any Channel
  private let group: MultiThreadedEventLoopGroup
  private let state = ServerState()

  init() async throws {
    path = "/tmp/paycloud-test-\(UInt64.random(in: 0...(.max))).sock"
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let state = state
    channel = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        state.connections.add(1, ordering: .relaxed)
        return channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(ServerHandler())
        }
      }
      .bind(unixDomainSocketPath: path).get()
  }

  /// How many connections were opened.
  var connections: Int { state.connections.load(ordering: .relaxed) }

  func stop() async throws {
    try await channel.close()
    try await group.shutdownGracefully()
  }
}

final class ServerState: Sendable {
  let connections = Atomic<Int>(0)
}

/// Paths are behaviours: `/echo`, `/lines` answers each line of the body at once, `/refuse` answers
/// before the body is over, `/silent` never answers, `/drop` closes, `/large` is long, `/once` closes
/// after its answer without saying so first.
final class ServerHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private var path = ""
  private var headers = HTTPHeaders()
  private var body: [UInt8] = []
  private var lines = 0

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      path = head.uri
      headers = head.headers
      body = []
      lines = 0
      if path == "/lines" { begin(context, 200) }
      if path == "/refuse" {
        begin(context, 422)
        write(context, Array("{\"error\":{\"code\":\"NO\"}}".utf8))
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      }
      if path == "/drop" { context.close(promise: nil) }
    case .body(let part):
      if path == "/lines" {
        for byte in part.readableBytesView where byte == UInt8(ascii: "\n") {
          lines += 1
          write(context, Array("{\"line\":\(lines)}\n".utf8))
        }
        context.flush()
      } else {
        body.append(contentsOf: part.readableBytesView)
      }
    case .end:
      switch path {
      case "/silent", "/refuse", "/drop": break
      case "/lines": context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      case "/large":
        begin(context, 200)
        for _ in 0..<64 { write(context, [UInt8](repeating: 0x61, count: 65_536)) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      default:
        begin(context, path == "/missing" ? 404 : 200)
        let names = headers.map { "\($0.name.lowercased())=\($0.value)" }.joined(separator: ";")
        write(context, path == "/headers" ? Array(names.utf8) : body)
        let closes = path == "/once"
        let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
          if closes { loopBound.value.close(promise: nil) }
        }
      }
    }
  }

  private func begin(_ context: ChannelHandlerContext, _ status: Int) {
    context.write(
      wrapOutboundOut(.head(.init(version: .http1_1, status: .init(statusCode: status)))),
      promise: nil
    )
  }

  private func write(_ context: ChannelHandlerContext, _ bytes: [UInt8]) {
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
  }
}
