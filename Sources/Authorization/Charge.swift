/// What a request costs in the currency of the balance.
public struct Charge: Hashable, Sendable {
  /// What is asked for: converted, the surcharge included.
  public var billed: Amount
  /// What is held: more than `billed` for an estimate or a rate that may move.
  public var hold: Money
  /// Whether the request was in another currency.
  public var isConverted: Bool

  /// A charge from its parts.
  public init(billed: Amount, hold: Money, isConverted: Bool) {
    self.billed = billed
    self.hold = hold
    self.isConverted = isConverted
  }

  /// What a message costs.
  ///
  /// The network's own conversion (DE 6) counts where it is in the balance's currency; it includes
  /// every fee. Otherwise the amount and, of what is paid, the surcharge are converted at our rate.
  ///
  /// `nil` when the currency is not accepted.
  ///
  /// - Parameters:
  ///   - amount: DE 4.
  ///   - details: the rest of the message.
  ///   - currency: the balance's.
  ///   - rate: our rate from the amount's currency to the balance's, if there is one.
  ///   - group: the merchant's group, if there is one.
  ///   - isCredit: whether the money goes to the user, who then gets no mark-up.
  public init?(
    _ amount: Amount,
    _ details: PaymentDetails,
    in currency: Currency,
    rate: ExchangeRate?,
    group: MerchantGroup?,
    isCredit: Bool = false
  ) {
    if let billing = details.billing, billing.currency == currency {
      self.init(billed: billing, hold: billing.money, isConverted: amount.currency != currency)
      raise(details, group)
      return
    }
    var total = amount.minorUnits
    // What a merchant charges for taking the card is paid; it makes no credit larger.
    if let surcharge = details.surcharge, !isCredit {
      guard surcharge.currency == amount.currency else { return nil }
      total += surcharge.minorUnits
    }
    guard let asked = Amount(minorUnits: total, currency: amount.currency) else { return nil }
    if asked.currency == currency {
      self.init(billed: asked, hold: asked.money, isConverted: false)
    } else {
      guard let rate, let billed = rate.convert(asked, addsMarkUp: !isCredit) else { return nil }
      self.init(billed: billed, hold: rate.held(for: billed), isConverted: true)
    }
    raise(details, group)
  }

  /// An estimate holds at least what its merchants usually end up with.
  private mutating func raise(_ details: PaymentDetails, _ group: MerchantGroup?) {
    guard details.isEstimated, let least = group?.leastHold, least.currency == billed.currency
    else { return }
    hold = max(hold, least.money)
  }
}
