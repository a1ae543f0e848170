/// What happens on a link.
enum LinkEvent: Hashable, Sendable {
  /// Bytes came; so many are now kept undecoded.
  case received(bufferedBytes: Int)
  /// A frame goes to the processor.
  case frame
  /// A frame of length zero came.
  case keepAlive
  /// All whole frames are taken; so many bytes of the next one are there.
  case decoded(remainingBytes: Int)
  /// A frame in flight was answered, withdrawn or dropped.
  case settled
  /// The bytes can no longer be cut into frames, for this reason.
  case fault(LinkCloseReason)
  /// The processor wants the link closed.
  case unreadable
  /// The processor says that the peer does not answer.
  case unanswered
  /// The queue of answers went above its mark, or below again.
  case writability(Bool)
  /// So many bytes of answers are queued.
  case queued(bytes: Int)
  /// The peer will send no more.
  case inputClosed
  /// Every answer was given to the operating system.
  case flushed
  /// The listener is being stopped.
  case stop
  /// The connection is gone.
  case disconnected
  /// Time has passed.
  case tick
}
