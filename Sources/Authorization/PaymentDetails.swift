/// What a message asks beyond a plain purchase; kept out of `AuthorizationRequest`, so that the usual
/// request stays small and allocates nothing.
public final class PaymentDetails: Sendable {
  /// What is asked.
  public let purpose: PaymentPurpose
  /// DE 24.
  public let functionCode: UInt16
  /// DE 25; 0 when absent.
  public let reasonCode: UInt16
  /// DE 4 was there; an inquiry has none.
  public let hasAmount: Bool
  /// DE 6: the amount in the currency of the cardholder's account, as the network converted it.
  public let billing: Amount?
  /// The surcharge on top of DE 4 (DE 46, type 07 or 00, charged).
  public let surcharge: Amount?
  /// The surcharge inside DE 4 (DE 54, type 42).
  public let includedSurcharge: Amount?
  /// The cash part of a purchase with cash back (DE 54, type 40).
  public let cashBack: Amount?
  /// DE 30 part 0.
  public let otherAmount: Amount?
  /// Whether the terminal takes an approval for less (DE 24 = 181 or 185).
  public let acceptsPart: Bool
  /// Whether the amount is an estimate (DE 24 = 101 or 103).
  public let isEstimated: Bool
  /// How the earlier message is found that this one is about.
  public let original: OriginalReference?
  /// The keyed digest of the trace identifier in DE 21; 0 when absent.
  public let lifeCycle: UInt64
  /// DE 39 of an advice: what was decided elsewhere.
  public let advisedCode: ActionCode?
  /// DE 38 of an advice, packed as text.
  public let approvalCode: FixedText
  /// What is done to the card; `nil` unless that is the purpose.
  public let cardAction: CardAction?
  /// Answers that are a matter of agreement with the network.
  public let policy: AnswerPolicy

  /// Details from their parts.
  public init(
    purpose: PaymentPurpose,
    functionCode: UInt16 = 100,
    reasonCode: UInt16 = 0,
    hasAmount: Bool = true,
    billing: Amount? = nil,
    surcharge: Amount? = nil,
    includedSurcharge: Amount? = nil,
    cashBack: Amount? = nil,
    otherAmount: Amount? = nil,
    acceptsPart: Bool = false,
    isEstimated: Bool = false,
    original: OriginalReference? = nil,
    lifeCycle: UInt64 = 0,
    advisedCode: ActionCode? = nil,
    approvalCode: FixedText = FixedText(),
    cardAction: CardAction? = nil,
    policy: AnswerPolicy = AnswerPolicy()
  ) {
    self.purpose = purpose
    self.functionCode = functionCode
    self.reasonCode = reasonCode
    self.hasAmount = hasAmount
    self.billing = billing
    self.surcharge = surcharge
    self.includedSurcharge = includedSurcharge
    self.cashBack = cashBack
    self.otherAmount = otherAmount
    self.acceptsPart = acceptsPart
    self.isEstimated = isEstimated
    self.original = original
    self.lifeCycle = lifeCycle
    self.advisedCode = advisedCode
    self.approvalCode = approvalCode
    self.cardAction = cardAction
    self.policy = policy
  }
}

/// What a message asks for.
public enum PaymentPurpose: UInt8, Sendable {
  /// To pay: hold or debit.
  case purchase = 1
  /// To credit the user: a refund, a deposit, an original credit.
  case credit = 2
  /// Whether the card could be used; no money.
  case verification = 3
  /// How much there is.
  case inquiry = 4
  /// To hold more for a payment (DE 24 = 187).
  case increment = 5
  /// To hold another total for a payment (DE 24 = 102 or 103).
  case replacement = 6
  /// To book a payment (DE 24 = 200 to 202 of a presentment, 201 and 202 of a request).
  case clearing = 7
  /// To undo a payment (DE 24 = 400, or transaction type 02 or 22).
  case reversal = 8
  /// To undo a part of a payment (DE 24 = 401).
  case partialReversal = 9
  /// To lock, unlock or activate the card.
  case cardAction = 10
}

/// Answers that networks expect differently; settings of a listener (dialect, sections 5 and 6.3).
public struct AnswerPolicy: Hashable, Sendable {
  /// To an advice that was booked: 9001, or 0000 for peers that expect a decision.
  public var advice: ActionCode
  /// To a reversal of what another message has reversed already: 4000 or 1824.
  public var secondReversal: ActionCode
  /// To a reversal whose original is unknown: 9114, or 4000 for networks that would resend it for ever.
  public var unmatchedReversal: ActionCode

  /// A policy from its parts.
  public init(
    advice: ActionCode = .adviceAccepted,
    secondReversal: ActionCode = .reversalAccepted,
    unmatchedReversal: ActionCode = .originalNotFound
  ) {
    self.advice = advice
    self.secondReversal = secondReversal
    self.unmatchedReversal = unmatchedReversal
  }
}

/// What a message says about the earlier one that it means (DE 56, else what stays the same over a
/// payment's life).
public struct OriginalReference: Hashable, Sendable {
  /// What kind of message the original was; `nil` without DE 56.
  public var kind: AuthorizationRequest.Kind?
  /// DE 11 of the original.
  public var stan: UInt64
  /// DE 12 of the original: from DE 56, else that of this message.
  public var localTime: LocalTime
  /// DE 32 of the original as a number: from DE 56, else that of this message.
  public var acquirer: UInt64
  /// The keys under which the original may be remembered, the likeliest first; they differ in how the
  /// original named its terminal and its sender.
  public var keys: [DuplicateKey]

  /// A reference from its parts.
  public init(
    kind: AuthorizationRequest.Kind?,
    stan: UInt64,
    localTime: LocalTime,
    acquirer: UInt64,
    keys: [DuplicateKey]
  ) {
    self.kind = kind
    self.stan = stan
    self.localTime = localTime
    self.acquirer = acquirer
    self.keys = keys
  }
}

/// What a file action or administrative message does to a card (dialect, section 6.5).
public enum CardAction: Hashable, Sendable {
  /// Locks it.
  case lock(LockCode)
  /// Takes the lock off.
  case unlock
  /// Puts a new card in use.
  case activate
}
