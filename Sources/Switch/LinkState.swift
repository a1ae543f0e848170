import Synchronization

/// How a link is, as its operators see it.
public enum LinkState: UInt8, CaseIterable, Sendable {
  /// Connected; no sign-on was needed and none was made.
  case up
  /// Connected and signed on.
  case signedOn
  /// Connected; it has signed off, or has not signed on where that is required.
  case signedOff
  /// It left our echo tests unanswered and was closed, or is about to be.
  case down
}

extension LinkState: AtomicRepresentable {}
