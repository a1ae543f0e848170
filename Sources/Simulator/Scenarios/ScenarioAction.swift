import Authorization
import ISO8583

/// What one sentence of a scenario means.
///
/// A new sentence is a new phrase in `ScenarioVocabulary`, a case here if none fits, and its arm in
/// `ScenarioPlay`.
public enum ScenarioAction: Hashable, Sendable {
  /// Where a programme's money comes from (rows S-108, S-112).
  public enum Funding: String, Hashable, Sendable {
    /// The partner's deposit is held with the user's money.
    case deposit = "DEPOSIT"
    /// Top-ups charge the partner's credit; authorizations look at the user alone.
    case credit = "CREDIT"
  }

  /// What a programme allows otherwise than usual.
  public enum ProgrammeTerm: Hashable, Sendable {
    /// At most so much cash with a purchase; zero is none.
    case cashBackLimit(Amount)
    /// No charges of a terminal's owner.
    case noSurcharges
    /// No approvals for less than was asked.
    case noPartialApprovals
  }

  /// Which card is meant.
  public enum CardReference: Hashable, Sendable {
    /// The card made last.
    case latest
    /// The card of the user called so.
    case of(String)
    /// A well-formed number of the programme that no card has.
    case unknown
    /// A number of the programme whose check digit is wrong.
    case wrongCheckDigit
    /// A well-formed number outside every programme of the scenario.
    case foreign
  }

  /// Which user's balance is meant.
  public enum BalanceReference: Hashable, Sendable {
    /// The balance made last.
    case latest
    /// The balance of the user called so.
    case of(String)
  }

  /// A card to be made.
  public struct CardOrder: Hashable, Sendable {
    /// DE 14, `YYMM`.
    public var expiry = "3012"
    /// Whether it may be used at once.
    public var isActive = true
  }

  /// A change of one element of a message before it is sent.
  public struct ElementEdit: Hashable, Sendable {
    /// Which element.
    public let element: Element
    /// Which part of a composite; `nil` for the whole element.
    public let part: Int?
    /// The new value as text; `nil` leaves the element out.
    public let value: String?
  }

  /// Which payment of the story is meant.
  public enum PaymentReference: Hashable, Sendable {
    /// The payment made last.
    case latest
    /// The payment called so.
    case of(String)
  }

  /// A message to be sent.
  public enum Sending: Hashable, Sendable {
    /// The first message of a payment, which may be given a name.
    case payment(PaymentOrder, CardReference, name: String?)
    /// A later message about a payment; of another type than usual when one is given.
    case followUp(FollowUp, PaymentReference, Manner?)
    /// The request that was held up.
    case delayedRequest
    /// The last request again, with the origin digit of a repeat, a new DE 7 and, if given, another
    /// amount.
    case `repeat`(Amount?)
    /// The last request again, byte for byte.
    case again
    /// A full reversal advice of the last request.
    case reversal
    /// Network management with this DE 24.
    case network(function: String)
    /// The network locks, unlocks or activates a card.
    case administration(CardAdministration, CardReference, MessageType?)
    /// A message of any type, built like an authorization request when a card is named.
    case custom(MessageType, CardReference?, Amount?)
  }

  /// How a later message is said: the function digit of its type.
  public enum Manner: UInt16, Hashable, Sendable {
    /// A request, which may be refused.
    case request = 0x00
    /// An advice, which is acknowledged.
    case advice = 0x20
    /// A notification, which is not answered.
    case notification = 0x40
  }

  /// A sum that may be below zero.
  public struct Sum: Hashable, Sendable {
    /// Minor units.
    public let money: Money
    /// The currency.
    public let currency: Currency

    /// A sum.
    public init(money: Money, currency: Currency) {
      self.money = money
      self.currency = currency
    }
  }

  /// What of a group of merchants is changed.
  public enum GroupChange: Hashable, Sendable {
    /// How long holds last, in days.
    case holdDays(Int64)
    /// The least that an estimate holds.
    case leastHold(Amount)
    /// The most that one authorization may come to; `nil` for any sum.
    case mostAmount(Amount?)
    /// How much a clearing may exceed the hold, in hundredths of a percent.
    case tolerance(Int64)
    /// The rest of a hold is kept after a clearing for so many days; 0 is as long as the hold.
    case keepsRest(days: Int64)
    /// The rest of a hold is released with a clearing.
    case releasesRest
  }

  /// What our own conversion costs.
  public struct Rate: Hashable, Sendable {
    /// The currency of the transaction.
    public let from: Currency
    /// The currency of the balance.
    public let to: Currency
    /// Units of `to` for one of `from`, as written.
    public let rate: String
    /// In hundredths of a percent.
    public let markUp: Int64
    /// In hundredths of a percent.
    public let buffer: Int64

    /// A rate.
    public init(from: Currency, to: Currency, rate: String, markUp: Int64, buffer: Int64) {
      self.from = from
      self.to = to
      self.rate = rate
      self.markUp = markUp
      self.buffer = buffer
    }
  }

  /// A programme with its partner and the partner's money.
  case partner(Funding, Amount, ProgrammeTerm?)
  /// A user with a balance, and a card for it.
  case user(name: String?, Amount, CardOrder?)
  /// A further card of the latest balance.
  case card(CardOrder)

  /// A message goes to the issuer.
  case send(Sending, [ElementEdit])
  /// A request is made and does not leave yet.
  case delay(PaymentOrder, CardReference, name: String?)

  /// The partner locks a card.
  case lock(CardReference, LockCode)
  /// The partner unlocks a card.
  case unlock(CardReference)
  /// The partner activates a card.
  case activate(CardReference)
  /// The partner removes a card.
  case remove(CardReference)
  /// The partner blocks a balance.
  case block(BalanceReference)
  /// The partner unblocks a balance.
  case unblock(BalanceReference)
  /// The user's balance is topped up.
  case topUp(BalanceReference, Amount)
  /// The bank reloads the partner's deposit or credit.
  case reload(Funding, Amount)

  /// The daemon's clock and the terminals' go on by so many seconds.
  case advanceClock(seconds: Int64)
  /// An operator releases what is held for a payment.
  case release(PaymentReference, reason: String)
  /// A group of merchants gets a new rule; a new group when it has a category.
  case group(name: String, category: String?, GroupChange?)
  /// We convert at a rate.
  case rate(Rate)

  /// The last answer approves.
  case expectApproval
  /// The last answer approves a part of what was asked.
  case expectPartialApproval(Amount)
  /// The last message was accepted, with the code of its class.
  case expectAcceptance
  /// The last answer has a code and, for a card, the reason the daemon recorded.
  case expectRefusal(ActionCode, reason: String?)
  /// The last answer has a type and a code.
  case expectAnswer(MessageType, ActionCode)
  /// The last answer has an element, with a value if one is given.
  case expectElement(Element, part: Int?, value: String?)
  /// The last answer does not have an element.
  case expectNoElement(Element)
  /// The last answer repeats an element of the request byte for byte.
  case expectEcho(Element)
  /// The last answer equals the one before it byte for byte.
  case expectSameAnswer
  /// The last answer shows what the card has available and, if given, on its account.
  case expectShown(available: Sum, ledger: Sum?)
  /// Nothing was answered.
  case expectSilence
  /// A user's balance has so much available and, if given, held.
  case expectBalance(BalanceReference, available: Sum, held: Amount?)
  /// The partner's balance has so much available and, if given, held.
  case expectPartnerBalance(Funding, available: Sum, held: Amount?)
  /// A card's state, its lock if one is given, and who set it if that is given.
  case expectCard(CardReference, state: String, lock: LockCode?, origin: String?)
  /// A payment is in a state.
  case expectPayment(PaymentReference, state: String)
  /// A payment has so much held and, if given, booked; below zero is credited.
  case expectSums(PaymentReference, held: Amount, booked: Money?)
  /// A payment has so many entries, its first message included.
  case expectEntries(PaymentReference, Int)
  /// An entry of a payment, counted from 0, is of a kind.
  case expectEntry(PaymentReference, number: Int, kind: String)
  /// A payment has a flag, or has it not.
  case expectFlag(PaymentReference, String, isSet: Bool)
  /// What is held for a payment is held for so many seconds from when it was made.
  case expectDuration(PaymentReference, seconds: Int64)
  /// The latest authorization of a card has a state.
  case expectAuthorization(CardReference, state: String)
  /// The last management call succeeded.
  case expectCallSuccess
  /// The last management call was refused with an error code.
  case expectCallFailure(String)
  /// The daemon proves its own books.
  case expectProof

  /// Whether the sentence states what must be true, rather than doing something.
  public var isExpectation: Bool {
    switch self {
    case .partner, .user, .card, .send, .delay, .lock, .unlock, .activate, .remove, .block,
      .unblock, .topUp, .reload, .advanceClock, .release, .group, .rate:
      false
    case .expectApproval, .expectPartialApproval, .expectAcceptance, .expectRefusal, .expectAnswer,
      .expectElement, .expectNoElement, .expectEcho, .expectSameAnswer, .expectShown,
      .expectSilence, .expectBalance, .expectPartnerBalance, .expectCard, .expectPayment,
      .expectSums, .expectEntries, .expectEntry, .expectFlag, .expectDuration,
      .expectAuthorization, .expectCallSuccess, .expectCallFailure, .expectProof:
      true
    }
  }

  /// Whether the sentence looks at how the last management call ended.
  public var looksAtCall: Bool {
    switch self {
    case .expectCallFailure, .expectCallSuccess: true
    default: false
    }
  }
}
