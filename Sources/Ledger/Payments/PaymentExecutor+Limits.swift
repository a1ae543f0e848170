import Authorization

/// Sums that stay far from the end of 64 bits, where arithmetic would trap.
extension PaymentExecutor {
  /// Whether every account that a verdict changes stays within its bounds.
  ///
  /// Requests are bounded by the money that is there. Advices are not: a peer that sends the largest
  /// amounts for minutes must not bring the books to the end of their numbers.
  func staysWithinLimits(_ effects: [Effect]) throws(LedgerError) -> Bool {
    for effect in effects {
      switch effect {
      case .authorized(let record):
        guard
          try fits(
            record.held,
            record.booked,
            record.amount.currency,
            record.balance,
            record.deposit
          )
        else { return false }
      case .entered(let entry) where entry.number > 0:
        guard
          try fits(
            entry.heldChange,
            entry.bookedChange,
            entry.amount.currency,
            entry.balance,
            entry.deposit
          )
        else { return false }
      default: break
      }
    }
    return true
  }

  private func fits(
    _ held: Money,
    _ booked: Money,
    _ currency: Currency,
    _ balance: BalanceID?,
    _ deposit: PartnerBalanceID?
  ) throws(LedgerError) -> Bool {
    guard held != .zero || booked != .zero, let balance else { return true }
    let limit = Money(LedgerLimits.bankLedgerMinorUnits)
    for id in [AccountID(balance), deposit.map { AccountID(.deposit, $0.number) }].compactMap(
      \.self
    ) {
      guard let account = try set.account(id) else { continue }
      let ledger = account.ledger - booked
      guard account.held + held <= limit, ledger <= limit, ledger >= -limit else { return false }
    }
    for id in [AccountID(.settlement, currency), AccountID(.bank, currency)] {
      let ledger = (try set.account(id)?.ledger ?? .zero) + booked
      guard ledger <= limit, ledger >= -limit else { return false }
    }
    return true
  }
}
