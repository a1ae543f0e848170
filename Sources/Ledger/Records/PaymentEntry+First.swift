import Authorization

extension AuthorizationRecord {
  /// The entry of the first message where none is stored, because the message was a plain purchase:
  /// the record says all of it.
  ///
  /// When the hold was to run out is known only until a later entry moves it.
  public var plainFirstEntry: PaymentEntry {
    var standing = PaymentStanding(state: .declined)
    if reason == nil {
      standing =
        kind == .debit
        ? PaymentStanding(state: .cleared, booked: amount.money)
        : PaymentStanding(state: .authorized, held: amount.money)
    }
    return PaymentEntry(
      payment: id,
      number: 0,
      kind: .authorization,
      message: PaymentEntry.Message(
        kind: kind,
        key: key,
        content: content,
        stan: trace.stan,
        functionCode: kind == .debit ? 200 : 100,
        reasonCode: 0,
        amount: amount
      ),
      balance: balance,
      deposit: deposit,
      amount: amount,
      heldChange: standing.held,
      bookedChange: standing.booked,
      standing: standing,
      expires: entryCount == 0 ? expires : nil,
      flags: kind == .debit && reason == nil ? .singleMessage : [],
      day: day,
      decided: decided,
      actionCode: actionCode,
      reason: reason
    )
  }
}
