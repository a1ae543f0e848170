import Authorization
import CardCrypto
import ISO8583
import Ledger
import Synchronization
public import Telemetry

/// The way of an authorization, in order: bytes, elements, request, writer, outcome, answer.
///
/// One instance serves the links of one event loop and is used on that loop alone; only its inbox is
/// shared, with the writer.
public final class AuthorizationPipeline: FrameProcessor {
  private let settings: SwitchSettings
  private let metrics: SwitchMetrics
  /// `metrics.wire` and `metrics.service`: what is reached through another object is retained at each use.
  private let wire: LatencyHistogram
  private let service: LatencyHistogram
  private let ledger: any Authorizer
  private let mapping: RequestMapping
  private let inbox: LoopInbox
  private let inboxID: InboxID
  private let network: NetworkID
  private let waiting = WaitingRequests()
  /// The answer to a message that does not wait.
  @exclusivity(unchecked) private var immediate = PreparedAnswer()
  /// Where the elements of the present message stand; behind a pointer, since a property of this size
  /// would be guarded against overlapping access, message by message.
  private let layout: UnsafeMutablePointer<MessageLayout>
  /// The present message's request on its way to the writer's queue: written and moved out in one place,
  /// since a value of this size would be copied from call to call.
  private let request: UnsafeMutablePointer<AuthorizationRequest>
  /// `settings.answerWithin`.
  private let answerNanoseconds: UInt64
  /// DE 7 of the last answer and its instant: one batch is decided at one instant.
  private var lastSent = Instant(microsecondsSinceEpoch: 0)
  private var lastSentDigits: UInt64
  private var outcomes: [AuthorizationOutcome] = []
  /// Sign-on, echo tests and what else concerns links and not payments.
  private let control: NetworkControl
  /// Where each cut-over that waits for the writer names its day.
  @exclusivity(unchecked) private var cutOvers: [UInt64: Element] = [:]

  /// A pipeline whose `wake` asks its event loop to call `collect`.
  public init(_ settings: SwitchSettings, wake: @escaping @Sendable () -> Void) {
    self.settings = settings
    metrics = settings.metrics
    wire = settings.metrics.wire
    service = settings.metrics.service
    control = NetworkControl(settings)
    ledger = settings.ledger
    network = settings.ledger.register(network: settings.network)
    mapping = RequestMapping(
      vault: settings.vault,
      network: settings.network,
      networkID: network,
      policy: settings.answers
    )
    inbox = LoopInbox(wake: wake)
    inboxID = settings.ledger.register(inbox)
    layout = .allocate(capacity: 1)
    layout.initialize(to: MessageLayout())
    request = .allocate(capacity: 1)
    answerNanoseconds = UInt64(max(0, settings.answerWithin.wholeNanoseconds))
    lastSentDigits = ReplyPlan.transmissionTime(lastSent)
  }

  deinit {
    layout.deallocate()
    request.deallocate()
  }

  /// Takes one frame: answers it at once, or leaves it with the writer.
  public func accept(
    _ frame: UnsafeRawBufferPointer,
    header: FrameHeader,
    from link: LinkID,
    at arrival: MonotonicTime,
    into output: any FrameOutput
  ) -> FrameDisposition {
    metrics.received.add()

    // Bytes to elements.
    do throws(WireError) {
      try MessageLayout.parse(frame.bytes, into: &layout.pointee)
    } catch {
      return refuse(error, frame, header, link, output)
    }
    let message = MessageView(frame.bytes, at: layout)
    return route(message, frame.count, header, link, arrival, output)
  }

  @inline(__always)
  private func route(
    _ message: borrowing MessageView,
    _ byteCount: Int,
    _ header: FrameHeader,
    _ link: LinkID,
    _ arrival: MonotonicTime,
    _ output: any FrameOutput
  ) -> FrameDisposition {
    // What kind of message it is.
    guard let response = message.type.response else { return receive(message, link, arrival) }
    let route = MessageRoute(message.type)
    if control.bars(link), !route.isNetworkManagement {
      metrics.notSignedOn.add()
      return answer(message, response, .issuerSignedOff, nil, byteCount, header, link, output)
    }
    switch route {
    case .unanswerable:
      return ignore()
    case .notOffered(let code):
      metrics.notOffered.add()
      return answer(message, response, code, nil, byteCount, header, link, output)
    case .networkManagement:
      return manage(message, response, byteCount, header, link, arrival, output)

    case .authorization(let kind):
      do throws(RequestMapping.Refusal) {
        // Elements to request, and request to writer: decided there, durable there, back through
        // `collect`.
        try mapping.map(message, kind, into: request)
        let ticket = submit(arrival)
        guard let ticket else {
          metrics.overloaded.add()
          let code = ActionCode.issuerInoperative
          return answer(message, response, code, nil, byteCount, header, link, output)
        }
        waiting.keep(ticket, header, link, arrival, isSilent: kind.isSilent)
          .pointee.answer.prepare(
            message,
            byteCount: byteCount,
            ReplyPlan(message, response)
          )
        let queued = MonotonicTime.now()
        wire.record(from: arrival, to: queued)
        return .pending
      } catch {
        return answer(message, response, error, byteCount, header, link, output)
      }
    }
  }

  /// Leaves a request with the writer; `nil` when too much waits there.
  @inline(__always)
  private func submit(_ arrival: MonotonicTime) -> WaitingRequests.Ticket? {
    let ticket = waiting.claim()
    let (deadline, isEndless) = arrival.nanoseconds.addingReportingOverflow(answerNanoseconds)
    let isTaken = ledger.submit(
      moving: request,
      to: inboxID,
      ticket: ticket.number,
      deadline: MonotonicTime(nanoseconds: isEndless ? .max : deadline)
    )
    if isTaken { return ticket }
    waiting.release(ticket)
    return nil
  }

  /// Gives the answers of everything that has become durable.
  public func collect(into output: any FrameOutput) {
    // In a local variable: a property would be guarded against overlapping access all the while.
    var outcomes: [AuthorizationOutcome] = []
    swap(&outcomes, &self.outcomes)
    inbox.take(&outcomes)
    let now = MonotonicTime.now()
    // Where they stand: a copy of each would retain what it refers to.
    outcomes.withUnsafeBufferPointer {
      guard let first = $0.baseAddress else { return }
      for index in $0.indices { settle(first + index, at: now, into: output) }
    }
    outcomes.removeAll(keepingCapacity: true)
    swap(&outcomes, &self.outcomes)
  }

  /// Gives the answer to one request.
  private func settle(
    _ outcome: UnsafePointer<AuthorizationOutcome>,
    at now: MonotonicTime,
    into output: any FrameOutput
  ) {
    guard let (ticket, slot) = waiting.slot(outcome.pointee.ticket) else { return }
    if slot.pointee.origin.isSilent {
      output.withdraw(slot.pointee.origin.link)
      waiting.release(ticket)
      return
    }
    // Outcome to answer.
    let bytes = slot.pointee.answer.complete(
      outcome.pointee.actionCode,
      outcome.pointee.approvalCode,
      sent: sentDigits(outcome.pointee.decided)
    )
    if outcome.pointee.amendment == nil, outcome.pointee.actionCode != .messageError {
      output.answer(slot.pointee.origin.link, slot.pointee.origin.header, bytes)
    } else {
      amend(bytes, outcome.pointee, errors(of: outcome.pointee)) {
        output.answer(slot.pointee.origin.link, slot.pointee.origin.header, $0)
      }
    }
    service.record(from: slot.pointee.origin.arrival, to: now)
    metrics.answered.add()
    if !cutOvers.isEmpty { cutOvers[outcome.pointee.ticket] = nil }
    waiting.release(ticket)
  }

  /// An answer that says more than its codes; rare, so it is read back and written anew.
  private func amend(
    _ bytes: UnsafeRawBufferPointer,
    _ outcome: AuthorizationOutcome,
    _ errors: FormatErrors?,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    let amended = AmendedAnswer.bytes(of: bytes, outcome.amendment, errors)
    amended.withUnsafeBytes(body)
  }

  /// What DE 18 says of an outcome that the writer refused for the form of its message.
  private func errors(of outcome: AuthorizationOutcome) -> FormatErrors? {
    var errors = FormatErrors()
    if outcome.reason == .reversalAmountMismatch {
      errors.add(.amountTransaction, .otherThanOriginal)
      errors.add(.originalAmounts, .otherThanOriginal)
    } else if outcome.actionCode == .messageError, let element = cutOvers[outcome.ticket] {
      errors.add(element, .value)
    }
    return errors.isEmpty ? nil : errors
  }

  private func sentDigits(_ instant: Instant) -> UInt64 {
    if instant != lastSent {
      lastSent = instant
      lastSentDigits = ReplyPlan.transmissionTime(instant)
    }
    return lastSentDigits
  }

  /// A link that must sign on first has not done so yet.
  public func linkOpened(_ link: LinkRecord) { control.open(link) }

  /// What is in work is decided all the same: a network that lost its link reverses or repeats.
  public func linkClosed(_ link: LinkID) { control.close(link) }

  /// Sends an echo test where one is due; a link that leaves too many unanswered is closed.
  public func tick(
    _ link: LinkID,
    listening: MonotonicTime?,
    at now: MonotonicTime,
    into output: any FrameOutput
  ) -> LinkVerdict {
    control.tick(link, listening: listening, at: now, into: output)
  }

  /// Sends a message of an operator's.
  public func request(
    _ command: LinkCommand,
    on link: LinkID,
    at now: MonotonicTime,
    into output: any FrameOutput,
    _ done: @escaping @Sendable (LinkReply) -> Void
  ) {
    control.request(command, on: link, at: now, into: output, done)
  }

  // MARK: Answers without a decision

  private func answer(
    _ message: borrowing MessageView,
    _ response: MessageType,
    _ code: ActionCode,
    _ errors: FormatErrors?,
    _ byteCount: Int,
    _ header: FrameHeader,
    _ link: LinkID,
    _ output: any FrameOutput
  ) -> FrameDisposition {
    let plan = ReplyPlan(message, response)
    if let errors {
      immediate.prepareInParts(message, byteCount: byteCount, plan, errors: errors)
    } else {
      immediate.prepare(message, byteCount: byteCount, plan)
    }
    let sent = sentDigits(settings.clock.now())
    output.answer(link, header, immediate.complete(code, nil, sent: sent))
    immediate.shrink()
    metrics.answered.add()
    return .answered
  }

  private func answer(
    _ message: borrowing MessageView,
    _ response: MessageType,
    _ refusal: RequestMapping.Refusal,
    _ byteCount: Int,
    _ header: FrameHeader,
    _ link: LinkID,
    _ output: any FrameOutput
  ) -> FrameDisposition {
    switch refusal {
    case .malformed(let errors):
      metrics.malformed.add()
      let code: ActionCode =
        response.messageClass == .fileAction ? .fileFormatError : .messageError
      return answer(message, response, code, errors, byteCount, header, link, output)
    case .notOffered(let code):
      metrics.notOffered.add()
      return answer(message, response, code, nil, byteCount, header, link, output)
    }
  }

  private func manage(
    _ message: borrowing MessageView,
    _ response: MessageType,
    _ byteCount: Int,
    _ header: FrameHeader,
    _ link: LinkID,
    _ arrival: MonotonicTime,
    _ output: any FrameOutput
  ) -> FrameDisposition {
    switch NetworkManagement.answer(message) {
    case .accepted(.cutOver(let cutOver)):
      return submit(cutOver, message, response, byteCount, header, link, arrival, output)
    case .accepted(.signOn): control.sign(link, .signedOn)
    case .accepted(.signOff): control.sign(link, .signedOff)
    case .accepted(.echo): break
    case .notOffered:
      metrics.notOffered.add()
      return answer(message, response, .invalidTransaction, nil, byteCount, header, link, output)
    case .malformed(let errors):
      metrics.malformed.add()
      return answer(message, response, .messageError, errors, byteCount, header, link, output)
    }
    metrics.networkManagement.add()
    let code = ActionCode.networkManagementAccepted
    return answer(message, response, code, nil, byteCount, header, link, output)
  }

  /// Leaves a cut-over with the writer, which begins the day behind the requests before it.
  private func submit(
    _ cutOver: CutOver,
    _ message: borrowing MessageView,
    _ response: MessageType,
    _ byteCount: Int,
    _ header: FrameHeader,
    _ link: LinkID,
    _ arrival: MonotonicTime,
    _ output: any FrameOutput
  ) -> FrameDisposition {
    let ticket = waiting.claim()
    guard ledger.submit(cutOver, of: network, to: inboxID, ticket: ticket.number) else {
      waiting.release(ticket)
      metrics.overloaded.add()
      return answer(message, response, .issuerInoperative, nil, byteCount, header, link, output)
    }
    metrics.networkManagement.add()
    cutOvers[ticket.number] = NetworkManagement.dayElement(message) ?? .functionCode
    waiting.keep(ticket, header, link, arrival).pointee.answer.prepare(
      message,
      byteCount: byteCount,
      ReplyPlan(message, response)
    )
    return .pending
  }

  /// Takes a response: one to a request of ours, or nothing that an issuer could use.
  private func receive(
    _ message: borrowing MessageView,
    _ link: LinkID,
    _ arrival: MonotonicTime
  ) -> FrameDisposition {
    guard message.type.code == NetworkControl.answerCode else { return ignore() }
    if !control.take(message, from: link, at: arrival) { metrics.unmatched.add() }
    return .dropped
  }

  /// A frame that cannot be read to its end is answered only when its sender can match the answer:
  /// the message type is a request, and DE 11 and, where announced, DE 41 were read before the fault.
  private func refuse(
    _ error: WireError,
    _ frame: UnsafeRawBufferPointer,
    _ header: FrameHeader,
    _ link: LinkID,
    _ output: any FrameOutput
  ) -> FrameDisposition {
    settings.unreadable(link, error)
    let message = MessageView(frame.bytes, at: layout)
    let isMatchable =
      message.has(.stan)
      && (error.element > Element.terminal.number || error.reason == .trailingBytes)
    if isMatchable, message.type.version == 2, message.type.messageClass != nil,
      let response = message.type.response
    {
      metrics.malformed.add()
      return answer(
        message,
        response,
        .messageError,
        FormatErrors(error),
        frame.count,
        header,
        link,
        output
      )
    }
    metrics.unreadable.add()
    return settings.closesOnUnreadable ? .close : .dropped
  }

  private func ignore() -> FrameDisposition {
    metrics.unanswerable.add()
    return .dropped
  }
}

/// Outcomes on their way from the writer to an event loop.
private final class LoopInbox: OutcomeInbox {
  private let arrived = Mutex<[AuthorizationOutcome]>([])
  private let wake: @Sendable () -> Void

  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  func deliver(_ outcomes: inout [AuthorizationOutcome]) {
    arrived.withLock {
      if $0.isEmpty {
        swap(&$0, &outcomes)
      } else {
        // The loop has not come round since the last batch.
        $0.append(contentsOf: outcomes)
        outcomes.removeAll(keepingCapacity: true)
      }
    }
    wake()
  }

  /// Moves everything that has arrived into `outcomes`, which must be empty.
  func take(_ outcomes: inout [AuthorizationOutcome]) {
    arrived.withLock { swap(&$0, &outcomes) }
  }
}
