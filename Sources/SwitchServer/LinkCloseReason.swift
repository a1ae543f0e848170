/// Why a link was closed; the raw value is the metric's label.
public enum LinkCloseReason: String, CaseIterable, Sendable {
  /// The peer closed its side, and everything it asked was answered.
  case peerClosed = "peer_closed"
  /// The connection broke: a reset, an unreachable peer, or a peer that went without waiting.
  case connectionError = "connection_error"
  /// A frame's length is above the limit.
  case frameTooLong = "frame_too_long"
  /// A prefix states no length, or one that leaves no message.
  case badLength = "bad_length"
  /// A frame was begun and not completed in time.
  case halfFrame = "half_frame"
  /// Nothing was received for the time set.
  case idle
  /// The peer does not read its answers.
  case notReading = "not_reading"
  /// More answers are queued for the peer than allowed.
  case outputLimit = "output_limit"
  /// The peer sent more ahead than may be kept while the link's reading was held back.
  case inputLimit = "input_limit"
  /// More keep-alives in a second than allowed.
  case keepAliveFlood = "keep_alive_flood"
  /// A message could not be read, and the setting says that the link is closed.
  case unreadable
  /// The peer left our echo tests unanswered.
  case echoMissed = "echo_missed"
  /// The listener is being stopped.
  case stopped
}
