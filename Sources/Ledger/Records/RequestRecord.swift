/// The key under which a management request is remembered (row A-084): a digest of its scope and its
/// `X-Idempotency-Key`.
public struct RequestKey: Hashable, Sendable {
  /// The first half of the digest.
  public let high: UInt64
  /// The second half of the digest.
  public let low: UInt64

  /// A key from its halves.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The stored key, big-endian.
  var storedBytes: [UInt8] {
    withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
  }
}

/// What became of a management request: stored in the same entry as its effect, so that a second try
/// gets the first answer.
struct RequestRecord: Sendable, VariableRecord {
  /// Digest of method, path and body: the same key with another digest is a conflict.
  var content: UInt64
  /// What was answered.
  var outcome: CommandOutcome

  init(content: UInt64, outcome: CommandOutcome) {
    self.content = content
    self.outcome = outcome
  }

  init(_ reader: inout RecordReader) throws(LedgerError) {
    content = try reader.integer()
    outcome = try CommandOutcome(&reader)
  }

  func write(to writer: inout RecordWriter) {
    writer.integer(content)
    outcome.write(to: &writer)
  }
}
