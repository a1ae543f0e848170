import NIOCore
import NIOHTTP1

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
