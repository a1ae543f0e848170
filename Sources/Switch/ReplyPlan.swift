import Authorization
import ISO8583

/// Which elements an answer has: what must come back as it came, and what the issuer adds (dialect,
/// section 6.1).
///
/// Never sent back: DE 22, 23, 26, 27, 35, 36, 45, 49, 52, 53, 55 and the MAC of the request.
struct ReplyPlan {
  /// The answer's type.
  let response: MessageType
  /// Whether destination and originator change places: the answer goes back to where the message
  /// came from.
  let swaps: Bool
  /// Whether the answer has a secondary bitmap.
  let hasSecondary: Bool

  private var isManagement: Bool {
    response.classDigit == MessageClass.networkManagement.rawValue
  }
  private var isFileAction: Bool { response.classDigit == MessageClass.fileAction.rawValue }

  @inline(__always)
  init(_ message: borrowing MessageView, _ response: MessageType) {
    self.response = response
    swaps =
      response.classDigit == MessageClass.networkManagement.rawValue
      && (message.has(.destination) || message.has(.originator))
    hasSecondary =
      swaps || message.has(.echoedData)
      || response.classDigit == MessageClass.fileAction.rawValue && message.has(.dataRecord)
  }

  // In front of DE 7, up to DE 18, and behind everything. Unions, so that they are constants.
  static var beforeSent: ElementSet {
    .init(.pan) | .init(.processingCode) | .init(.amountTransaction)
  }
  static var beforeErrors: ElementSet { .init(.stan) | .init(.localTime) }
  static var last: ElementSet { .init(.echoedData) }

  /// From DE 18 to DE 38.
  var beforeOutcome: ElementSet { isManagement ? Self.managementMiddle : Self.middle }
  private static var middle: ElementSet {
    .init(.lifeCycle) | .init(.acquirer) | .init(.forwarder) | .init(.retrievalReference)
  }
  private static var managementMiddle: ElementSet { middle | .init(.functionCode) }

  /// From DE 39 on, but for what changes places.
  var behindOutcome: ElementSet { isFileAction ? Self.fileActionEnd : Self.end }
  private static var end: ElementSet {
    .init(.terminal) | .init(.merchant) | .init(.transportData) | .init(.displayData)
  }
  private static var fileActionEnd: ElementSet { end | .init(.dataRecord) }

  /// All in front of DE 38 but DE 18; DE 7 among them, which is overwritten.
  var inFrontOfOutcome: ElementSet {
    Self.beforeSent | .init(.transmissionTime) | Self.beforeErrors | beforeOutcome
  }

  /// All that comes back.
  var repeated: ElementSet {
    Self.beforeSent | Self.beforeErrors | beforeOutcome | behindOutcome | Self.last
  }

  /// How long an approval code the terminal can take (DE 27 part 1); six when it does not say.
  @inline(__always)
  static func approvalCodeLength(_ message: borrowing MessageView) -> Int {
    message.has(.posCapability) ? statedApprovalCodeLength(message) : 6
  }

  @inline(never)
  private static func statedApprovalCodeLength(_ message: borrowing MessageView) -> Int {
    guard let part = message.part(.posCapability, 1),
      part.byteCount == 1
    else { return 6 }
    let digit = Int(part.unsafeLoad(fromByteOffset: 0, as: UInt8.self)) - Int(UInt8(ascii: "0"))
    return (1...6).contains(digit) ? digit : 6
  }

  /// DE 7: month, day and time of day in UTC, ten digits packed.
  static func transmissionTime(_ instant: Instant) -> UInt64 {
    let utc = instant.utc
    return [utc.month, utc.day, utc.hour, utc.minute, utc.second].reduce(0) {
      $0 << 8 | UInt64($1 / 10) << 4 | UInt64($1 % 10)
    }
  }
}
