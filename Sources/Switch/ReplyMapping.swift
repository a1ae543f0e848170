import Authorization
import ISO8583
import Ledger

/// From an outcome to the bytes of the answer: the response type, what must come back as it came, and
/// what the issuer adds (dialect, section 6.1).
///
/// Never sent back: DE 22, 23, 26, 27, 35, 36, 45, 49, 52, 53, 55 and the MAC of the request.
struct ReplyMapping {
  private var builder = MessageBuilder(capacity: 4096)

  /// What the issuer adds to the elements that come back.
  struct Addition {
    var actionCode: ActionCode
    var approvalCode: ApprovalCode?
    var errors: FormatErrors?
    /// DE 7: when the answer was made.
    var sent: Instant
  }

  /// The answer to a message; good until the next call.
  mutating func reply(
    to message: borrowing MessageView,
    as response: MessageType,
    _ addition: Addition
  ) -> [UInt8] {
    let isManagement = response.messageClass == .networkManagement
    let isFileAction = response.messageClass == .fileAction
    let swaps = isManagement && (message.has(.destination) || message.has(.originator))
    builder.begin(
      response,
      secondary: swaps || message.has(.echoedData) || isFileAction && message.has(.dataRecord)
    )
    builder.append(.pan, copying: message)
    builder.append(.processingCode, copying: message)
    builder.append(.amountTransaction, copying: message)
    builder.append(.transmissionTime, unsigned: Self.transmissionTime(addition.sent))
    builder.append(.stan, copying: message)
    builder.append(.localTime, copying: message)
    if let errors = addition.errors, !errors.isEmpty {
      builder.append(.messageError, text: errors.text)
    }
    builder.append(.lifeCycle, copying: message)
    if isManagement { builder.append(.functionCode, copying: message) }
    builder.append(.acquirer, copying: message)
    builder.append(.forwarder, copying: message)
    builder.append(.retrievalReference, copying: message)
    if let approvalCode = addition.approvalCode {
      append(approvalCode, characters: Self.approvalCodeLength(message))
    }
    builder.append(.actionCode, unsigned: UInt64(addition.actionCode.number))
    builder.append(.terminal, copying: message)
    builder.append(.merchant, copying: message)
    builder.append(.transportData, copying: message)
    builder.append(.displayData, copying: message)
    if isFileAction { builder.append(.dataRecord, copying: message) }
    if swaps {
      append(.destination, from: .originator, of: message)
      append(.originator, from: .destination, of: message)
    }
    builder.append(.echoedData, copying: message)
    return builder.bytes
  }

  /// The code's first characters, filled with spaces to the six of DE 38.
  private mutating func append(_ code: ApprovalCode, characters: Int) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 6) { text in
      for position in 0..<6 {
        text[position] = position < characters ? code.character(at: position) : UInt8(ascii: " ")
      }
      builder.append(.approvalCode, characters: text)
    }
  }

  /// How long a code the terminal can take (DE 27 part 1); six when it does not say.
  private static func approvalCodeLength(_ message: borrowing MessageView) -> Int {
    guard let part = message.part(.posCapability, 1), part.byteCount == 1 else { return 6 }
    let digit = Int(part.unsafeLoad(fromByteOffset: 0, as: UInt8.self)) - Int(UInt8(ascii: "0"))
    return (1...6).contains(digit) ? digit : 6
  }

  /// The answer goes back to where the message came from.
  private mutating func append(
    _ element: Element,
    from source: Element,
    of message: borrowing MessageView
  ) {
    guard message.has(source) else { return }
    let count = message.digitCount(source) ?? 0
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 11) { digits in
      for position in 0..<count { digits[position] = message.digit(source, position) ?? 0 }
      builder.append(element, digits: digits[..<count])
    }
  }

  /// DE 7: month, day and time of day in UTC.
  static func transmissionTime(_ instant: Instant) -> UInt64 {
    let utc = instant.utc
    let date = utc.month * 100 + utc.day
    return UInt64(((date * 100 + utc.hour) * 100 + utc.minute) * 100 + utc.second)
  }
}
