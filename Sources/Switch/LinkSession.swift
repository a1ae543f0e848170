import Telemetry

/// Network control of one link, on its event loop.
final class LinkSession {
  /// A message of an operator's that waits for its answer.
  struct Waiting {
    let trace: UInt64
    let command: LinkCommand
    let since: MonotonicTime
    let done: @Sendable (LinkReply) -> Void
  }

  /// More at a time are not taken: an operator's hand sends none so fast.
  static let mostWaiting = 16

  let record: LinkRecord
  var echo: EchoTest
  var waiting: [Waiting] = []

  init(_ record: LinkRecord, _ echo: EchoSettings) {
    self.record = record
    self.echo = EchoTest(echo, opened: record.opened)
  }
}
