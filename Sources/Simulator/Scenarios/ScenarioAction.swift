import Authorization
import ISO8583

/// What one sentence of a scenario means.
///
/// A new sentence is a new phrase in `ScenarioVocabulary`, a case here if none fits, and its arm in
/// `ScenarioRunner`.
public enum ScenarioAction: Hashable, Sendable {
  /// Where a programme's money comes from (rows S-108, S-112).
  public enum Funding: String, Hashable, Sendable {
    /// The partner's deposit is held with the user's money.
    case deposit = "DEPOSIT"
    /// Top-ups charge the partner's credit; authorizations look at the user alone.
    case credit = "CREDIT"
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

  /// A message to be sent.
  public enum Sending: Hashable, Sendable {
    /// A request about money.
    case request(
      MessageClass,
      TransactionType,
      CardReference,
      Amount,
      MerchantProfile,
      EntryMode?
    )
    /// The last request again, with the origin digit of a repeat, a new DE 7 and, if given, another
    /// amount.
    case `repeat`(Amount?)
    /// The last request again, byte for byte.
    case again
    /// A full reversal advice of the last request.
    case reversal
    /// Network management with this DE 24.
    case network(function: String)
    /// A message of any type, built like an authorization request when a card is named.
    case custom(MessageType, CardReference?, Amount?)
  }

  /// A programme with its partner and the partner's money.
  case partner(Funding, Amount)
  /// A user with a balance, and a card for it.
  case user(name: String?, Amount, CardOrder?)
  /// A further card of the latest balance.
  case card(CardOrder)

  /// A message goes to the issuer.
  case send(Sending, [ElementEdit])

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

  /// The last answer approves.
  case expectApproval
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
  /// Nothing was answered.
  case expectSilence
  /// A user's balance has so much available and, if given, held.
  case expectBalance(BalanceReference, available: Amount, held: Amount?)
  /// The partner's balance has so much available and, if given, held.
  case expectPartnerBalance(Funding, available: Amount, held: Amount?)
  /// A card's state, and its lock if one is given.
  case expectCard(CardReference, state: String, lock: LockCode?)
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
    case .partner, .user, .card, .send, .lock, .unlock, .activate, .remove, .block, .unblock,
      .topUp, .reload:
      false
    case .expectApproval, .expectRefusal, .expectAnswer, .expectElement, .expectNoElement,
      .expectEcho, .expectSameAnswer, .expectSilence, .expectBalance, .expectPartnerBalance,
      .expectCard, .expectAuthorization, .expectCallSuccess, .expectCallFailure, .expectProof:
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
