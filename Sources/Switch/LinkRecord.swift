public import Authorization
import Ledger
public import Synchronization
public import Telemetry

/// What there is to know about one link: written on the link's event loop alone, read anywhere.
///
/// Numbers are loaded and stored whole, without a lock and without a locked instruction: there is one
/// writer. A reader may see a message in one number and not yet in another.
public final class LinkRecord: Sendable {
  /// The link's name.
  public let id: LinkID
  /// The name of its listener, and of the network behind it.
  public let listener: String
  /// The other end, `HOST:PORT`.
  public let peer: String
  /// When the connection was accepted.
  public let connected: Instant
  /// The same on the monotonic clock.
  public let opened: MonotonicTime

  @usableFromInline let receivedCount = Atomic<UInt64>(0)
  @usableFromInline let settledCount = Atomic<UInt64>(0)
  /// Of the settled ones, those that nothing was sent for.
  private let unansweredCount = Atomic<UInt64>(0)
  /// Nanoseconds of the monotonic clock; 0 before the first message.
  @usableFromInline let lastReceived = Atomic<UInt64>(0)
  /// The header of the last frame.
  @usableFromInline let lastHeader: Atomic<UInt64>
  private let presentState = Atomic<LinkState>(.up)
  /// Microseconds since the epoch; 0 before the first echo test.
  private let echoSent = Atomic<Int64>(0)
  private let echoAnswered = Atomic<Int64>(0)
  private let echoMissed = Atomic<Int>(0)

  /// A TPDU whose addresses are all zero, for a link that has shown none yet.
  private static let blankHeader: UInt64 = 0x60_0000_0000

  /// The record of a link that was just accepted.
  public init(
    id: LinkID,
    listener: String,
    peer: String,
    opened: MonotonicTime
  ) {
    self.id = id
    self.listener = listener
    self.peer = peer
    connected = LedgerClock.system.now()
    self.opened = opened
    lastHeader = Atomic(Self.blankHeader)
  }

  // MARK: Messages, on the link's event loop

  /// A message came.
  @inlinable
  public func noteReceived(_ header: FrameHeader, at now: MonotonicTime) {
    receivedCount.store(received &+ 1, ordering: .relaxed)
    lastReceived.store(now.nanoseconds, ordering: .relaxed)
    lastHeader.store(header.bytes, ordering: .relaxed)
  }

  /// A message is no longer in work.
  @inlinable
  public func noteSettled() {
    settledCount.store(settledCount.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }

  /// A message is no longer in work, and nothing was sent for it.
  public func noteUnanswered() {
    noteSettled()
    unansweredCount.store(
      unansweredCount.load(ordering: .relaxed) &+ 1,
      ordering: .relaxed
    )
  }

  /// Messages that have come.
  @inlinable
  public var received: UInt64 { receivedCount.load(ordering: .relaxed) }

  /// When the last message came; `nil` before the first.
  var lastMessage: MonotonicTime? {
    let nanoseconds = lastReceived.load(ordering: .relaxed)
    return nanoseconds == 0 ? nil : MonotonicTime(nanoseconds: nanoseconds)
  }

  /// Where a message of our own goes: to the sender of the last frame.
  var header: FrameHeader { FrameHeader(bytes: lastHeader.load(ordering: .relaxed)) }

  // MARK: Network control, on the link's event loop

  /// How the link is.
  public var state: LinkState { presentState.load(ordering: .relaxed) }

  /// The link is like this from now on.
  func become(_ state: LinkState) { presentState.store(state, ordering: .relaxed) }

  /// An echo test of ours has left.
  func noteEchoSent() {
    echoSent.store(LedgerClock.system.now().microsecondsSinceEpoch, ordering: .relaxed)
  }

  /// An echo test of ours was answered.
  func noteEchoAnswered() {
    echoAnswered.store(LedgerClock.system.now().microsecondsSinceEpoch, ordering: .relaxed)
  }

  /// So many echo tests in a row were missed.
  func noteEchoMissed(_ count: Int) { echoMissed.store(count, ordering: .relaxed) }

  // MARK: Any thread

  /// What the record says now.
  public func snapshot() -> LinkSnapshot {
    let (now, time) = (MonotonicTime.now(), LedgerClock.system.now())
    let settled = settledCount.load(ordering: .relaxed)
    let received = received
    func instant(_ number: borrowing Atomic<Int64>) -> Instant? {
      let microseconds = number.load(ordering: .relaxed)
      return microseconds == 0 ? nil : Instant(microsecondsSinceEpoch: microseconds)
    }
    return LinkSnapshot(
      id: id,
      listener: listener,
      peer: peer,
      state: state,
      connected: connected,
      lastMessage: lastMessage.map { message in
        let age = Int64(now.nanoseconds(since: message) / 1000)
        return Instant(microsecondsSinceEpoch: time.microsecondsSinceEpoch - age)
      },
      received: received,
      answered: settled &- min(settled, unansweredCount.load(ordering: .relaxed)),
      inFlight: state == .down ? 0 : received &- min(received, settled),
      echoSent: instant(echoSent),
      echoAnswered: instant(echoAnswered),
      echoMissed: echoMissed.load(ordering: .relaxed)
    )
  }
}
