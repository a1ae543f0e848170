/// What one link may hold and how long it may wait, in the units the link machine counts in.
struct LinkLimits: Hashable, Sendable {
  /// Frames given to the processor and not yet settled.
  var maximumInFlight: Int
  /// Answers queued for a peer that does not read them.
  var maximumQueuedBytes: Int
  /// Bytes received and not yet decoded.
  var maximumBufferedBytes: Int
  var maximumKeepAlivesPerSecond: Int
  /// For completing a frame that was begun.
  var halfFrameTimeout: Duration
  /// Without any byte received; zero means for ever.
  var idleTimeout: Duration
  /// With the peer's queue above its mark.
  var stallTimeout: Duration
  /// For answering what is in flight once no more is taken.
  var drainTimeout: Duration
  /// For the peer to close its side after we closed ours.
  var lingerTimeout: Duration

  /// Reading goes on only after a quarter of the frames were settled: stopping and starting for
  /// every single frame would cost two system calls each.
  var resumeInFlight: Int { maximumInFlight - max(1, maximumInFlight / 4) }
}
