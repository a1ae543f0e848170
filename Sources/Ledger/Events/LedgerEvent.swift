public import Authorization

/// One event of the feed: a change that partners care about, as it was decided.
///
/// Nothing of it depends on what happened later, so that the same event reads the same for ever.
public struct LedgerEvent: Hashable, Sendable {
  /// What an event is about.
  public enum Subject: Hashable, Sendable {
    /// A payment as it stood behind the event, the user whose it is, and what happened to it; no entry
    /// where the event is the payment's first message.
    case payment(AuthorizationRecord, customer: UserID?, entry: PaymentEntry?)
    /// A card as it stood behind the event.
    case card(CardRecord, CardDetailRecord)
    /// A user as stored by the event.
    case customer(CustomerRecord)
    /// A user's or partner's balance as it was opened, and what happened to it.
    case account(AccountID, AccountRecord, AccountChange)
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
