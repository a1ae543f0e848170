import NIOCore
import NIOHTTP1

/// Closes a connection that wastes its place: one that sends nothing, sends its request byte by byte,
/// or does not take its answer.
///
/// Also answers `Expect: 100-continue`, which curl sends before a large
/// import and otherwise waits a second for.
///
/// A request that the daemon works on has no deadline here.
final class ConnectionDeadline: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// Whether the other side is there, for calls that wait.
  let presence = PeerPresence()

  private let limits: ManagementLimits
  private var deadline: NIODeadline?
  private var isReceiving = false
  private var isStreaming = false
  private var openAnswers = 0
  private var pendingWrites = 0
  private var check: Scheduled<Void>?

  init(limits: ManagementLimits) { self.limits = limits }

  func handlerAdded(context: ChannelHandlerContext) {
    arm(limits.idleSeconds)
    watch(context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    check?.cancel()
    check = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    check?.cancel()
    check = nil
    presence.left()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // Over TCP nothing else tells that the peer has gone; one that has only said all it will say gets
    // its answer, without a wait.
    if let event = event as? ChannelEvent, event == .inputClosed { presence.left() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      isReceiving = true
      isStreaming = head.uri == "/admin/import"
      openAnswers += 1
      arm(isStreaming ? limits.stallSeconds : limits.receiveSeconds)
      if head.headers.contains(name: "expect") { greet(context, head) }
    case .body:
      if isStreaming { arm(limits.stallSeconds) }
    case .end:
      isReceiving = false
      if pendingWrites == 0 { deadline = nil }
    }
    context.fireChannelRead(data)
  }

  /// Asks for the body, unless it will be refused for its length anyway.
  private func greet(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
    let length = head.headers.first(name: "content-length").flatMap(Int.init) ?? 0
    guard isStreaming || length <= limits.bodyBytes else { return }
    context.writeAndFlush(
      wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))),
      promise: nil
    )
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { openAnswers -= 1 }
    pendingWrites += 1
    if pendingWrites == 1, !isReceiving || isStreaming { arm(limits.stallSeconds) }
    let promise = promise ?? context.eventLoop.makePromise(of: Void.self)
    let me = NIOLoopBound(self, eventLoop: context.eventLoop)
    promise.futureResult.whenComplete { _ in me.value.wrote() }
    context.write(data, promise: promise)
  }

  private func wrote() {
    pendingWrites -= 1
    // Answered before it was read: the deadline of the body stays.
    if isReceiving, !isStreaming { return }
    if pendingWrites > 0 || isReceiving {
      arm(limits.stallSeconds)
    } else {
      deadline = nil
      if openAnswers <= 0 { arm(limits.idleSeconds) }
    }
  }

  private func arm(_ seconds: Int64) { deadline = .now() + .seconds(seconds) }

  /// Looks at the deadline when it comes, and each few seconds while there is none.
  private func watch(_ context: ChannelHandlerContext) {
    let latest = NIODeadline.now() + .seconds(5)
    let bound = NIOLoopBound((me: self, context: context), eventLoop: context.eventLoop)
    check = context.eventLoop.scheduleTask(deadline: min(deadline ?? latest, latest)) {
      let (me, context) = bound.value
      if let deadline = me.deadline, deadline <= .now() {
        context.close(promise: nil)
      } else {
        me.watch(context)
      }
    }
  }
}
