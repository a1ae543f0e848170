import Telemetry

/// How far the life of a link has come.
enum LinkPhase: Hashable, Sendable {
  /// Frames are taken.
  case open
  /// No more frames are taken; what is in flight is waited for.
  case draining(LinkCloseReason, until: MonotonicTime)
  /// Everything is answered; the answers are on their way to the operating system.
  case flushing(LinkCloseReason, until: MonotonicTime)
  /// Our side is closed; the peer's is waited for.
  case lingering(LinkCloseReason, until: MonotonicTime)
  /// Nothing more happens.
  case closed(LinkCloseReason)

  /// Why the link ends; `nil` while it is open.
  var closeReason: LinkCloseReason? {
    switch self {
    case .open: nil
    case .draining(let reason, _), .flushing(let reason, _), .lingering(let reason, _),
      .closed(let reason):
      reason
    }
  }
}
