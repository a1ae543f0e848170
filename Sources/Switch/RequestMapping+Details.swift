import Authorization
import CardCrypto
import Cryptography
import ISO8583

extension RequestMapping {
  /// Maps a message that asks more than a plain purchase.
  ///
  /// Advices, reversals and acts on cards report what has happened or must happen: of them only what
  /// cannot be done without is demanded.
  @inline(never)
  func mapDetails(
    _ message: borrowing MessageView,
    _ kind: AuthorizationRequest.Kind
  ) throws(Refusal) -> AuthorizationRequest {
    var errors = FormatErrors()
    let processingCode = message.word(.processingCode, at: 0) >> 16
    let type = TransactionType(processingCode)
    let function = message.unsigned(.functionCode, digits: 3)
    if !message.has(.processingCode), !kind.isFileAction {
      errors.add(.processingCode, .missing)
    }
    if function == nil, kind != .administrative { errors.add(.functionCode, .missing) }

    var claim: Amount?
    if message.has(.amountTransaction) { claim = amount(message, &errors) }
    let purpose = purpose(kind, type, function ?? 0, claim)
    if claim == nil, !message.has(.amountTransaction), purpose?.needsAmount ?? true {
      errors.add(.amountTransaction, .missing)
    }
    let pan = cardNumber(message, &errors)
    checkTransmissionTime(message, &errors)
    let stan = message.unsigned(.stan, digits: 12)
    if stan == nil { errors.add(.stan, .missing) }
    let localTime = localTime(message, &errors)
    let expiry = kind.isAdvice || kind.isFileAction ? nil : expiry(message, &errors)
    let category = message.unsigned(.merchantCategory, digits: 4)
    if kind == .hold || kind == .debit {
      if !message.has(.posDataCode) { errors.add(.posDataCode, .missing) }
      if category == nil { errors.add(.merchantCategory, .missing) }
    }
    let action =
      purpose == .cardAction ? try cardAction(message, kind, type, function, &errors) : nil
    let details = details(message, purpose, function, claim, action, &errors)
    guard errors.isEmpty, let pan, let localTime, let stan else {
      // What is not offered anyway is not called malformed for what else it lacks.
      if purpose == nil, message.has(.processingCode), function != nil, !kind.isAdvice {
        throw .notOffered(.functionNotSupported)
      }
      throw .malformed(errors)
    }
    if purpose == nil, kind.isReversal { throw .notOffered(.invalidTransaction) }

    let acquirer = message.unsigned(.acquirer)
    let elements = elements(message, processingCode, function ?? 0, stan, acquirer)
    let token = tokenizer.token(for: pan)
    // An inquiry has no amount; the books show it in the currency of the balance.
    let amount = claim ?? .zero(in: .euro)
    return AuthorizationRequest(
      kind: kind,
      key: duplicateKey(elements, kind, token, localTime),
      content: contentDigest(message, elements, amount),
      isOffered: purpose != nil,
      network: networkID,
      card: token,
      number: CardNumberFacts(pan),
      expiry: expiry,
      amount: amount,
      trace: MessageTrace(
        processingCode: processingCode,
        stan: stan,
        // Who asks for a lock is shown with it.
        acquirer: acquirer
          ?? (purpose == .cardAction ? message.unsigned(.forwarder) : nil) ?? 0,
        retrievalReference: text(message, .retrievalReference),
        terminal: elements.terminal,
        merchantCategory: UInt16(truncatingIfNeeded: category ?? 0)
      ),
      details: details(original: original(message, elements, token, localTime))
    )
  }

  // MARK: What is asked

  /// What a message asks; `nil` when it is not offered.
  private func purpose(
    _ kind: AuthorizationRequest.Kind,
    _ type: TransactionType,
    _ function: UInt64,
    _ amount: Amount?
  ) -> PaymentPurpose? {
    switch kind {
    case .reversal, .reversalAdvice, .reversalNotification:
      switch function {
      case 401: return .partialReversal
      case 400...449: return .reversal
      default: return nil
      }
    case .fileAction, .fileActionAdvice, .administrative: return .cardAction
    case .verification: return (106...113).contains(function) ? .verification : nil
    case .clearing, .clearingNotification:
      if type.isVoid { return .reversal }
      return type.isPurchase || type.isCredit ? .clearing : nil
    case .hold, .debit, .advice:
      return PaymentPurpose(kind, type, function: function, isZero: amount?.isZero ?? false)
    }
  }

  // MARK: Details

  private func details(
    _ message: borrowing MessageView,
    _ purpose: PaymentPurpose?,
    _ function: UInt64?,
    _ amount: Amount?,
    _ action: CardAction?,
    _ errors: inout FormatErrors
  ) -> Collected {
    var found = Collected(purpose: purpose, function: function, hasAmount: amount != nil)
    found.action = action
    found.reasonCode = UInt16(truncatingIfNeeded: message.unsigned(.reasonCode, digits: 4) ?? 0)
    if let claim = message.amount(.amountBilling) {
      found.billing = self.amount(claim, of: .amountBilling, &errors)
    }
    if let claim = message.originalAmount(0), claim.value > 0 || claim.currency > 0 {
      found.otherAmount = self.amount(claim, of: .originalAmounts, &errors)
    }
    readFees(message, &found, &errors)
    readAdditionalAmounts(message, &found, &errors)
    found.lifeCycle = lifeCycle(message)
    if let code = message.unsigned(.actionCode, digits: 4) {
      found.advisedCode = ActionCode(UInt16(truncatingIfNeeded: code))
    }
    found.approvalCode = text(message, .approvalCode)
    if purpose == .partialReversal, !message.has(.originalAmounts) {
      errors.add(.originalAmounts, .missing)
    }
    found.policy = policy
    return found
  }

  /// Details on their way.
  struct Collected {
    var purpose: PaymentPurpose?
    var function: UInt64?
    var hasAmount: Bool
    var reasonCode: UInt16 = 0
    var billing: Amount?
    var surcharge: Amount?
    var includedSurcharge: Amount?
    var cashBack: Amount?
    var otherAmount: Amount?
    var lifeCycle: UInt64 = 0
    var advisedCode: ActionCode?
    var approvalCode = FixedText()
    var action: CardAction?
    var policy = AnswerPolicy()

    func callAsFunction(original: OriginalReference?) -> PaymentDetails {
      PaymentDetails(
        // What is not offered is refused as a check of the card would be: without money.
        purpose: purpose ?? .verification,
        functionCode: UInt16(truncatingIfNeeded: function ?? 0),
        reasonCode: reasonCode,
        hasAmount: hasAmount,
        billing: billing,
        surcharge: surcharge,
        includedSurcharge: includedSurcharge,
        cashBack: cashBack,
        otherAmount: otherAmount,
        acceptsPart: function == 181 || function == 185,
        isEstimated: function == 101 || function == 103,
        original: original,
        lifeCycle: lifeCycle,
        advisedCode: advisedCode,
        approvalCode: approvalCode,
        cardAction: action,
        policy: policy
      )
    }
  }

  /// DE 46: groups of 36 characters: type 2, fee 13, rate 8, reconciliation 13.
  ///
  /// A fee is a sign, a currency, a number of decimals and eight digits; `D` charges it.
  private func readFees(
    _ message: borrowing MessageView,
    _ found: inout Collected,
    _ errors: inout FormatErrors
  ) {
    for group in groups(of: 36, message, .feeAmounts, &errors) {
      let type = group.prefix(2)
      guard type.elementsEqual("00".utf8) || type.elementsEqual("07".utf8) else { continue }
      guard let fee = signedAmount(group.dropFirst(3).prefix(12), .feeAmounts, &errors) else {
        continue
      }
      guard group.dropFirst(2).first == UInt8(ascii: "D") else { continue }
      if let before = found.surcharge {
        found.surcharge =
          before.currency == fee.currency
          ? Amount(minorUnits: before.minorUnits + fee.minorUnits, currency: fee.currency) : nil
        if found.surcharge == nil { errors.add(.feeAmounts, .value) }
      } else {
        found.surcharge = fee
      }
    }
  }

  /// DE 54: groups of 21 characters: account type 2, amount type 2, currency 3, decimals 1, sign 1,
  /// value 12.
  private func readAdditionalAmounts(
    _ message: borrowing MessageView,
    _ found: inout Collected,
    _ errors: inout FormatErrors
  ) {
    for group in groups(of: 21, message, .additionalAmounts, &errors) {
      let type = group.dropFirst(2).prefix(2)
      let isCashBack = type.elementsEqual("40".utf8)
      guard isCashBack || type.elementsEqual("42".utf8) else { continue }
      let digits = Array(group.dropFirst(4).prefix(4)) + Array(group.dropFirst(9))
      guard let amount = signedAmount(digits[...], .additionalAmounts, &errors) else { continue }
      if isCashBack { found.cashBack = amount } else { found.includedSurcharge = amount }
    }
  }

  /// The groups of one size that an element consists of; none when it is absent or ends within one.
  private func groups(
    of size: Int,
    _ message: borrowing MessageView,
    _ element: Element,
    _ errors: inout FormatErrors
  ) -> [ArraySlice<UInt8>] {
    guard let text = message.text(element).map({ Array($0.utf8) }) else { return [] }
    guard text.count % size == 0 else {
      errors.add(element, .length)
      return []
    }
    return stride(from: 0, to: text.count, by: size).map { text[$0..<$0 + size] }
  }

  /// Currency 3, decimals 1, then digits.
  private func signedAmount(
    _ characters: ArraySlice<UInt8>,
    _ element: Element,
    _ errors: inout FormatErrors
  ) -> Amount? {
    guard let head = number(characters.prefix(4)), let value = number(characters.dropFirst(4))
    else {
      errors.add(element, .value)
      return nil
    }
    return amount(
      (
        currency: UInt16(head / 10),
        exponent: UInt8(head % 10),
        value: value
      ),
      of: element,
      &errors
    )
  }

  private func number(_ characters: some Collection<UInt8>) -> UInt64? {
    var number: UInt64 = 0
    for character in characters {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
      number = number * 10 + UInt64(character - UInt8(ascii: "0"))
    }
    return number
  }

  /// The digest of the trace identifier in DE 21 (part 1, fifteen characters); 0 when it is blank.
  private func lifeCycle(_ message: borrowing MessageView) -> UInt64 {
    guard let part = message.part(.lifeCycle, 1), part.byteCount == 15 else { return 0 }
    let identifier = part.withUnsafeBytes { Array($0) }
    guard identifier.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "0") }) else {
      return 0
    }
    return identifier.withUnsafeBytes { contentKey.digest64(of: $0) } | 1
  }

  // MARK: The original

  /// DE 56: message type 4, DE 11 12, DE 12 14, acquirer up to 11; without it, what stays the same over a
  /// payment's life.
  private func original(
    _ message: borrowing MessageView,
    _ elements: Elements,
    _ token: PANToken,
    _ localTime: LocalTime
  ) -> OriginalReference? {
    guard let count = message.digitCount(.originalData), count >= 30 else {
      return OriginalReference(
        kind: nil,
        stan: 0,
        localTime: localTime,
        acquirer: elements.sender,
        keys: []
      )
    }
    func digits(_ range: Range<Int>) -> UInt64 {
      range.reduce(0) { $0 * 10 + UInt64(message.digit(.originalData, $1) ?? 0) }
    }
    let code = (0..<4).reduce(UInt16(0)) {
      $0 << 4 | UInt16(message.digit(.originalData, $1) ?? 0)
    }
    let stan = digits(4..<16)
    let acquirer = digits(30..<count)
    guard let type = MessageType(code: code), case .authorization(let kind) = MessageRoute(type),
      let time = LocalTime(digits: digits(16..<30))
    else {
      return OriginalReference(
        kind: nil,
        stan: stan,
        localTime: localTime,
        acquirer: elements.sender,
        keys: []
      )
    }
    var keys: [DuplicateKey] = []
    var candidate = elements
    candidate.stan = stan
    let sameSender = count == 30 || acquirer == elements.sender
    if !sameSender {
      candidate.sender = acquirer
      candidate.senderForm = UInt64(count - 30)
    }
    keys.append(duplicateKey(candidate, kind, token, time))
    // The original may have had no terminal, or its sender in the other element.
    for terminal in [elements.terminal, FixedText()] {
      for form in [candidate.senderForm, candidate.senderForm ^ 0x10, UInt64(count - 30)] {
        var other = candidate
        other.terminal = terminal
        other.senderForm = form
        let key = duplicateKey(other, kind, token, time)
        if !keys.contains(key) { keys.append(key) }
      }
    }
    return OriginalReference(
      kind: kind,
      stan: stan,
      localTime: time,
      acquirer: acquirer,
      keys: keys
    )
  }

  // MARK: Cards

  /// What a file action or administrative message does (dialect, section 6.5).
  private func cardAction(
    _ message: borrowing MessageView,
    _ kind: AuthorizationRequest.Kind,
    _ type: TransactionType,
    _ function: UInt64?,
    _ errors: inout FormatErrors
  ) throws(Refusal) -> CardAction? {
    let reason = message.unsigned(.reasonCode, digits: 4)
    if kind == .administrative {
      switch type {
      case TransactionType("73"): return .lock(lock(reason) ?? .pendingQuery)
      case TransactionType("74"): return .unlock
      default: throw .notOffered(.invalidTransaction)
      }
    }
    switch type {
    case TransactionType("72"): return .activate
    case TransactionType("7S"): return .lock(.inactive)
    default: break
    }
    switch function {
    case 303: return .unlock
    case 301, 302, 309:
      if function != 309, !message.has(.fileName) { errors.add(.fileName, .missing) }
      guard let reason else {
        errors.add(.reasonCode, .missing)
        return nil
      }
      guard let lock = lock(reason) else { throw .notOffered(.fileFieldError) }
      return .lock(lock)
    case nil: return nil
    default: throw .notOffered(.fileActionNotSupported)
    }
  }

  /// DE 25 as a lock: lost, stolen, counterfeit, and for the others a query that is pending.
  private func lock(_ reason: UInt64?) -> LockCode? {
    switch reason {
    case 3000: .lost
    case 3001: .stolen
    case 3003: .suspectedFraud
    case 3002, 3004: .pendingQuery
    default: nil
    }
  }
}

extension PaymentPurpose {
  /// Whether a message for it must have DE 4.
  fileprivate var needsAmount: Bool {
    switch self {
    case .verification, .inquiry, .cardAction: false
    default: true
    }
  }
}

extension AuthorizationRequest.Kind {
  /// Whether a message of the kind acts on a card file.
  var isFileAction: Bool { self == .fileAction || self == .fileActionAdvice }

  /// Whether a message of the kind undoes another.
  var isReversal: Bool {
    self == .reversal || self == .reversalAdvice || self == .reversalNotification
  }

  /// Whether nobody waits for an answer.
  @inline(__always)
  var isSilent: Bool { self == .clearingNotification || self == .reversalNotification }
}
