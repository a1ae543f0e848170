import Authorization
import ISO8583
import Ledger
import Telemetry

/// What the links of one event loop are told and asked about themselves: who has signed on and off, our
/// echo tests, and operators' messages to peers.
///
/// On the event loop alone. Of a payment's way only `bars` is a part.
final class NetworkControl {
  private let settings: SwitchSettings
  private let metrics: LinkMetrics
  private var sessions: [LinkID: LinkSession] = [:]
  /// Links whose requests are answered 9110.
  private var barred: Set<LinkID> = []
  // Unchecked: written whole on the event loop, and no access spans a call.
  @exclusivity(unchecked) private var hasBarred = false

  /// How long the peer may take to answer a message of an operator's.
  private static let patience = Duration.seconds(5)

  /// The type of an answer to a request of ours.
  static let answerCode: UInt16 = 0x2814

  init(_ settings: SwitchSettings) {
    self.settings = settings
    metrics = settings.metrics.links(of: settings.network)
  }

  /// Whether a link's requests are refused: it has signed off, or has not signed on where it must.
  @inline(__always)
  func bars(_ link: LinkID) -> Bool { hasBarred && barred.contains(link) }

  // MARK: What peers say

  /// A link was opened.
  func open(_ record: LinkRecord) {
    sessions[record.id] = LinkSession(record, settings.echo)
    if settings.requiresSignOn { sign(record.id, .signedOff) }
  }

  /// A link is gone; nobody waits for its answers any longer.
  func close(_ link: LinkID) {
    bar(link, false)
    guard let session = sessions.removeValue(forKey: link) else { return }
    for waiting in session.waiting { waiting.done(.gone) }
  }

  /// The link has signed on or off; an explicit sign-off counts whether or not sign-on is required.
  func sign(_ link: LinkID, _ state: LinkState) {
    bar(link, state == .signedOff)
    sessions[link]?.record.become(state)
  }

  private func bar(_ link: LinkID, _ isBarred: Bool) {
    if isBarred { barred.insert(link) } else { barred.remove(link) }
    hasBarred = !barred.isEmpty
  }

  /// Takes an answer to a request of ours; false when nothing on the link waits for it.
  func take(
    _ answer: borrowing MessageView,
    from link: LinkID,
    at arrival: MonotonicTime
  ) -> Bool {
    guard let session = sessions[link], let trace = answer.unsigned(.stan) else { return false }
    if session.echo.isAnswered(by: trace) {
      noteAnswered(session)
      return true
    }
    guard let position = session.waiting.firstIndex(where: { $0.trace == trace }) else {
      return false
    }
    let waiting = session.waiting.remove(at: position)
    let code = answer.unsigned(.actionCode).map { ActionCode(UInt16($0)) }
    switch waiting.command {
    case .echo: noteAnswered(session)
    case .signOn: if code == .networkManagementAccepted { sign(link, .signedOn) }
    case .signOff: if code == .networkManagementAccepted { sign(link, .signedOff) }
    }
    let elapsed = Int64(arrival.nanoseconds(since: waiting.since))
    waiting.done(.answered(code, after: .nanoseconds(elapsed)))
    return true
  }

  private func noteAnswered(_ session: LinkSession) {
    metrics.echoAnswered.add()
    session.record.noteEchoAnswered()
    session.record.noteEchoMissed(session.echo.missed)
  }

  // MARK: What we say

  /// Does what is due on a link: an echo test, and giving up what was not answered.
  func tick(
    _ link: LinkID,
    listening: MonotonicTime?,
    at now: MonotonicTime,
    into output: any FrameOutput
  ) -> LinkVerdict {
    guard let session = sessions[link] else { return .keep }
    giveUp(session, at: now)
    let record = session.record
    let action = session.echo.tick(
      at: now,
      lastMessage: record.lastMessage,
      listening: listening
    )
    record.noteEchoMissed(session.echo.missed)
    switch action {
    case .none:
      return .keep
    case .send:
      session.echo.sent(send(.echo, session, output), at: now)
      return .keep
    case .missed:
      metrics.echoMissed.add()
      return .keep
    case .down:
      metrics.echoMissed.add()
      record.become(.down)
      return .close
    }
  }

  /// Sends an operator's message; `done` is called once, on the event loop.
  func request(
    _ command: LinkCommand,
    on link: LinkID,
    at now: MonotonicTime,
    into output: any FrameOutput,
    _ done: @escaping @Sendable (LinkReply) -> Void
  ) {
    guard let session = sessions[link], session.record.state != .down else {
      done(.gone)
      return
    }
    guard session.waiting.count < LinkSession.mostWaiting else {
      done(.busy)
      return
    }
    let trace = send(command, session, output)
    session.waiting.append(
      LinkSession.Waiting(trace: trace, command: command, since: now, done: done)
    )
  }

  private func send(
    _ command: LinkCommand,
    _ session: LinkSession,
    _ output: any FrameOutput
  ) -> UInt64 {
    let now = settings.clock.now()
    let trace = NetworkRequest.nextTrace()
    let bytes = NetworkRequest.bytes(
      command,
      trace: trace,
      sender: settings.institution,
      at: now
    )
    bytes.withUnsafeBytes { output.send(session.record.id, session.record.header, $0) }
    if command == .echo {
      metrics.echoSent.add()
      session.record.noteEchoSent()
    }
    return trace
  }

  private func giveUp(_ session: LinkSession, at now: MonotonicTime) {
    while let oldest = session.waiting.first,
      now >= oldest.since.advanced(by: Self.patience)
    {
      session.waiting.removeFirst()
      let elapsed = Int64(now.nanoseconds(since: oldest.since))
      oldest.done(.unanswered(after: .nanoseconds(elapsed)))
    }
  }
}
