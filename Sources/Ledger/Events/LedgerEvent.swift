public import Authorization

/// One event of the feed: a change that partners care about, as it was decided.
///
/// Nothing of it depends on what happened later, so that the same event reads the same for ever.
public struct LedgerEvent: Hashable, Sendable {
  /// What an event is about.
  public enum Subject: Hashable, Sendable {
    /// A payment as it stood behind the event.
    case payment(Payment)
    /// A card as it stood behind the event.
    case card(CardRecord, CardDetailRecord)
    /// A user as stored by the event.
    case customer(CustomerRecord)
    /// A user's or partner's balance as it was opened, and what happened to it.
    case account(AccountID, AccountRecord, AccountChange)
  }

  /// A payment as it stood behind an event, and what happened to it.
  public struct Payment: Hashable, Sendable {
    /// The payment behind the event.
    public var record: AuthorizationRecord
    /// What happened; `nil` where the event is the payment's first message.
    public var entry: PaymentEntry?
    /// The user whose payment it is; `nil` where no card has the number.
    public var customer: UserID?
    /// The business day of the first message, without what settled it.
    public var day: NetworkDay?
    /// The date of the business day of the entry.
    public var entryDay: BusinessDay?
  }

  /// What happened to a balance.
  public enum AccountChange: Hashable, Sendable {
    /// It was opened.
    case opened
    /// It has another state.
    case state(BalanceState)
    /// Money came, from an account; the reference is the caller's.
    case reloaded(Amount, from: AccountID, reference: String)
  }

  /// Its place in the feed: 1 for the first of a ledger, then without gaps.
  public var number: UInt64
  /// What it tells.
  public var type: EventType
  /// When it was decided.
  public var time: Instant
  /// The partner whose object it is about; `nil` where no partner is known, as with a card number that
  /// is no card's.
  public var partner: PartnerID?
  /// What it is about.
  public var subject: Subject

  /// Its name.
  public var id: EventID { EventID(number) }
}
