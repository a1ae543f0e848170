import Telemetry

/// What a listener hands frames to.
///
/// There is one instance for each event loop of a listener, made and called on that event loop
/// only.
///
/// Every frame whose disposition is `.pending` is settled exactly once later, by
/// `FrameOutput.answer` or `FrameOutput.withdraw` out of `collect`: the link counts its frames in
/// flight and stops reading at its limit, so a frame that is never settled holds its place for ever.
public protocol FrameProcessor: AnyObject {
  /// Takes the bytes of one message, without length and header; they are only valid during the
  /// call and never empty.  `header` goes with the answer.  An answer that is ready at once is
  /// given to `output` during the call, and the disposition is then `.answered`.
  func accept(
    _ frame: UnsafeRawBufferPointer,
    header: FrameHeader,
    from link: LinkID,
    at arrival: MonotonicTime,
    into output: any FrameOutput
  ) -> FrameDisposition

  /// Gives every answer of this event loop's links that became ready since the last call to
  /// `output`.  Called on the event loop after the listener was woken.
  func collect(into output: any FrameOutput)

  /// A link was opened; its frames follow.  What the listener counts of it stands in the record.
  func linkOpened(_ link: LinkRecord)

  /// A link is closed.  No frame of it follows; answers to its frames may still be given to an
  /// output, which drops and counts them.
  func linkClosed(_ link: LinkID)

  /// Time has passed on an open link, some milliseconds to a quarter of a second.  `listening` is since
  /// when the link has been read without a break, `nil` while its reading is held back.
  func tick(
    _ link: LinkID,
    listening: MonotonicTime?,
    at now: MonotonicTime,
    into output: any FrameOutput
  ) -> LinkVerdict

  /// Sends a message of an operator's on an open link, and calls `done` exactly once, at the latest
  /// when the link is closed.
  func request(
    _ command: LinkCommand,
    on link: LinkID,
    at now: MonotonicTime,
    into output: any FrameOutput,
    _ done: @escaping @Sendable (LinkReply) -> Void
  )
}

/// Where a `FrameProcessor` puts what is to be sent.
///
/// Only for use on its event loop and during the call that hands it over, since that is when links
/// are flushed.
public protocol FrameOutput: AnyObject {
  /// Answers one frame of `link` with one message (1 byte to the framing's limit, copied during the
  /// call) and settles it.  `header` is that of the frame.
  func answer(_ link: LinkID, _ header: FrameHeader, _ message: UnsafeRawBufferPointer)

  /// Settles one pending frame of `link` without an answer, for example because it grew too old.
  func withdraw(_ link: LinkID)

  /// Sends a message that answers nothing, for example an echo test of our own.  `header` is that
  /// of any frame received on this link, whose sender it addresses.
  func send(_ link: LinkID, _ header: FrameHeader, _ message: UnsafeRawBufferPointer)
}

/// What became of a frame.
public enum FrameDisposition: Hashable, Sendable {
  /// It is in work; an answer or a withdrawal follows.
  case pending
  /// It was answered during the call.
  case answered
  /// It was taken or counted by the processor, and nothing is sent.
  case dropped
  /// It cannot be read, and the setting says that the link is closed: what is in flight is still
  /// answered, and no further frame is taken.
  case close
}

/// The name of one link, never used again in the life of the process.
public struct LinkID: Hashable, Sendable {
  /// The number behind the name.
  public let number: UInt64

  /// The link of that number.
  @inlinable
  public init(number: UInt64) {
    self.number = number
  }
}

/// What stood before a message on the wire and comes back with its answer: the five bytes of a
/// TPDU, or nothing.
///
/// Processors keep it and give it back unread.
public struct FrameHeader: Hashable, Sendable {
  /// The header's bytes, the first one in bits 32…39; 0 when there is none.
  public let bytes: UInt64

  /// A header from its bytes; anything above 40 bits is cut off.
  @inlinable
  public init(bytes: UInt64) {
    self.bytes = bytes & 0xFF_FFFF_FFFF
  }

  /// No header.
  @inlinable public static var none: FrameHeader { FrameHeader(bytes: 0) }
}
