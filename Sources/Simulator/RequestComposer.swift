import Authorization
import ISO8583

/// Writes what an acquirer's terminals send: complete messages of the dialect, section 6.1.
///
/// Every message takes the next trace number (DE 11) and the reference that goes with it (DE 37), so
/// two messages of one composer never share a key by accident.
public struct RequestComposer: Sendable {
  /// DE 32: the acquirer, 1 to 11 digits.
  public var acquirer = "12345678901"
  /// DE 33 of network management: the network, 1 to 11 digits.
  public var network = "98765432100"

  private var trace: UInt64
  private let terminalClock: @Sendable () -> Instant
  private var ahead: Int64 = 0

  /// A composer that counts on from a trace number.
  ///
  /// - Parameters:
  ///   - firstTrace: The first DE 11; the count starts again at 1 after twelve digits.
  ///   - clock: The terminal's clock, asked once a message.
  public init(firstTrace: UInt64, clock: @escaping @Sendable () -> Instant) {
    self.trace = firstTrace % 1_000_000_000_000
    self.terminalClock = clock
  }

  /// What the terminals' clocks show.
  func clock() -> Instant { terminalClock().advanced(bySeconds: ahead) }

  /// Lets the terminals' clocks go on; time that passed in a test of the issuer.
  public mutating func advanceClock(seconds: Int64) { ahead += seconds }

  /// A request about money: authorization (class 1) or financial (class 2).
  ///
  /// - Parameters:
  ///   - messageClass: `.authorization` gives 2100, `.financial` 2200.
  ///   - transaction: What the holder wants.
  ///   - card: The card used.
  ///   - amount: DE 4.
  ///   - merchant: Where.
  ///   - entry: How; the place's own way when `nil`.
  /// - Returns: The request.
  public mutating func request(
    _ messageClass: MessageClass = .authorization,
    _ transaction: TransactionType = .purchase,
    card: SimulatedCard,
    amount: Amount,
    at merchant: MerchantProfile,
    by entry: EntryMode? = nil
  ) -> Message {
    let entry = entry ?? merchant.entry
    let now = CalendarTime(clock())
    let stan = nextTrace()
    var message = Message(type: requestType(messageClass), fields: [:])
    message.fields[.pan] = .text(card.panText)
    message.fields[.processingCode] = .text(transaction.rawValue + "0000")
    message.fields[.amountTransaction] = .text(RequestComposer.amountText(amount))
    message.fields[.transmissionTime] = .text(now.transmissionText)
    message.fields[.stan] = .text(stan)
    message.fields[.localTime] = .text(now.localText)
    message.fields[.expirationDate] = .text(card.expiry)
    message.fields[.acquirerCountry] = .text(merchant.country)
    message.fields[.posDataCode] = .binary(entry.posDataCode)
    message.fields[.functionCode] = .text(messageClass == .financial ? "200" : "100")
    message.fields[.merchantCategory] = .text(merchant.category)
    message.fields[.acquirer] = .text(acquirer)
    message.fields[.retrievalReference] = .text(stan)
    message.fields[.terminal] = .text(padded(merchant.terminal, to: 16))
    message.fields[.merchant] = .text(merchant.merchant)
    message.fields[.merchantPlace] = .composite([
      2: .text(merchant.name), 4: .text(merchant.city), 7: .text(merchant.country),
    ])
    if entry.readsTrack {
      message.fields[.track2] = .text("\(card.panText)=\(card.expiry)2010000012345678")
    }
    if entry.usesChip {
      message.fields[.cardSequence] = .text("001")
      message.fields[.chipData] = .binary(
        chipData(transaction, amount: amount, merchant: merchant, time: now, trace: stan)
      )
    }
    return message
  }

  /// A message sent again because no answer came: the origin digit says so and DE 7 is new.
  public func repeating(_ message: Message) -> Message {
    var again = message
    if let type = MessageType(code: message.type.code | 1) { again.type = type }
    again.fields[.transmissionTime] = .text(CalendarTime(clock()).transmissionText)
    return again
  }

  /// A network management request (2804).
  ///
  /// - Parameter function: DE 24: 801 sign-on, 802 sign-off, 821 cut-over, 831 echo.
  /// - Returns: The request.
  public mutating func networkManagement(function: String) -> Message {
    let now = CalendarTime(clock())
    return Message(
      type: MessageType(trusted: 0x2804),
      fields: [
        .transmissionTime: .text(now.transmissionText),
        .stan: .text(nextTrace()),
        .localTime: .text(now.localText),
        .functionCode: .text(function),
        .forwarder: .text(network),
      ]
    )
  }

  /// DE 4 of an amount: currency number, exponent and twelve digits.
  public static func amountText(_ amount: Amount) -> String {
    leftPadded(String(amount.currency.number), to: 3) + String(amount.currency.exponent)
      + leftPadded(String(amount.minorUnits), to: 12)
  }

  mutating func nextTrace() -> String {
    let text = leftPadded(String(trace), to: 12)
    trace = trace % 999_999_999_999 + 1
    return text
  }

  private func requestType(_ messageClass: MessageClass) -> MessageType {
    MessageType(trusted: 0x2000 | UInt16(messageClass.rawValue) << 8)
  }

  /// DE 55: what a chip adds.
  ///
  /// The cryptogram is a filler; no key is known to a simulator.
  private func chipData(
    _ transaction: TransactionType,
    amount: Amount,
    merchant: MerchantProfile,
    time: CalendarTime,
    trace: String
  ) -> [UInt8] {
    let counter = String(trace.suffix(4))
    let tags: [(tag: String, value: String)] = [
      ("9F26", "3F1C5A9E77B20D14"), ("9F27", "80"), ("9F10", "06010A03A0B000"),
      ("9F37", String(trace.suffix(8))), ("9F36", counter), ("95", "0000008000"),
      ("9A", time.chipDateText), ("9C", transaction.rawValue),
      ("9F02", leftPadded(String(amount.minorUnits), to: 12)),
      ("5F2A", leftPadded(String(amount.currency.number), to: 4)), ("82", "3800"),
      ("9F1A", "0" + merchant.country), ("9F03", "000000000000"), ("84", "A0000000031010"),
      ("9F33", "E0F8C8"), ("9F34", "410302"), ("9F35", "22"), ("5F34", "01"),
    ]
    return tags.flatMap { tag, value in
      hexBytes(tag) + [UInt8(value.utf8.count / 2)] + hexBytes(value)
    }
  }
}

/// `text` with spaces on the right.
func padded(_ text: String, to count: Int) -> String {
  text + String(repeating: " ", count: max(0, count - text.utf8.count))
}

/// `digits` with zeros on the left.
func leftPadded(_ digits: String, to count: Int) -> String {
  String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
}

/// The bytes of constant hexadecimal text.
private func hexBytes(_ text: String) -> [UInt8] {
  guard let bytes = HexText.bytes(text) else { preconditionFailure("constant text is hexadecimal") }
  return bytes
}

extension MessageType {
  /// A type that this module spells out, so its nibbles are digits.
  init(trusted code: UInt16) {
    guard let type = MessageType(code: code) else { preconditionFailure("four BCD digits") }
    self = type
  }
}
