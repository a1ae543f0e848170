import Authorization

/// Which earlier message a message is about.
extension PaymentExecutor {
  /// An earlier message: a payment's first, or one of its entries.
  struct Original {
    var record: AuthorizationRecord
    var entry: PaymentEntry?
  }

  /// How far back a payment is looked for among those of its balance, when its message named it by
  /// nothing that is indexed: a flood of such messages must not hold the writer up.
  static let searchLimit = 256

  /// Finds what a message is about (dialect, section 6.3): by DE 56, by DE 21, then by what stays the
  /// same over a payment's life, DE 37, else DE 12, 32 and 41, else DE 38.
  ///
  /// Only a reversal may mean a payment of either direction, or one that no money was concerned in:
  /// a refund that names the purchase it refunds is no clearing of that purchase.
  func original(
    of request: AuthorizationRequest,
    _ details: PaymentDetails,
    isCredit: Bool?
  ) throws(LedgerError) -> Original? {
    for key in details.original?.keys ?? [] {
      guard let known = try set.duplicate(key) else { continue }
      switch known.target {
      case .payment(let id):
        if let record = try set.authorization(id), agrees(record, request),
          isCredit == nil || suits(record, isCredit)
        {
          return Original(record: record)
        }
      case .entry(let id, let number):
        if let record = try set.authorization(id), agrees(record, request),
          isCredit == nil || suits(record, isCredit),
          let entry = try set.entry(EntryKey(payment: id, number: number))
        {
          return Original(record: record, entry: entry)
        }
      case .reversedBeforehand, .answered: continue
      }
    }
    if details.lifeCycle != 0,
      let known = try set.reference(.lifeCycle(request.card, details.lifeCycle)),
      let record = try set.authorization(AuthorizationID(known.object)),
      suits(record, isCredit)
    {
      return Original(record: record)
    }
    return try search(request, details, isCredit).map { Original(record: $0) }
  }

  /// DE 37 must be the same where both have it.
  func agrees(_ record: AuthorizationRecord, _ request: AuthorizationRequest) -> Bool {
    let mine = request.trace.retrievalReference
    let its = record.trace.retrievalReference
    return mine == FixedText() || its == FixedText() || mine == its
  }

  /// Checks, inquiries and reversals without original are no payments to act on, nor are those of a
  /// number that was no card's then.
  func suits(_ record: AuthorizationRecord, _ isCredit: Bool?) -> Bool {
    record.balance != nil && record.flags.isDisjoint(with: [.verification, .inquiry, .unmatched])
      && (isCredit == nil || record.flags.contains(.credit) == isCredit)
  }

  func search(
    _ request: AuthorizationRequest,
    _ details: PaymentDetails,
    _ isCredit: Bool?
  ) throws(LedgerError) -> AuthorizationRecord? {
    guard let card = try set.card(request.card),
      let balance = try set.account(AccountID(card.balance))
    else { return nil }
    var next = balance.newestAuthorization
    // The best match of each rank, open payments before ended ones, then the newest.
    var found: [Int: AuthorizationRecord] = [:]
    for _ in 0..<Self.searchLimit where next != 0 {
      guard let record = try set.authorization(AuthorizationID(next)) else {
        throw .damaged("a balance's chain of authorizations is broken")
      }
      next = record.previous?.number ?? 0
      guard record.card == card.card, suits(record, isCredit),
        let rank = rank(record, request, details)
      else { continue }
      if rank == 0 { return record }
      let place = 2 * rank + (record.standing.isOpen ? 0 : 1)
      if found[place] == nil { found[place] = record }
    }
    return found.min { $0.key < $1.key }?.value
  }

  /// How well a payment fits a message, 0 best; `nil` when it does not.
  func rank(
    _ record: AuthorizationRecord,
    _ request: AuthorizationRequest,
    _ details: PaymentDetails
  ) -> Int? {
    if let original = details.original, let kind = original.kind, record.kind == kind,
      record.trace.stan == original.stan, record.key.localTime == original.localTime,
      record.trace.acquirer == original.acquirer || original.acquirer == 0,
      agrees(record, request)
    {
      return 0
    }
    let isSameTime =
      record.key.localTime == request.key.localTime
      && record.trace.acquirer == request.trace.acquirer
      && record.trace.terminal == request.trace.terminal
    let reference = request.trace.retrievalReference
    if reference != FixedText(), record.trace.retrievalReference == reference {
      // An advice begins a payment of its own unless it is plainly about one that is there.
      return isSameTime || details.purpose != .purchase ? 1 : nil
    }
    guard details.purpose != .purchase else { return nil }
    // DE 56 names one message: another one of the same second is not meant.
    if isSameTime, agrees(record, request), details.original?.kind == nil || isClearing(details) {
      return 2
    }
    if isClearing(details), let code = record.approvalCode,
      details.approvalCode == FixedText(bytes: code.text.utf8)
    {
      return 3
    }
    return nil
  }

  func isClearing(_ details: PaymentDetails) -> Bool { details.purpose == .clearing }
}
