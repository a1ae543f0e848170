import Synchronization

/// What a running load has done so far, for a progress display on another thread.
public final class LoadCounters: Sendable {
  let sent = Atomic<UInt64>(0)
  let answered = Atomic<UInt64>(0)

  /// Nothing yet.
  public init() {}

  /// Requests that left.
  public var sentCount: UInt64 { sent.load(ordering: .relaxed) }

  /// Answers that came.
  public var answeredCount: UInt64 { answered.load(ordering: .relaxed) }
}
