/// A network's demand to close its business day (function code 821).
public struct CutOver: Hashable, Sendable {
  /// The day that begins, from DE 28, else DE 73; `nil` for the one that follows.
  public let day: BusinessDay?
  /// DE 11.
  public let trace: UInt64
  /// DE 12, its fourteen digits as a number; 0 when the message lacks it.
  public let localTime: UInt64

  /// A demand from its parts.
  public init(day: BusinessDay?, trace: UInt64, localTime: UInt64) {
    self.day = day
    self.trace = trace
    self.localTime = localTime
  }
}
