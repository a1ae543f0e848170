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

  private let tokenizer: PANTokenizer
  private let duplicateKey: SipHashKey
  private let contentKey: SipHashKey
  /// Names the listener in duplicate keys, so that two networks may use the same trace numbers.
  private let network: UInt32

  init(vault: PANVault, network: String) {
    tokenizer = vault.makeTokenizer()
    duplicateKey = vault.duplicateKey
    contentKey = vault.contentKey
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

    let token = tokenizer.token(for: pan)
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
    guard message.word(.processingCode, at: 0) >> 48 == 0x3030 else { return false }
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
    let number = message.packed(.pan).flatMap { PAN(packed: $0.high, $0.low, count: $0.count) }
    if number == nil { errors.add(.pan, .length) }
    if let number, let track, number != track { errors.add(.track2, .inconsistent) }
    return number
  }

  /// The digits in front of the separator of track 2, `=` or `D`.
  private func trackNumber(_ message: borrowing MessageView) -> PAN? {
    guard message.has(.track2) else { return nil }
    var packed: (high: UInt64, low: UInt64) = (0, 0)
    var count = 0
    // Nineteen digits and the separator stand in three words.
    for position in stride(from: 0, to: 24, by: 8) {
      let (digits, digitCount) = Self.leadingDigits(message.word(.track2, at: position))
      switch position {
      case 0: packed.high = UInt64(digits) << 32
      case 8: packed.high |= UInt64(digits)
      default: packed.low = UInt64(digits) << 32
      }
      count += digitCount
      guard digitCount == 8 else { break }
    }
    guard let separator = message.byte(.track2, count),
      separator == UInt8(ascii: "=") || separator == UInt8(ascii: "D")
    else { return nil }
    return PAN(packed: packed.high, packed.low, count: count)
  }

  /// The digits with which eight characters begin, packed, the first one in the highest half-byte.
  @inline(__always)
  private static func leadingDigits(_ characters: UInt64) -> (packed: UInt32, count: Int) {
    // A byte is 0 to 9 exactly when it is a digit; any other sets its top bit below.
    let values = characters ^ 0x3030_3030_3030_3030
    let others =
      (values & 0x7F7F_7F7F_7F7F_7F7F &+ 0x7676_7676_7676_7676 | values) & 0x8080_8080_8080_8080
    let count = others.leadingZeroBitCount >> 3
    // Neighbouring lanes are joined: half-bytes to bytes, to pairs of bytes, to four of them.
    let digits = values & ~(~0 >> UInt64(8 * count))
    let pairs = (digits | digits >> 4) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF
    return (UInt32(truncatingIfNeeded: fours | fours >> 16), count)
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
    guard let number = trackNumber(message) else { return nil }
    let separator = Int(number.count)
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

  /// The message's name (dialect, section 6.2), as eight words of fixed meaning.
  private func duplicateKey(
    _ message: borrowing MessageView,
    _ token: PANToken,
    _ localTime: LocalTime
  ) -> DuplicateKey {
    let type = message.type
    let isForwarded = !message.has(.acquirer)
    let sender: Element = isForwarded ? .forwarder : .acquirer
    let digits = UInt64(message.digitCount(sender) ?? 0)
    let digest = duplicateKey.digest128 { hash in
      hash.add(
        UInt64(network) << 32 | UInt64(type.classDigit) << 24 | UInt64(type.function) << 16
          | (isForwarded ? 0x100 : 0) | digits
      )
      hash.add(message.unsigned(.stan) ?? 0)
      hash.add(message.unsigned(sender) ?? 0)
      hash.add(message.word(.terminal, at: 0))
      hash.add(message.word(.terminal, at: 8))
      hash.add(token.high)
      hash.add(token.low)
    }
    return DuplicateKey(localTime: localTime, high: digest.first, low: digest.second)
  }

  /// What the message asks: DE 3, 4, 24, 30 and 56 as they came.
  private func contentDigest(_ message: borrowing MessageView) -> ContentDigest {
    let hasOriginal = message.has(.originalAmounts) || message.has(.originalData)
    return ContentDigest(
      contentKey.digest64 { hash in
        hash.add(message.word(.processingCode, at: 0))
        hash.add(message.word(.amountTransaction, at: 0))
        hash.add(message.word(.functionCode, at: 0))
        if hasOriginal {
          // Lengths first, so that bytes of one never pass for bytes of the other.
          hash.add(
            UInt64(message.digitCount(.originalData) ?? 0xFF) << 8
              | UInt64(message.content(.originalAmounts)?.byteCount ?? 0xFF)
          )
          for offset in stride(from: 0, to: 16, by: 8) {
            hash.add(message.word(.originalAmounts, at: offset))
          }
          for offset in stride(from: 0, to: 24, by: 8) {
            hash.add(message.word(.originalData, at: offset))
          }
        }
      }
    )
  }

  private func trace(_ message: borrowing MessageView) -> MessageTrace {
    return MessageTrace(
      processingCode: message.word(.processingCode, at: 0) >> 16,
      stan: message.unsigned(.stan) ?? 0,
      acquirer: message.unsigned(.acquirer) ?? 0,
      retrievalReference: text(message, .retrievalReference),
      terminal: text(message, .terminal),
      merchantCategory: UInt16(message.unsigned(.merchantCategory) ?? 0)
    )
  }

  private func text(_ message: borrowing MessageView, _ element: Element) -> FixedText {
    FixedText(high: message.word(element, at: 0), low: message.word(element, at: 8))
  }
}
