/// Limits of a management client; every one has a default that fits a daemon on the same machine.
public struct ManagementClientLimits: Sendable {
  /// How long a connection may take to open, in milliseconds.
  public var connectMilliseconds: Int64 = 5_000
  /// How long a call may take from its first byte to the end of its answer, in milliseconds.
  ///
  /// A streamed call may take as long as it likes, but never stand still for longer than this.
  public var answerMilliseconds: Int64 = 30_000
  /// The largest body of an answer, and the longest single line of a streamed one, in bytes.
  public var largestBody = 16 * 1024 * 1024
  /// How many unused connections are kept open for later calls.
  public var idleConnections = 4

  /// The defaults.
  public init() {}
}
