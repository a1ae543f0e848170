import ISO8583
import LoadGenerator
import NIOCore
import NIOPosix
import Synchronization

/// A small issuer in this process: answers 2xx0 with 2xx1, approving up to a limit.
final class EchoIssuer: Sendable {
  /// How it behaves.
  struct Behaviour: Sendable {
    /// DE 4 (value part) above which it answers 1016.
    var limit: UInt64 = 1_000_000
    /// Every so many-th request is not answered; 0 answers all.
    var swallowsEvery: UInt64 = 0
    /// While set, answers are kept back.
    var holdsAnswers = false
    /// Bytes sent in front of the first answer, to provoke a framing error.
    var noise: [UInt8] = []
  }

  let port: Int
  private let channel: any Channel
  private let group: MultiThreadedEventLoopGroup
  private let shared: IssuerState

  init(framing: LinkFraming = LinkFraming(), behaviour: Behaviour = Behaviour()) async throws {
    let shared = IssuerState(framing: framing, behaviour: behaviour)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(IssuerHandler(shared))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
    self.group = group
    self.shared = shared
  }

  /// How many requests came.
  var requests: UInt64 { shared.requests.load(ordering: .relaxed) }

  /// Changes the behaviour.
  func change(_ edit: (inout Behaviour) -> Void) { shared.behaviour.withLock { edit(&$0) } }

  func stop() async throws {
    try await channel.close()
    try await group.shutdownGracefully()
  }
}

final class IssuerState: Sendable {
  let framing: LinkFraming
  let behaviour: Mutex<EchoIssuer.Behaviour>
  let requests = Atomic<UInt64>(0)

  init(framing: LinkFraming, behaviour: EchoIssuer.Behaviour) {
    self.framing = framing
    self.behaviour = Mutex(behaviour)
  }
}

final class IssuerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let shared: IssuerState
  private var kept: [UInt8] = []
  private var held: [[UInt8]] = []

  init(_ shared: IssuerState) { self.shared = shared }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    kept.append(contentsOf: unwrapInboundIn(data).readableBytesView)
    let behaviour = shared.behaviour.withLock { $0 }
    var answers: [UInt8] = []
    while let message = takeFrame() {
      let number = shared.requests.add(1, ordering: .relaxed).newValue
      if behaviour.swallowsEvery > 0, number.isMultiple(of: behaviour.swallowsEvery) { continue }
      guard let answer = Self.answer(message, limit: behaviour.limit),
        let frame = shared.framing.framed(answer)
      else { continue }
      if behaviour.holdsAnswers { held.append(frame) } else { answers += frame }
    }
    if !answers.isEmpty {
      context.writeAndFlush(
        wrapOutboundOut(ByteBuffer(bytes: behaviour.noise + answers)),
        promise: nil
      )
    }
    if behaviour.holdsAnswers { releaseLater(context) }
  }

  private func releaseLater(_ context: ChannelHandlerContext) {
    context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(10)) { [self] in
      guard context.channel.isActive else { return }
      if shared.behaviour.withLock({ $0.holdsAnswers }) { return releaseLater(context) }
      let bytes = held.flatMap { $0 }
      held = []
      if !bytes.isEmpty {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
      }
    }
  }

  private func takeFrame() -> [UInt8]? {
    let prefix = shared.framing.prefix
    guard kept.count >= prefix.count else { return nil }
    var length: Int
    switch prefix {
    case .bcd2:
      length = kept[..<2].reduce(0) { $0 * 100 + Int($1 >> 4) * 10 + Int($1 & 15) }
    default: length = kept[..<prefix.count].reduce(0) { $0 << 8 | Int($1) }
    }
    if prefix == .nac2incl { length -= 2 }
    guard kept.count >= prefix.count + length else { return nil }
    let frame = Array(kept[(prefix.count + shared.framing.header.count)..<(prefix.count + length)])
    kept.removeFirst(prefix.count + length)
    return frame
  }

  static func answer(_ bytes: [UInt8], limit: UInt64) -> [UInt8]? {
    guard var message = try? Message(unpacking: bytes), let type = message.type.response else {
      return nil
    }
    var code = "8000"
    if case .text(let amount)? = message.fields[.amountTransaction] {
      code = (UInt64(amount.dropFirst(4)) ?? 0) > limit ? "1016" : "0000"
    }
    message.type = type
    let kept: Set<Element> = [2, 3, 4, 7, 11, 12, 32, 33, 37, 41, 42, 59]
    message.fields = message.fields.filter { kept.contains($0.key) }
    message.fields[.actionCode] = .text(code)
    if code == "0000" { message.fields[.approvalCode] = .text("A1B2C3") }
    return try? message.packed()
  }
}
