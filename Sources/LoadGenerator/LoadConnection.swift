import NIOCore

/// One connection of a load run; lives on its worker's event loop.
final class LoadConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  var link: LoadEngine.Link
  private let worker: LoadWorker
  private var context: ChannelHandlerContext?
  private var kept = ByteBuffer()

  init(worker: LoadWorker, number: Int) {
    self.worker = worker
    self.link = LoadEngine.Link(number: UInt64(number))
  }

  /// Whether a request can leave now.
  var takesRequests: Bool { context?.channel.isWritable ?? false }

  /// Whether the connection is open.
  var isOpen: Bool { context != nil }

  /// Sends bytes at once.
  func send(_ buffer: ByteBuffer) {
    context?.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
  }

  /// A buffer for requests.
  func buffer(capacity: Int) -> ByteBuffer {
    context?.channel.allocator.buffer(capacity: capacity) ?? ByteBuffer()
  }

  /// Closes without a word.
  func close() {
    let context = context
    self.context = nil
    context?.close(promise: nil)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { self.context = context }
  }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    if kept.readableBytes > 0 {
      kept.writeBuffer(&buffer)
      swap(&kept, &buffer)
    }
    guard let used = worker.receive(buffer, link: &link) else {
      lose()
      context.close(promise: nil)
      return
    }
    buffer.moveReaderIndex(forwardBy: used)
    if buffer.readableBytes > 0 {
      buffer.discardReadBytes()
      kept = buffer
    } else {
      kept.clear()
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    worker.readCompleted(self)
    context.fireChannelReadComplete()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { worker.pump() }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    lose()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    lose()
    context.close(promise: nil)
  }

  private func lose() {
    guard context != nil else { return }
    context = nil
    worker.connectionBroke()
  }
}
