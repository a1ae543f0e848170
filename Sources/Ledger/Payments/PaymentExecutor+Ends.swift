import Authorization

/// Holds that run out or are released.
extension PaymentExecutor {
  /// Ends a hold that has run out; `nil` when it has not, or is gone.
  func expire(_ id: AuthorizationID) throws(LedgerError) -> Effect? {
    guard let record = try set.authorization(id), let expires = record.expires, expires <= now
    else { return nil }
    return ending(record, .expiry, .expired, nil).map { .entered($0) }
  }

  /// Releases a hold by hand; `nil` when nothing is held.
  func release(_ record: AuthorizationRecord, because note: String) -> PaymentEntry? {
    ending(record, .release, .released, note)
  }

  func ending(
    _ record: AuthorizationRecord,
    _ kind: PaymentEntry.Kind,
    _ event: PaymentEvent,
    _ note: String?
  ) -> PaymentEntry? {
    var entry = PaymentEntry(
      payment: record.id,
      number: record.entryCount + 1,
      kind: kind,
      message: nil,
      balance: record.balance,
      deposit: record.deposit,
      amount: record.amount,
      standing: record.standing,
      expires: record.expires,
      flags: record.flags,
      decided: now,
      actionCode: .approved
    )
    entry.note = note
    return advance(&entry, record, event) ? entry : nil
  }
}
