import Telemetry

/// When one link is tested and what follows from silence, without clock and socket.
///
/// Only a silent link is tested. An echo that is not answered is missed, and the next one follows at
/// once; any message between them says that the peer is there, so only an unbroken run of missed ones
/// counts against it.
struct EchoTest {
  /// What is to be done.
  enum Action: Hashable {
    case none
    /// Send an echo, then call `sent`.
    case send
    /// The last echo was missed.
    case missed
    /// The last echo was missed, and it was one too many.
    case down
  }

  private let settings: EchoSettings
  private let opened: MonotonicTime
  /// The echo that waits for its answer.
  private var waiting: UInt64?
  private var lastSent: MonotonicTime?
  /// Echoes missed in a row.
  private(set) var missed = 0

  /// The test of a link that opens.
  init(_ settings: EchoSettings, opened: MonotonicTime) {
    self.settings = settings
    self.opened = opened
  }

  /// Looks whether something is due.
  ///
  /// - Parameters:
  ///   - now: the present.
  ///   - lastMessage: when the last message came, if one did.
  ///   - listening: since when the link has been read without a break; `nil` while its reading is held
  ///     back: what the peer may have sent is then not seen, and its time stands still.
  /// - Returns: what to do.
  mutating func tick(
    at now: MonotonicTime,
    lastMessage: MonotonicTime?,
    listening: MonotonicTime?
  ) -> Action {
    guard settings.every > .zero, let listening else { return .none }
    let isSilent = lastSent.map { (lastMessage ?? opened) <= $0 } ?? true
    if !isSilent { missed = 0 }
    if waiting != nil, let lastSent {
      guard now >= max(lastSent, listening).advanced(by: settings.within) else { return .none }
      waiting = nil
      if isSilent { missed += 1 }
      return missed >= settings.missesAllowed ? .down : .missed
    }
    // Behind a missed echo there is nothing to wait for.
    if missed > 0 { return .send }
    let silent = max(lastMessage ?? opened, listening)
    return now >= silent.advanced(by: settings.every) ? .send : .none
  }

  /// An echo has left.
  mutating func sent(_ trace: UInt64, at now: MonotonicTime) {
    waiting = trace
    lastSent = now
  }

  /// Whether an answer is that to the echo that is waited for.
  mutating func isAnswered(by trace: UInt64) -> Bool {
    guard waiting == trace else { return false }
    waiting = nil
    missed = 0
    return true
  }
}
