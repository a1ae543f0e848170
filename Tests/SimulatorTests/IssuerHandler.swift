import ISO8583
import LoadGenerator
import NIOCore
import Synchronization

/// Answers the requests of one connection to an `EchoIssuer`.
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
      if behaviour.refusesEvery > 0, number.isMultiple(of: behaviour.refusesEvery) {
        if let answer = Self.answer(message, limit: behaviour.limit, refusal: "9107"),
          let frame = shared.framing.framed(answer)
        {
          answers += frame
        }
        continue
      }
      if behaviour.swallowsEvery > 0, number.isMultiple(of: behaviour.swallowsEvery) { continue }
      guard
        let answer = Self.answer(
          message,
          limit: behaviour.limit,
          isForgetful: behaviour.isForgetful
        ),
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

  static func answer(
    _ bytes: [UInt8],
    limit: UInt64,
    refusal: String? = nil,
    isForgetful: Bool = false
  ) -> [UInt8]? {
    guard var message = try? Message(unpacking: bytes), let type = message.type.response else {
      return nil
    }
    var code = "8000"
    if case .text(let amount)? = message.fields[.amountTransaction] {
      code = (UInt64(amount.dropFirst(4)) ?? 0) > limit ? "1016" : "0000"
    }
    if case .text("2001")? = message.fields[.expirationDate] { code = "1001" }
    // Cards of the tests have 0 in the seventh place.
    if case .text(let pan)? = message.fields[.pan], pan.dropFirst(6).first == "5" { code = "1018" }
    if let refusal { code = refusal }
    // The first sending's approval code, as an issuer that remembers it gives again.
    var approval = "A1B2C3"
    if isForgetful, bytes[1] & 1 == 1 { approval = "D4E5F6" }
    message.type = type
    let kept: Set<Element> = [2, 3, 4, 7, 11, 12, 32, 33, 37, 41, 42, 59]
    message.fields = message.fields.filter { kept.contains($0.key) }
    message.fields[.actionCode] = .text(code)
    if code == "0000" { message.fields[.approvalCode] = .text(approval) }
    return try? message.packed()
  }
}
