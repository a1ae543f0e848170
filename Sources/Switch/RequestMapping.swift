import Authorization
import CardCrypto
import Cryptography
import ISO8583

/// From elements to a request: everything that the decision needs is copied out, checked for form,
/// and the card number becomes its token.
struct RequestMapping {
  /// What a readable 2100 or 2200 comes to.
  enum Result {
    /// A request that can be decided.
    case request(AuthorizationRequest)
    /// Elements are missing or malformed: 9100 with DE 18.
    case malformed(FormatErrors)
    /// Too little to be decided, for something that is not offered anyway.
    case refused(ActionCode)
  }

  private let vault: PANVault
  /// Names the listener in duplicate keys, so that two networks may use the same trace numbers.
  private let network: UInt32

  init(vault: PANVault, network: String) {
    self.vault = vault
    var name = network
    self.network = name.withUTF8 {
      UInt32(truncatingIfNeeded: SHA256.digest(of: UnsafeRawBufferPointer($0)).word0)
    }
  }

  /// Maps one message; a repeat maps to the same key and content as its first sending.
  func map(_ message: borrowing MessageView, _ kind: AuthorizationRequest.Kind) -> Result {
    var errors = FormatErrors()

    // What is asked. An inquiry without an amount, say, is refused and not called malformed.
    if !message.has(.processingCode) { errors.add(.processingCode, .missing) }
    let function = message.unsigned(.functionCode)
    if function == nil { errors.add(.functionCode, .missing) }
    let isKnown = errors.isEmpty
    let isOffered = isKnown && isOffered(message, function, kind)

    let pan = cardNumber(message, &errors)
    let amount = amount(message, &errors)
    checkTransmissionTime(message, &errors)
    if !message.has(.stan) { errors.add(.stan, .missing) }
    let localTime = localTime(message, &errors)
    let expiry = expiry(message, &errors)
    if !message.has(.posDataCode) { errors.add(.posDataCode, .missing) }
    if !message.has(.merchantCategory) { errors.add(.merchantCategory, .missing) }
    guard errors.isEmpty, let pan, let amount, let localTime else {
      return isKnown && !isOffered ? .refused(.functionNotSupported) : .malformed(errors)
    }

    let token = vault.token(for: pan)
    return .request(
      AuthorizationRequest(
        kind: kind,
        key: duplicateKey(message, token, localTime),
        content: contentDigest(message),
        isOffered: isOffered,
        card: token,
        number: CardNumberFacts(pan),
        expiry: expiry,
        amount: amount,
        trace: trace(message)
      )
    )
  }

  /// Purchases: transaction type 00 with an original function code.
  private func isOffered(
    _ message: borrowing MessageView,
    _ function: UInt64?,
    _ kind: AuthorizationRequest.Kind
  ) -> Bool {
    guard message.byte(.processingCode, 0) == UInt8(ascii: "0"),
      message.byte(.processingCode, 1) == UInt8(ascii: "0")
    else { return false }
    return switch kind {
    case .hold: function == 100 || function == 101
    case .debit: function == 200
    }
  }

  /// DE 2, or the number in track 2 when there is no DE 2; both must agree.
  private func cardNumber(
    _ message: borrowing MessageView,
    _ errors: inout FormatErrors
  ) -> PAN? {
    let track = trackNumber(message)
    if message.has(.track2), track == nil { errors.add(.track2, .accountFormat) }
    guard message.has(.pan) else {
      if !message.has(.track2) { errors.add(.pan, .missing) }
      return track
    }
    let count = message.digitCount(.pan) ?? 0
    let number = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 19) { digits in
      for position in 0..<count { digits[position] = message.digit(.pan, position) ?? 0 }
      return PAN(digits: digits[..<count])
    }
    if number == nil { errors.add(.pan, .length) }
    if let number, let track, number != track { errors.add(.track2, .inconsistent) }
    return number
  }

  private func trackNumber(_ message: borrowing MessageView) -> PAN? {
    guard let length = trackNumberLength(message) else { return nil }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 19) { digits in
      for position in 0..<length {
        digits[position] = (message.byte(.track2, position) ?? 0) &- UInt8(ascii: "0")
      }
      return PAN(digits: digits[..<length])
    }
  }

  /// Where the separator of track 2 stands, `=` or `D`.
  private func trackNumberLength(_ message: borrowing MessageView) -> Int? {
    for position in 0...19 {
      guard let byte = message.byte(.track2, position) else { return nil }
      if byte == UInt8(ascii: "=") || byte == UInt8(ascii: "D") { return position }
    }
    return nil
  }

  /// DE 4 with the exponent that its currency has; another one would move the decimal point.
  private func amount(
    _ message: borrowing MessageView,
    _ errors: inout FormatErrors
  ) -> Amount? {
    guard let claim = message.amount(.amountTransaction) else {
      errors.add(.amountTransaction, .missing)
      return nil
    }
    guard let currency = Currency(number: claim.currency) else {
      errors.add(.amountTransaction, .value)
      return nil
    }
    guard claim.exponent == currency.exponent else {
      errors.add(.amountTransaction, .amountFormat)
      return nil
    }
    return Amount(minorUnits: Int64(claim.value), currency: currency)
  }

  private func checkTransmissionTime(
    _ message: borrowing MessageView,
    _ errors: inout FormatErrors
  ) {
    guard let digits = message.unsigned(.transmissionTime) else {
      errors.add(.transmissionTime, .missing)
      return
    }
    // MMDDhhmmss has no year; a leap year takes every date that can occur.
    if LocalTime(digits: 20_000_000_000_000 + digits) == nil {
      errors.add(.transmissionTime, .dateFormat)
    }
  }

  private func localTime(
    _ message: borrowing MessageView,
    _ errors: inout FormatErrors
  ) -> LocalTime? {
    guard let digits = message.unsigned(.localTime) else {
      errors.add(.localTime, .missing)
      return nil
    }
    guard let time = LocalTime(digits: digits) else {
      errors.add(.localTime, .dateFormat)
      return nil
    }
    return time
  }

  /// DE 14, else the month in track 2 behind its separator.
  private func expiry(
    _ message: borrowing MessageView,
    _ errors: inout FormatErrors
  ) -> CardExpiry? {
    if let digits = message.unsigned(.expirationDate) {
      guard let expiry = CardExpiry(yearMonth: UInt16(digits)) else {
        errors.add(.expirationDate, .dateFormat)
        return nil
      }
      return expiry
    }
    guard let separator = trackNumberLength(message) else { return nil }
    var yearMonth: UInt16 = 0
    for position in separator + 1...separator + 4 {
      guard let byte = message.byte(.track2, position),
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      else { return nil }
      yearMonth = yearMonth * 10 + UInt16(byte - UInt8(ascii: "0"))
    }
    return CardExpiry(yearMonth: yearMonth)
  }

  // MARK: Identity

  /// The message's name (dialect, section 6.2): at most 55 bytes under the key, which is what two
  /// compressions of the keyed hash cover.
  private func duplicateKey(
    _ message: borrowing MessageView,
    _ token: PANToken,
    _ localTime: LocalTime
  ) -> DuplicateKey {
    withUnsafeTemporaryAllocation(byteCount: 54, alignment: 8) { bytes in
      bytes.initializeMemory(as: UInt8.self, repeating: 0)
      let type = message.type
      let acquirer: Element = message.has(.acquirer) ? .acquirer : .forwarder
      bytes.storeBytes(of: network, toByteOffset: 0, as: UInt32.self)
      bytes[4] = type.classDigit << 4 | type.function
      bytes[5] =
        acquirer == .acquirer
        ? UInt8(message.digitCount(.acquirer) ?? 0)
        : 0x80 | UInt8(message.digitCount(.forwarder) ?? 0)
      bytes.storeBytes(
        of: message.unsigned(.stan) ?? 0,
        toByteOffset: 6,
        as: UInt64.self
      )
      bytes.storeBytes(
        of: message.unsigned(acquirer) ?? 0,
        toByteOffset: 14,
        as: UInt64.self
      )
      for position in 0..<16 { bytes[22 + position] = message.byte(.terminal, position) ?? 0 }
      bytes.storeBytes(of: token.high, toByteOffset: 38, as: UInt64.self)
      bytes.storeBytes(of: token.low, toByteOffset: 46, as: UInt64.self)
      let digest = vault.duplicateKey.authenticationCode(for: UnsafeRawBufferPointer(bytes))
      return DuplicateKey(localTime: localTime, high: digest.word0, low: digest.word1)
    }
  }

  /// What the message asks: DE 3, 4, 24, 30 and 56 as they came.
  private func contentDigest(_ message: borrowing MessageView) -> ContentDigest {
    var hash = SHA256()
    add(.processingCode, of: message, to: &hash)
    add(.amountTransaction, of: message, to: &hash)
    add(.functionCode, of: message, to: &hash)
    add(.originalAmounts, of: message, to: &hash)
    add(.originalData, of: message, to: &hash)
    return ContentDigest(hash.finalize().word0)
  }

  private func add(
    _ element: Element,
    of message: borrowing MessageView,
    to hash: inout SHA256
  ) {
    // The number keeps neighbours apart when one of them is missing.
    guard let wire = message.wire(element) else { return }
    withUnsafeBytes(of: element.number) { hash.update($0) }
    hash.update(wire)
  }

  private func trace(_ message: borrowing MessageView) -> MessageTrace {
    var processingCode: UInt64 = 0
    for position in 0..<6 {
      processingCode = processingCode << 8 | UInt64(message.byte(.processingCode, position) ?? 0)
    }
    return MessageTrace(
      processingCode: processingCode,
      stan: message.unsigned(.stan) ?? 0,
      acquirer: message.unsigned(.acquirer) ?? 0,
      retrievalReference: text(message, .retrievalReference, 12),
      terminal: text(message, .terminal, 16),
      merchantCategory: UInt16(message.unsigned(.merchantCategory) ?? 0)
    )
  }

  private func text(
    _ message: borrowing MessageView,
    _ element: Element,
    _ count: Int
  ) -> FixedText {
    guard message.has(element) else { return FixedText() }
    var words: (high: UInt64, low: UInt64) = (0, 0)
    for position in 0..<count {
      let byte = UInt64(message.byte(element, position) ?? 0)
      if position < 8 {
        words.high |= byte << UInt64(56 - 8 * position)
      } else {
        words.low |= byte << UInt64(56 - 8 * (position - 8))
      }
    }
    return FixedText(high: words.high, low: words.low)
  }
}
