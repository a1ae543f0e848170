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
  private let mapping: RequestMapping
  private let inbox: LoopInbox
  private let inboxID: InboxID
  private var replies = ReplyMapping()
  private let waiting = WaitingRequests()
  private var outcomes: [AuthorizationOutcome] = []
  /// Links that have signed on; kept only where it is required.
  private var signedOn: Set<LinkID> = []

  /// A pipeline whose `wake` asks its event loop to call `collect`.
  public init(_ settings: SwitchSettings, wake: @escaping @Sendable () -> Void) {
    self.settings = settings
    mapping = RequestMapping(vault: settings.vault, network: settings.network)
    inbox = LoopInbox(wake: wake)
    inboxID = settings.ledger.register(inbox)
  }

  /// Takes one frame: answers it at once, or leaves it with the writer.
  public func accept(
    _ frame: UnsafeRawBufferPointer,
    header: FrameHeader,
    from link: LinkID,
    at arrival: MonotonicTime,
    into output: any FrameOutput
  ) -> FrameDisposition {
    settings.metrics.received.add()
    let ticket = waiting.claim()

    // Bytes to elements.
    do throws(WireError) {
      try waiting.parse(frame.bytes, for: ticket)
    } catch {
      return refuse(error, frame, ticket, header, link, output)
    }
    return waiting.withMessage(frame.bytes, of: ticket) { message in
      route(message, frame, ticket, header, link, arrival, output)
    }
  }

  private func route(
    _ message: borrowing MessageView,
    _ frame: UnsafeRawBufferPointer,
    _ ticket: WaitingRequests.Ticket,
    _ header: FrameHeader,
    _ link: LinkID,
    _ arrival: MonotonicTime,
    _ output: any FrameOutput
  ) -> FrameDisposition {
    // What kind of message it is.
    guard let response = message.type.response else { return ignore(ticket) }
    let route = MessageRoute(message.type)
    if settings.requiresSignOn, !signedOn.contains(link), !route.isNetworkManagement {
      settings.metrics.notSignedOn.add()
      return answer(message, response, .issuerSignedOff, nil, ticket, header, link, output)
    }
    switch route {
    case .unanswerable:
      return ignore(ticket)
    case .notOffered(let code):
      settings.metrics.notOffered.add()
      return answer(message, response, code, nil, ticket, header, link, output)
    case .networkManagement:
      return manage(message, response, ticket, header, link, output)

    case .authorization(let kind):
      // Elements to request.
      switch mapping.map(message, kind) {
      case .malformed(let errors):
        settings.metrics.malformed.add()
        return answer(message, response, .messageError, errors, ticket, header, link, output)
      case .refused(let code):
        settings.metrics.notOffered.add()
        return answer(message, response, code, nil, ticket, header, link, output)

      case .request(let request):
        // Request to writer: decided there, durable there, back through `collect`.
        let deadline = arrival.advanced(by: settings.answerWithin)
        guard
          settings.ledger.submit(request, to: inboxID, ticket: ticket.number, deadline: deadline)
        else {
          settings.metrics.overloaded.add()
          return answer(
            message,
            response,
            .issuerInoperative,
            nil,
            ticket,
            header,
            link,
            output
          )
        }
        waiting.keep(frame, ticket, header, link, arrival)
        settings.metrics.wire.record(from: arrival, to: .now())
        return .pending
      }
    }
  }

  /// Gives the answers of everything that has become durable.
  public func collect(into output: any FrameOutput) {
    inbox.take(&outcomes)
    let now = MonotonicTime.now()
    for outcome in outcomes {
      guard let ticket = waiting.ticket(outcome.ticket) else { continue }
      // Outcome to answer.
      waiting.withRequest(ticket) { message, request in
        guard let response = message.type.response else { return }
        let bytes = replies.reply(
          to: message,
          as: response,
          ReplyMapping.Addition(
            actionCode: outcome.actionCode,
            approvalCode: outcome.approvalCode,
            errors: nil,
            sent: outcome.decided
          )
        )
        bytes.withUnsafeBytes { output.answer(request.link, request.header, $0) }
        settings.metrics.service.record(from: request.arrival, to: now)
      }
      settings.metrics.answered.add()
      waiting.release(ticket)
    }
    outcomes.removeAll(keepingCapacity: true)
  }

  /// Nothing is kept for a link beyond its requests.
  public func linkOpened(_ link: LinkID) {}

  /// What is in work is decided all the same: a network that lost its link reverses or repeats.
  public func linkClosed(_ link: LinkID) { signedOn.remove(link) }

  // MARK: Answers without a decision

  private func answer(
    _ message: borrowing MessageView,
    _ response: MessageType,
    _ code: ActionCode,
    _ errors: FormatErrors?,
    _ ticket: WaitingRequests.Ticket,
    _ header: FrameHeader,
    _ link: LinkID,
    _ output: any FrameOutput
  ) -> FrameDisposition {
    let bytes = replies.reply(
      to: message,
      as: response,
      ReplyMapping.Addition(
        actionCode: code,
        approvalCode: nil,
        errors: errors,
        sent: settings.clock.now()
      )
    )
    bytes.withUnsafeBytes { output.answer(link, header, $0) }
    settings.metrics.answered.add()
    waiting.release(ticket)
    return .answered
  }

  private func manage(
    _ message: borrowing MessageView,
    _ response: MessageType,
    _ ticket: WaitingRequests.Ticket,
    _ header: FrameHeader,
    _ link: LinkID,
    _ output: any FrameOutput
  ) -> FrameDisposition {
    switch NetworkManagement.answer(message) {
    case .accepted(let function):
      settings.metrics.networkManagement.add()
      note(function, link)
      return answer(
        message,
        response,
        .networkManagementAccepted,
        nil,
        ticket,
        header,
        link,
        output
      )
    case .notOffered:
      settings.metrics.notOffered.add()
      return answer(message, response, .invalidTransaction, nil, ticket, header, link, output)
    case .malformed(let errors):
      settings.metrics.malformed.add()
      return answer(message, response, .messageError, errors, ticket, header, link, output)
    }
  }

  private func note(_ function: NetworkManagement.Function, _ link: LinkID) {
    guard settings.requiresSignOn else { return }
    switch function {
    case .signOn: signedOn.insert(link)
    case .signOff: signedOn.remove(link)
    case .echo: break
    }
  }

  /// A frame that cannot be read to its end is answered only when its sender can match the answer:
  /// the message type is a request, and DE 11 and, where announced, DE 41 were read before the fault.
  private func refuse(
    _ error: WireError,
    _ frame: UnsafeRawBufferPointer,
    _ ticket: WaitingRequests.Ticket,
    _ header: FrameHeader,
    _ link: LinkID,
    _ output: any FrameOutput
  ) -> FrameDisposition {
    settings.unreadable(link, error)
    return waiting.withMessage(frame.bytes, of: ticket) { message in
      let isMatchable =
        message.has(.stan)
        && (error.element > Element.terminal.number || error.reason == .trailingBytes)
      if isMatchable, message.type.version == 2, message.type.messageClass != nil,
        let response = message.type.response
      {
        settings.metrics.malformed.add()
        return answer(
          message,
          response,
          .messageError,
          FormatErrors(error),
          ticket,
          header,
          link,
          output
        )
      }
      settings.metrics.unreadable.add()
      waiting.release(ticket)
      return settings.closesOnUnreadable ? .close : .dropped
    }
  }

  private func ignore(_ ticket: WaitingRequests.Ticket) -> FrameDisposition {
    settings.metrics.unanswerable.add()
    waiting.release(ticket)
    return .dropped
  }
}

/// Outcomes on their way from the writer to an event loop.
private final class LoopInbox: OutcomeInbox {
  private let arrived = Mutex<[AuthorizationOutcome]>([])
  private let wake: @Sendable () -> Void

  init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  func deliver(_ outcomes: borrowing [AuthorizationOutcome]) {
    let outcomes = copy outcomes
    arrived.withLock { $0.append(contentsOf: outcomes) }
    wake()
  }

  /// Moves everything that has arrived into `outcomes`, which must be empty.
  func take(_ outcomes: inout [AuthorizationOutcome]) {
    arrived.withLock { swap(&$0, &outcomes) }
  }
}
