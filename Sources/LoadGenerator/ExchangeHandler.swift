import ISO8583
import NIOCore

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
