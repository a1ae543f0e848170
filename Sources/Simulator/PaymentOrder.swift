import Authorization
import ISO8583

/// What a terminal or a network says first about a payment.
public struct PaymentOrder: Hashable, Sendable {
  /// Who has decided.
  public enum Occasion: Hashable, Sendable {
    /// Nobody yet: the issuer is asked (2100, 2200).
    case request
    /// Somebody else, and the issuer is told (2120): with this code for this reason (DE 39, DE 25).
    case advice(ActionCode, reason: String)
    /// Nobody ever: the merchant presents a payment that was not authorized (2220).
    case presentment
  }

  /// Who has decided.
  public var occasion = Occasion.request
  /// `.authorization` asks to hold, `.financial` to book.
  public var messageClass = MessageClass.authorization
  /// What the holder wants.
  public var transaction: TransactionType
  /// DE 4; `nil` leaves it out.
  public var amount: Amount?
  /// Where.
  public var merchant: MerchantProfile
  /// How; the place's own way when `nil`.
  public var entry: EntryMode?
  /// DE 24; the plain one of the message when `nil`.
  public var functionCode: String?
  /// DE 6: the amount in the currency of the card, as the network converted it.
  public var billed: Amount?
  /// The part of the amount that is paid out at the till (DE 54, kind 40).
  public var cashBack: Amount?
  /// What the terminal's owner charges: on top of the amount in DE 46, or a part of it in DE 54.
  public var surcharge: Surcharge?

  /// A charge of the terminal's owner.
  public struct Surcharge: Hashable, Sendable {
    /// How much.
    public let amount: Amount
    /// Whether DE 4 has it already (DE 54, kind 42) or not (DE 46, type 07).
    public let isIncluded: Bool

    /// A charge.
    public init(_ amount: Amount, isIncluded: Bool) {
      self.amount = amount
      self.isIncluded = isIncluded
    }
  }

  /// A plain request.
  public init(
    _ transaction: TransactionType = .purchase,
    _ amount: Amount?,
    at merchant: MerchantProfile = .shop,
    by entry: EntryMode? = nil
  ) {
    self.transaction = transaction
    self.amount = amount
    self.merchant = merchant
    self.entry = entry
  }
}
