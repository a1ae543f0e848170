import Authorization
import ISO8583
import Synchronization

/// A network management request of ours (2804).
enum NetworkRequest {
  private static let type: MessageType = {
    guard let type = MessageType(code: 0x2804) else { preconditionFailure("2804 has four digits") }
    return type
  }()

  /// DE 11 of the last one: a process has one range, whatever the link.
  private static let lastTrace = Atomic<UInt64>(0)

  /// A trace number that no link waits for.
  static func nextTrace() -> UInt64 {
    lastTrace.wrappingAdd(1, ordering: .relaxed).newValue % 1_000_000_000_000
  }

  /// The bytes of a request: DE 7, 11, 12 and 24, and DE 33 when we have a number.
  ///
  /// - Parameters:
  ///   - command: what is asked.
  ///   - trace: DE 11.
  ///   - sender: DE 33.
  ///   - now: DE 7 and 12, both in UTC: a switch has no local time.
  /// - Returns: the message, without framing.
  static func bytes(
    _ command: LinkCommand,
    trace: UInt64,
    sender: InstitutionID?,
    at now: Instant
  ) -> [UInt8] {
    let utc = now.utc
    let time = UInt64(utc.hour * 10_000 + utc.minute * 100 + utc.second)
    let day = UInt64(utc.month * 100 + utc.day)
    var builder = MessageBuilder(capacity: 64)
    builder.begin(type, secondary: false)
    builder.append(.transmissionTime, unsigned: day * 1_000_000 + time)
    builder.append(.stan, unsigned: trace)
    let date = BusinessDay(of: now).digits
    builder.append(.localTime, unsigned: date * 1_000_000 + time)
    builder.append(.functionCode, unsigned: command.rawValue)
    if let sender { builder.append(.forwarder, digits: sender.digits) }
    return builder.bytes
  }
}
