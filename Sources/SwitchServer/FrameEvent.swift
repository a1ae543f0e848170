import Switch

/// What the next bytes of a link are.
enum FrameEvent: Hashable, Sendable {
  /// Not yet a whole frame.
  case incomplete
  /// A frame of length zero.
  case keepAlive
  /// A message, at this place of the decoder's bytes.
  case frame(FrameHeader, Range<Int>)
}
