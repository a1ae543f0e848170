public import Authorization

/// What came of a message of ours to a peer.
public enum LinkReply: Hashable, Sendable {
  /// The peer answered, with this action code if it sent one, after this time.
  case answered(ActionCode?, after: Duration)
  /// The peer did not answer for this time.
  case unanswered(after: Duration)
  /// The link went away before an answer came, or had gone before.
  case gone
  /// Too many messages of ours wait for answers on the link.
  case busy
  /// No link has this name.
  case unknown
}
