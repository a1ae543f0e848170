/// What a link has to do after an event.
enum LinkAction: Hashable, Sendable {
  case none
  /// Answer the keep-alive alike.
  case answerKeepAlive
  /// Take the frames that were held back, then read on.
  case resume
  /// Send what is queued, then report `.flushed`.
  case flush
  /// Tell the peer that no more follows, and throw away what it still sends: closing with unread
  /// bytes would make the operating system throw away our last answers instead.
  case closeOutput
  /// Close at once.
  case close(LinkCloseReason)
}
