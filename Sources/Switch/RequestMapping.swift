import Authorization
import CardCrypto
import Cryptography
import ISO8583

/// From elements to a request: everything that the decision needs is copied out, checked for form,
/// and the card number becomes its token.
///
/// Plain purchases are mapped here, everything else in `RequestMapping+Details`.
final class RequestMapping {
  /// Why a readable 2100 or 2200 does not come to a request.
  enum Refusal: Error {
    /// Elements are missing or malformed: 9100 with DE 18.
    case malformed(FormatErrors)
    /// Too little to be decided, for something that is not offered anyway.
    case notOffered(ActionCode)
  }

  /// What is read before anything is judged, because more than one rule needs it.
  struct Elements {
    var processingCode: UInt64
    var function: UInt64
    var stan: UInt64
    /// DE 32, else DE 33.
    var sender: UInt64
    /// How many digits `sender` has, with a mark when it is DE 33.
    var senderForm: UInt64
    var terminal: FixedText
  }

  let tokenizer: PANTokenizer
  private let duplicateKey: SipHashKey
  let contentKey: SipHashKey
  /// Answers that are a matter of agreement with the network.
  let policy: AnswerPolicy
  /// Names the listener in duplicate keys, so that two networks may use the same trace numbers.
  private let network: UInt32
  /// Names the network in requests, for its business day.
  let networkID: NetworkID

  init(
    vault: PANVault,
    network: String,
    networkID: NetworkID = .none,
    policy: AnswerPolicy = AnswerPolicy()
  ) {
    self.policy = policy
    self.networkID = networkID
    tokenizer = vault.makeTokenizer()
    duplicateKey = vault.duplicateKey
    contentKey = vault.contentKey
    var name = network
    self.network = name.withUTF8 {
      UInt32(truncatingIfNeeded: SHA256.digest(of: UnsafeRawBufferPointer($0)).word0)
    }
  }

  /// Maps one message; a repeat maps to the same key and content as its first sending.
  ///
  /// - Parameters:
  ///   - message: the message.
  ///   - kind: its kind, as its type says.
  ///   - request: memory without a value, which is initialized unless an error is thrown: a request is
  ///     too large to be handed from call to call.
  /// - Throws: `Refusal` when the message does not come to a request.
  @inline(never)
  func map(
    _ message: borrowing MessageView,
    _ kind: AuthorizationRequest.Kind,
    into request: UnsafeMutablePointer<AuthorizationRequest>
  ) throws(Refusal) {
    guard Self.isPlain(message, kind) else {
      request.initialize(to: try mapDetails(message, kind))
      return
    }
    // What is right is read at once; only what is not is gone through again for what to say of it.
    guard message.elements.contains(Self.required),
      let stan = message.unsigned(.stan, digits: 12),
      let category = message.unsigned(.merchantCategory, digits: 4),
      let transmitted = message.packed(.transmissionTime, digits: 10), Self.isTime(transmitted),
      let local = message.packed(.localTime, digits: 14),
      let localTime = LocalTime(packed: local),
      let claim = message.twelveDigitAmount(.amountTransaction), let amount = Amount(claim),
      let expiry = plainExpiry(message), let pan = agreedNumber(message)
    else { throw .malformed(faults(message)) }
    // Nothing is asked for: whether the card could be used.
    if amount.isZero, kind == .hold {
      request.initialize(to: try mapDetails(message, kind))
      return
    }

    let acquirer = message.unsigned(.acquirer)
    let elements = elements(
      message,
      message.text(.processingCode, bytes: 6),
      Self.plainFunction(kind),
      stan,
      acquirer
    )
    let token = tokenizer.token(for: pan)
    request.initialize(
      kind: kind,
      key: duplicateKey(elements, kind, token, localTime),
      content: contentDigest(message, elements, amount),
      network: networkID,
      card: token,
      number: CardNumberFacts(pan),
      expiry: expiry,
      amount: amount,
      trace: MessageTrace(
        processingCode: elements.processingCode,
        stan: stan,
        acquirer: acquirer ?? 0,
        retrievalReference: FixedText(message.longText(.retrievalReference, bytes: 12)),
        terminal: elements.terminal,
        merchantCategory: UInt16(truncatingIfNeeded: category)
      )
    )
  }

  /// What a plain purchase must have, besides a card number.
  private static var required: ElementSet {
    .init(.processingCode) | .init(.amountTransaction) | .init(.transmissionTime) | .init(.stan)
      | .init(.localTime) | .init(.posDataCode) | .init(.functionCode) | .init(.merchantCategory)
  }

  /// What is wrong with a plain purchase that could not be mapped.
  @inline(never)
  private func faults(_ message: borrowing MessageView) -> FormatErrors {
    var errors = FormatErrors()
    if !message.has(.processingCode) { errors.add(.processingCode, .missing) }
    if !message.has(.functionCode) { errors.add(.functionCode, .missing) }
    _ = cardNumber(message, &errors)
    _ = amount(message, &errors)
    checkTransmissionTime(message, &errors)
    if !message.has(.stan) { errors.add(.stan, .missing) }
    _ = localTime(message, &errors)
    _ = expiry(message, &errors)
    if !message.has(.posDataCode) { errors.add(.posDataCode, .missing) }
    if !message.has(.merchantCategory) { errors.add(.merchantCategory, .missing) }
    precondition(!errors.isEmpty, "a message is refused, and nothing is wrong with it")
    return errors
  }

  /// What names a message and what it asks, from its elements.
  @inline(__always)
  func elements(
    _ message: borrowing MessageView,
    _ processingCode: UInt64,
    _ function: UInt64,
    _ stan: UInt64,
    _ acquirer: UInt64?
  ) -> Elements {
    let sender: Element = acquirer == nil ? .forwarder : .acquirer
    return Elements(
      processingCode: processingCode,
      function: function,
      stan: stan,
      sender: acquirer ?? message.unsigned(.forwarder) ?? 0,
      senderForm: (acquirer == nil ? 0x10 : 0) | UInt64(message.digitCount(sender) ?? 0),
      terminal: FixedText(message.longText(.terminal, bytes: 16))
    )
  }

  /// Elements that say more than a plain purchase.
  private static var special: ElementSet {
    .init(.amountBilling) | .init(.lifeCycle) | .init(.feeAmounts) | .init(.additionalAmounts)
  }

  /// Whether a message is a plain purchase, cash withdrawal or quasi-cash, or lacks what would tell.
  @inline(__always)
  private static func isPlain(
    _ message: borrowing MessageView,
    _ kind: AuthorizationRequest.Kind
  ) -> Bool {
    guard kind.rawValue <= AuthorizationRequest.Kind.debit.rawValue else { return false }
    let function = message.packed(.functionCode, digits: 3)
    guard function == nil || function == (kind == .hold ? 0x100 : 0x200),
      (message.elements & special) == ElementSet()
    else { return false }
    guard message.has(.processingCode) else { return true }
    switch message.text(.processingCode, bytes: 6) >> 32 {
    case 0x3030, 0x3031, 0x3131: return true
    default: return false
    }
  }

  /// DE 24 of a plain purchase.
  @inline(__always)
  private static func plainFunction(_ kind: AuthorizationRequest.Kind) -> UInt64 {
    kind == .hold ? 100 : 200
  }

  /// DE 2, or the number in track 2 when there is no DE 2; both must agree.
  func cardNumber(
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

  /// The number of DE 2 when that and track 2 do not differ; `nil` leaves the judgement to
  /// `cardNumber`, which says the same of every message and takes longer.
  @inline(__always)
  private func agreedNumber(_ message: borrowing MessageView) -> PAN? {
    guard message.digitCount(.pan) == 16, let digits = message.packed(.pan, digits: 16) else {
      return uncommonNumber(message)
    }
    if message.has(.track2) {
      // The separator first: where it stands, there are sixteen characters in front of it.
      guard Self.isSeparator(message.byte(.track2, 16)),
        message.word(.track2, at: 0) == Self.characters(digits >> 32),
        message.word(.track2, at: 8) == Self.characters(digits & 0xFFFF_FFFF)
      else { return uncommonNumber(message) }
    }
    return PAN(packed: digits, 0, count: 16)
  }

  /// A card number that is not in DE 2 or not of sixteen digits.
  @inline(never)
  private func uncommonNumber(_ message: borrowing MessageView) -> PAN? {
    var errors = FormatErrors()
    let number = cardNumber(message, &errors)
    return errors.isEmpty ? number : nil
  }

  /// The characters of eight packed digits in the low half.
  @inline(__always)
  private static func characters(_ digits: UInt64) -> UInt64 {
    // Lanes are parted: four of them, pairs, single ones.
    let fours = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
    let pairs = (fours | fours << 8) & 0x00FF_00FF_00FF_00FF
    return (pairs | pairs << 4) & 0x0F0F_0F0F_0F0F_0F0F | 0x3030_3030_3030_3030
  }

  @inline(__always)
  private static func isSeparator(_ byte: UInt8?) -> Bool {
    byte == UInt8(ascii: "=") || byte == UInt8(ascii: "D")
  }

  /// The digits in front of the separator of track 2, `=` or `D`.
  private func trackNumber(_ message: borrowing MessageView) -> PAN? {
    guard message.has(.track2) else { return nil }
    // Nineteen digits and the separator stand in three words.
    let first = Self.leadingDigits(message.word(.track2, at: 0))
    var high = UInt64(first.packed) << 32
    var low: UInt64 = 0
    var count = first.count
    if count == 8 {
      let second = Self.leadingDigits(message.word(.track2, at: 8))
      high |= UInt64(second.packed)
      count += second.count
      if count == 16 {
        let third = Self.leadingDigits(message.word(.track2, at: 16))
        low = UInt64(third.packed) << 32
        count += third.count
      }
    }
    guard Self.isSeparator(message.byte(.track2, count)) else { return nil }
    return PAN(packed: high, low, count: count)
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
  func amount(
    _ message: borrowing MessageView,
    _ errors: inout FormatErrors
  ) -> Amount? {
    guard let claim = message.amount(.amountTransaction) else {
      errors.add(.amountTransaction, .missing)
      return nil
    }
    return amount(claim, of: .amountTransaction, &errors)
  }

  /// A claimed amount with the exponent that its currency has.
  @inline(__always)
  func amount(
    _ claim: (currency: UInt16, exponent: UInt8, value: UInt64),
    of element: Element,
    _ errors: inout FormatErrors
  ) -> Amount? {
    guard let currency = Currency(number: claim.currency) else {
      errors.add(element, .value)
      return nil
    }
    guard claim.exponent == currency.exponent else {
      errors.add(element, .amountFormat)
      return nil
    }
    return Amount(minorUnits: Int64(claim.value), currency: currency)
  }

  func checkTransmissionTime(
    _ message: borrowing MessageView,
    _ errors: inout FormatErrors
  ) {
    guard let packed = message.packed(.transmissionTime, digits: 10) else {
      errors.add(.transmissionTime, .missing)
      return
    }
    if !Self.isTime(packed) { errors.add(.transmissionTime, .dateFormat) }
  }

  /// Whether ten packed digits are month, day and time of day.
  @inline(__always)
  private static func isTime(_ packed: UInt64) -> Bool {
    // There is no year; a leap year takes every date that can occur.
    LocalTime.isTime(packed: 0x2000 << 40 | packed)
  }

  func localTime(
    _ message: borrowing MessageView,
    _ errors: inout FormatErrors
  ) -> LocalTime? {
    guard let packed = message.packed(.localTime, digits: 14) else {
      errors.add(.localTime, .missing)
      return nil
    }
    guard let time = LocalTime(packed: packed) else {
      errors.add(.localTime, .dateFormat)
      return nil
    }
    return time
  }

  /// DE 14, else the month in track 2 behind its separator.
  func expiry(
    _ message: borrowing MessageView,
    _ errors: inout FormatErrors
  ) -> CardExpiry? {
    if let digits = message.unsigned(.expirationDate, digits: 4) {
      guard let expiry = CardExpiry(yearMonth: UInt16(digits)) else {
        errors.add(.expirationDate, .dateFormat)
        return nil
      }
      return expiry
    }
    return trackExpiry(message)
  }

  /// The month of a plain purchase, if it has one; `nil` when DE 14 is no month.
  @inline(__always)
  private func plainExpiry(_ message: borrowing MessageView) -> CardExpiry?? {
    guard let digits = message.packed(.expirationDate, digits: 4) else {
      return .some(trackExpiry(message))
    }
    return CardExpiry(packed: digits).map { .some($0) }
  }

  /// The month in track 2 behind its separator.
  @inline(never)
  private func trackExpiry(_ message: borrowing MessageView) -> CardExpiry? {
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

  /// The message's name (dialect, section 6.2): the token, masked by a keyed digest of the rest.
  ///
  /// The token is a keyed digest itself, which nobody can predict, so hashing it once more would make
  /// two names no less likely to meet.
  @inline(__always)
  func duplicateKey(
    _ elements: Elements,
    _ kind: AuthorizationRequest.Kind,
    _ token: PANToken,
    _ localTime: LocalTime
  ) -> DuplicateKey {
    // Forty bits hold DE 11, thirty-seven the sender, four the class and function.
    let number = UInt64(kind.identity.rawValue)
    let last =
      UInt64(network) << 24 | (number >> 3) << 21 | (elements.sender >> 24) << 8
      | (number & 7) << 5 | elements.senderForm
    let digest = duplicateKey.digest128(last: last) { hash in
      hash.add(elements.stan << 24 | elements.sender & 0xFF_FFFF)
      hash.add(elements.terminal.high)
      hash.add(elements.terminal.low)
    }
    return DuplicateKey(
      localTime: localTime,
      high: digest.first ^ token.high,
      low: digest.second ^ token.low
    )
  }

  /// What the message asks: DE 3, 4, 24, 30 and 56 as they came.
  @inline(__always)
  func contentDigest(
    _ message: borrowing MessageView,
    _ elements: Elements,
    _ amount: Amount
  ) -> ContentDigest {
    ContentDigest(
      contentKey.digest64(last: elements.processingCode) { hash in
        // The decimals are those of the currency. Forty bits hold the value, ten DE 24.
        hash.add(
          UInt64(amount.currency.number) << 50 | elements.function << 40
            | UInt64(amount.minorUnits)
        )
        if message.has(.originalAmounts) || message.has(.originalData) {
          addOriginal(message, &hash)
        }
      }
    )
  }

  /// Lengths first, so that bytes of one element never pass for bytes of the other.
  @inline(never)
  private func addOriginal(_ message: borrowing MessageView, _ hash: inout SipHash) {
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

  @inline(__always)
  func text(_ message: borrowing MessageView, _ element: Element) -> FixedText {
    FixedText(high: message.word(element, at: 0), low: message.word(element, at: 8))
  }
}

extension AuthorizationRequest.Kind {
  /// The kind that stands for class and function in names of messages: 2104 is of those of 2100.
  @inline(__always)
  var identity: AuthorizationRequest.Kind { self == .verification ? .hold : self }
}

extension Amount {
  /// A claimed amount; `nil` when there is no such currency or it has other decimals.
  @inline(__always)
  fileprivate init?(_ claim: (currency: UInt16, exponent: UInt8, value: UInt64)) {
    guard let currency = Currency(number: claim.currency), currency.exponent == claim.exponent
    else {
      return nil
    }
    self.init(minorUnits: Int64(truncatingIfNeeded: claim.value), currency: currency)
  }
}

extension FixedText {
  @inline(__always)
  fileprivate init(_ halves: (high: UInt64, low: UInt64)) {
    self.init(high: halves.high, low: halves.low)
  }
}
