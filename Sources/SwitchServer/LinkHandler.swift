import Logging
import NIOCore
import Switch
import Telemetry

/// One link: moves bytes between its connection, the decoder, the processor and the link machine,
/// and does what the machine says.
final class LinkHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let record: LinkRecord
  private let loop: LinkLoop
  private let encoder: FrameEncoder
  // Unchecked, all three: they are used on the link's event loop, and no change spans a call that leads
  // back here; each check costs as much as the use. A message is read where the decoder has it while
  // the processor takes it: what that does to this link, an answer and the end of a frame in flight,
  // is carried out at the end of the turn and leaves the decoder alone.
  @exclusivity(unchecked) private var decoder: FrameDecoder
  @exclusivity(unchecked) private var machine: LinkMachine
  /// Answers of this turn of the loop.
  @exclusivity(unchecked) private var output = OutgoingFrames()
  private var context: ChannelHandlerContext?
  private var isMarked = false
  private var mustResume = false
  private var mustFlush = false
  /// The connection asked for a read that the machine held back.
  private var isReadHeld = false

  /// Answers are handed over above this even within a turn, so that what a peer provokes with one
  /// read shows in its queue before more of it is answered.
  private static let handOverBytes = 64 * 1024
  /// Storage above this is given back after a burst.
  private static let retainedBytes = 256 * 1024

  var id: LinkID { record.id }
  private var peer: String { record.peer }

  init(record: LinkRecord, loop: LinkLoop) {
    self.record = record
    self.loop = loop
    let settings = loop.settings
    encoder = FrameEncoder(framing: settings.framing, hasTPDU: settings.hasTPDU)
    decoder = FrameDecoder(
      framing: settings.framing,
      hasTPDU: settings.hasTPDU,
      maximumFrameBytes: settings.maximumFrameBytes
    )
    machine = LinkMachine(limits: loop.limits, openedAt: record.opened)
  }

  // MARK: - The connection's events

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    guard loop.open(self) else {
      context.close(promise: nil)
      return
    }
    loop.logger.info("link opened", metadata: ["link": "\(id.number)", "peer": "\(peer)"])
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    loop.turn { perform(machine.on(.disconnected, at: loop.now)) }
    let reason = machine.phase.closeReason ?? .connectionError
    decoder.discard()
    output = OutgoingFrames()
    loop.close(self, reason)
    loop.logger.info(
      "link closed",
      metadata: [
        "link": "\(id.number)", "peer": "\(peer)", "reason": "\(reason.rawValue)",
        "frames": "\(record.received)",
        "seconds": "\(MonotonicTime.now().nanoseconds(since: record.opened) / 1_000_000_000)",
      ]
    )
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Errors of the connection name system calls and numbers, never message bytes.
    loop.logger.debug(
      "link error",
      metadata: ["link": "\(id.number)", "error": "\(error)"]
    )
    loop.turn { perform(machine.on(.disconnected, at: loop.now)) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let chunk = unwrapInboundIn(data)
    loop.metrics.bytesReceived.add(UInt64(chunk.readableBytes))
    guard machine.phase == .open else { return }
    loop.turn {
      decoder.receive(chunk)
      perform(machine.on(.received(bufferedBytes: decoder.bufferedBytes), at: loop.now))
      decode(at: loop.now)
    }
  }

  func read(context: ChannelHandlerContext) {
    if machine.mayRead {
      context.read()
    } else {
      if !isReadHeld { loop.metrics.readingHeld.add() }
      isReadHeld = true
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    loop.turn { perform(machine.on(.writability(context.channel.isWritable), at: loop.now)) }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed {
      loop.turn { perform(machine.on(.inputClosed, at: loop.now)) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  // MARK: - The loop's calls, always within a turn

  /// Appends a message to what is sent at the end of the turn.
  func enqueue(_ message: UnsafeRawBufferPointer, answering header: FrameHeader) {
    switch machine.phase {
    case .open, .draining: break
    case .flushing, .lingering, .closed:
      loop.metrics.answersWithoutLink.add()
      return
    }
    guard encoder.write(message, answering: header, into: &output) else {
      loop.metrics.answersTooLong.add()
      loop.logger.error(
        "answer not sent: the framing cannot state its length",
        metadata: [
          "link": "\(id.number)", "bytes": "\(message.count)",
          "framing": "\(loop.settings.framing.rawValue)",
        ]
      )
      return
    }
    loop.metrics.framesSent.add()
    markForTurn()
  }

  /// Ends one frame in flight.
  func settle() {
    record.noteSettled()
    perform(machine.on(.settled, at: loop.now))
  }

  /// Ends one frame in flight that nothing was sent for.
  func drop() {
    record.noteUnanswered()
    perform(machine.on(.settled, at: loop.now))
  }

  /// Sends a message of an operator's; a link that takes no more frames could not take its answer.
  func request(_ command: LinkCommand, _ done: @escaping @Sendable (LinkReply) -> Void) {
    guard machine.phase == .open else {
      done(.gone)
      return
    }
    loop.processor.request(command, on: id, at: loop.now, into: loop, done)
  }

  /// Looks whether something is late.
  func tick() {
    let wasOpen = machine.phase == .open
    perform(machine.on(.tick, at: loop.now))
    if machine.phase == .open { tickProcessor() }
    guard wasOpen, machine.phase != .open else { return }
    if machine.phase.closeReason == .halfFrame { reportHalfFrame() }
    decoder.discard()
  }

  private func tickProcessor() {
    let listening = machine.listening
    let verdict = loop.processor.tick(id, listening: listening, at: loop.now, into: loop)
    guard verdict == .close else { return }
    loop.logger.notice(
      "echo tests not answered: the link is given up",
      metadata: ["link": "\(id.number)", "peer": "\(peer)"]
    )
    perform(machine.on(.unanswered, at: loop.now))
  }

  /// Takes no more frames and closes when all is answered.
  func stop() {
    perform(machine.on(.stop, at: loop.now))
  }

  /// Closes at once.
  func abandon() {
    context?.close(promise: nil)
  }

  /// Sends what the turn has made ready, then takes what was held back.
  func completeTurn() {
    isMarked = false
    if mustResume {
      mustResume = false
      decode(at: loop.now)
      if isReadHeld, machine.mayRead {
        isReadHeld = false
        context?.read()
      }
    }
    if mustFlush {
      mustFlush = false
      handOverLast()
    } else {
      handOver()
    }
  }

  // MARK: - Doing

  private func decode(at now: MonotonicTime) {
    while machine.mayTakeFrame {
      let event: FrameEvent
      do throws(FramingFault) {
        event = try decoder.next()
      } catch {
        reportFault(error)
        perform(machine.on(.fault(error.closeReason), at: now))
        break
      }
      switch event {
      case .frame(let header, let place):
        take(header, place, at: now)
      case .keepAlive:
        loop.metrics.keepAlives.add()
        perform(machine.on(.keepAlive, at: now))
      case .incomplete:
        decoder.release()
        perform(machine.on(.decoded(remainingBytes: decoder.bufferedBytes), at: now))
        return
      }
      if output.byteCount >= Self.handOverBytes { handOver() }
    }
    if machine.phase == .open {
      decoder.release()
    } else {
      decoder.discard()
    }
  }

  private func take(_ header: FrameHeader, _ place: Range<Int>, at now: MonotonicTime) {
    record.noteReceived(header, at: now)
    loop.metrics.framesReceived.add()
    perform(machine.on(.frame, at: now))
    let message = decoder.message(at: place)
    let disposition = loop.processor.accept(message, header: header, from: id, at: now, into: loop)
    switch disposition {
    case .pending, .answered:
      break
    case .dropped:
      drop()
    case .close:
      drop()
      perform(machine.on(.unreadable, at: now))
    }
  }

  private func perform(_ action: LinkAction) {
    switch action {
    case .none:
      break
    case .answerKeepAlive:
      encoder.writeKeepAlive(into: &output)
      markForTurn()
    case .resume:
      mustResume = true
      markForTurn()
    case .flush:
      mustFlush = true
      markForTurn()
    case .closeOutput:
      context?.close(mode: .output, promise: nil)
      if isReadHeld {
        isReadHeld = false
        context?.read()
      }
    case .close:
      context?.close(promise: nil)
    }
  }

  private func markForTurn() {
    guard !isMarked else { return }
    isMarked = true
    loop.mark(self)
  }

  /// Hands this turn's answers to the connection in one write.
  private func handOver() {
    guard let context, output.byteCount > 0 else { return }
    loop.metrics.bytesSent.add(UInt64(output.byteCount))
    context.writeAndFlush(wrapOutboundOut(output.whole()), promise: nil)
    output.clear(retaining: Self.retainedBytes)
    guard !context.channel.isWritable else { return }
    let queued = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
    perform(machine.on(.queued(bytes: queued ?? 0), at: loop.now))
  }

  /// Hands over the last answers and learns when the operating system has them.
  private func handOverLast() {
    guard let context else { return }
    loop.metrics.bytesSent.add(UInt64(output.byteCount))
    let written = context.eventLoop.makePromise(of: Void.self)
    written.futureResult.assumeIsolated().whenSuccess { [self] in
      loop.turn { perform(machine.on(.flushed, at: loop.now)) }
    }
    context.writeAndFlush(wrapOutboundOut(output.whole()), promise: written)
    output = OutgoingFrames()
  }

  private func reportFault(_ fault: FramingFault) {
    loop.logger.notice(
      "link out of step: \(fault.explanation(framing: loop.settings.framing))",
      metadata: ["link": "\(id.number)", "peer": "\(peer)"]
    )
  }

  private func reportHalfFrame() {
    let hint = FramingFault.hint(decoder.prefix, loop.settings.framing)
    loop.logger.notice(
      "frame not completed in time; its length\(hint)",
      metadata: ["link": "\(id.number)", "peer": "\(peer)"]
    )
  }
}
