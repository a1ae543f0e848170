public import Authorization

/// What came of a message to the peer of a link.
public enum NetworkLinkReply: Hashable, Sendable {
  /// The peer answered, with this action code if it sent one, after this time.
  case answered(ActionCode?, after: Duration)
  /// The peer did not answer for this time.
  case unanswered(after: Duration)
  /// The link went away before an answer came.
  case gone
  /// Too many messages wait for answers on the link.
  case busy
  /// No link has this name.
  case unknown
}
