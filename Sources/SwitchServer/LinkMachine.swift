import Telemetry

/// The rules of one link, without its socket: what happens goes in, what is to be done comes out.
///
/// Backpressure never drops a frame: at the limit of frames in flight, and while the peer leaves
/// its answers unread, the link stops taking frames and reading, and the peer's own send window
/// fills.  Timers are deadlines that `.tick` compares with, so an event costs no timer.
struct LinkMachine: ~Copyable {
  private let limits: LinkLimits
  /// How far the life of the link has come.
  private(set) var phase = LinkPhase.open
  /// Frames given to the processor and not yet settled.
  private(set) var inFlight = 0
  /// The in-flight limit was reached and not yet left far enough.
  private var isPaused = false
  private var isInputClosed = false
  /// Since when the peer's queue is above its mark.
  private var unwritableSince: MonotonicTime?
  /// Since when the frame that is incomplete has been waited for.
  private var halfFrameSince: MonotonicTime?
  private var lastReceived: MonotonicTime
  /// Since when frames have been taken without a break, unless they are held back now.
  private var readSince: MonotonicTime
  /// Keep-alives are counted in windows of a second that begin with their first.
  private var keepAlives = 0
  private var keepAlivesSince: MonotonicTime

  /// A link that has just been opened.
  init(limits: LinkLimits, openedAt now: MonotonicTime) {
    self.limits = limits
    lastReceived = now
    readSince = now
    keepAlivesSince = now
  }

  /// Since when what the peer sends has been taken without a break; `nil` while it is not.
  var listening: MonotonicTime? { mayTakeFrame ? readSince : nil }

  /// Whether the next frame may be taken.
  var mayTakeFrame: Bool {
    phase == .open && !isPaused && unwritableSince == nil
  }

  /// Whether bytes may be read from the socket: to be taken, or to be thrown away at the end.
  var mayRead: Bool {
    if case .lingering = phase { return !isInputClosed }
    return mayTakeFrame && !isInputClosed
  }

  /// Takes what happened at `now` and says what to do.
  mutating func on(_ event: LinkEvent, at now: MonotonicTime) -> LinkAction {
    if case .closed = phase { return .none }
    switch event {
    case .received(let bufferedBytes):
      lastReceived = now
      guard phase == .open, bufferedBytes > limits.maximumBufferedBytes else { return .none }
      return close(.inputLimit)
    case .frame:
      inFlight += 1
      halfFrameSince = nil
      if inFlight >= limits.maximumInFlight { isPaused = true }
      return .none
    case .keepAlive:
      return keepAlive(at: now)
    case .decoded(let remainingBytes):
      return decoded(remainingBytes, at: now)
    case .settled:
      return settled(at: now)
    case .fault(let reason):
      return drain(reason, at: now)
    case .unreadable:
      return drain(.unreadable, at: now)
    case .unanswered:
      return drain(.echoMissed, at: now)
    case .writability(let isWritable):
      return writability(isWritable, at: now)
    case .queued(let bytes):
      return bytes > limits.maximumQueuedBytes ? close(.outputLimit) : .none
    case .inputClosed:
      return inputClosed()
    case .flushed:
      return flushed(at: now)
    case .stop:
      return drain(.stopped, at: now)
    case .disconnected:
      return disconnected()
    case .tick:
      return tick(at: now)
    }
  }

  private mutating func keepAlive(at now: MonotonicTime) -> LinkAction {
    halfFrameSince = nil
    if now >= keepAlivesSince.advanced(by: .seconds(1)) {
      keepAlivesSince = now
      keepAlives = 0
    }
    keepAlives += 1
    guard keepAlives <= limits.maximumKeepAlivesPerSecond else {
      return drain(.keepAliveFlood, at: now)
    }
    return .answerKeepAlive
  }

  private mutating func decoded(_ remainingBytes: Int, at now: MonotonicTime) -> LinkAction {
    guard phase == .open else { return .none }
    if remainingBytes == 0 {
      halfFrameSince = nil
    } else if halfFrameSince == nil {
      // Counted from the frame's first byte, not its last one: a byte now and then must not hold a
      // link open for ever.
      halfFrameSince = now
    }
    // The rest of a frame that can no longer come is nothing to wait for.
    return isInputClosed ? drain(.peerClosed, at: now) : .none
  }

  private mutating func settled(at now: MonotonicTime) -> LinkAction {
    precondition(inFlight > 0, "a frame was settled twice, or was never in flight")
    inFlight -= 1
    if case .draining(let reason, let until) = phase {
      guard inFlight == 0 else { return .none }
      phase = .flushing(reason, until: until)
      return .flush
    }
    guard isPaused, inFlight <= limits.resumeInFlight else { return .none }
    isPaused = false
    return resume(at: now)
  }

  private mutating func writability(_ isWritable: Bool, at now: MonotonicTime) -> LinkAction {
    if isWritable {
      guard unwritableSince != nil else { return .none }
      unwritableSince = nil
      return resume(at: now)
    }
    if unwritableSince == nil { unwritableSince = now }
    return .none
  }

  private mutating func resume(at now: MonotonicTime) -> LinkAction {
    guard mayTakeFrame else { return .none }
    // While reading was held back, the peer could not complete its frame, nor show a sign of life.
    if halfFrameSince != nil { halfFrameSince = now }
    lastReceived = now
    readSince = now
    return .resume
  }

  private mutating func inputClosed() -> LinkAction {
    isInputClosed = true
    switch phase {
    case .open:
      // Frames that were held back are still taken; `.decoded` then ends the link.
      return mayTakeFrame ? .resume : .none
    case .lingering(let reason, _):
      return close(reason)
    case .draining, .flushing, .closed:
      return .none
    }
  }

  private mutating func flushed(at now: MonotonicTime) -> LinkAction {
    guard case .flushing(let reason, let until) = phase else { return .none }
    if isInputClosed { return close(reason) }
    phase = .lingering(reason, until: min(until, now.advanced(by: limits.lingerTimeout)))
    return .closeOutput
  }

  private mutating func disconnected() -> LinkAction {
    // A peer that closes its side and then vanishes had nothing left to wait for only if nothing
    // was in flight.
    let isComplete = isInputClosed && inFlight == 0
    return close(phase.closeReason ?? (isComplete ? .peerClosed : .connectionError))
  }

  private mutating func tick(at now: MonotonicTime) -> LinkAction {
    switch phase {
    case .open:
      if let since = unwritableSince {
        return now >= since.advanced(by: limits.stallTimeout) ? close(.notReading) : .none
      }
      guard !isPaused else { return .none }
      if let since = halfFrameSince {
        let isLate = now >= since.advanced(by: limits.halfFrameTimeout)
        return isLate ? drain(.halfFrame, at: now) : .none
      }
      guard inFlight == 0, limits.idleTimeout > .zero else { return .none }
      let isIdle = now >= lastReceived.advanced(by: limits.idleTimeout)
      return isIdle ? drain(.idle, at: now) : .none
    case .draining(let reason, let until), .flushing(let reason, let until),
      .lingering(let reason, let until):
      return now >= until ? close(reason) : .none
    case .closed:
      return .none
    }
  }

  /// Takes no more frames; ends the link once what is in flight is answered.
  private mutating func drain(_ reason: LinkCloseReason, at now: MonotonicTime) -> LinkAction {
    guard phase == .open else { return .none }
    let until = now.advanced(by: limits.drainTimeout)
    if inFlight > 0 {
      phase = .draining(reason, until: until)
      return .none
    }
    phase = .flushing(reason, until: until)
    return .flush
  }

  private mutating func close(_ reason: LinkCloseReason) -> LinkAction {
    phase = .closed(reason)
    return .close(reason)
  }
}
