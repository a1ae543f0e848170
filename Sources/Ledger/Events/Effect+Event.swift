import Authorization

extension Effect {
  /// Whether the effect is an event of the feed: one effect is one event or none, and the effects of the
  /// journal, in order, number the feed.
  @inline(__always)
  var isEvent: Bool {
    switch self {
    case .authorized: true
    case .entered(let entry): entry.number > 0
    case .cardIssued, .cardChanged, .customerStored, .balanceStateChanged, .transferred: true
    case .accountOpened(_, let record): record.kind.rawValue < AccountKind.feeIncome.rawValue
    case .founded, .partnerCreated, .programCreated, .referenceBound, .requestAnswered,
      .originalAwaited, .messageAnswered, .settingChanged, .expiriesSwept,
      .dayBegun:
      false
    }
  }

  /// What the event tells; `nil` when the effect is none.
  ///
  /// The effect alone says it, so that a search for a type reads the journal and nothing else.
  var eventType: EventType? {
    guard isEvent else { return nil }
    switch self {
    case .authorized(let record): return record.eventType
    case .entered(let entry): return entry.eventType
    case .cardIssued: return .cardCreated
    case .cardChanged(let change):
      return switch change.act {
      case .activated: .cardActivated
      case .locked: .cardLocked
      case .unlocked: .cardUnlocked
      case .removed: .cardRemoved
      }
    case .customerStored(_, let change):
      return switch change {
      case .created: .customerCreated
      case .kyc: .kycUpdated
      }
    case .accountOpened(_, let record):
      return record.kind == .user ? .balanceCreated : .partnerBalanceCreated
    case .balanceStateChanged: return .balanceUpdated
    case .transferred(let transfer):
      return switch transfer.reason {
      case .partnerReload: .partnerBalanceReloaded
      case .userReload: .balanceUpdated
      }
    case .founded, .partnerCreated, .programCreated, .referenceBound, .requestAnswered,
      .originalAwaited, .messageAnswered, .settingChanged, .expiriesSwept,
      .dayBegun:
      return nil
    }
  }
}

extension AuthorizationRecord {
  /// What the first message of a payment tells.
  fileprivate var eventType: EventType {
    if flags.contains(.unmatched) { return .reversalUnmatched }
    if kind == .advice, flags.contains(.standIn) { return .standInDecision }
    if reason != nil { return .authorizationDeclined }
    if booked == .zero { return .authorizationApproved }
    if flags.contains(.credit) { return .transactionRefunded }
    return flags.contains(.forcePost) ? .transactionForcePosted : .transactionCleared
  }
}

extension PaymentEntry {
  /// What a later message, or the end of a hold, tells.
  fileprivate var eventType: EventType {
    if let message, message.kind == .advice,
      PaymentExecutor.isStandIn(reasonCode: message.reasonCode)
    {
      return .standInDecision
    }
    if reason != nil { return .authorizationDeclined }
    switch kind {
    case .authorization: return .authorizationApproved
    case .increment, .replacement: return .authorizationIncremented
    case .reversal, .partialReversal: return .authorizationReversed
    case .expiry: return .authorizationExpired
    case .release: return .authorizationReleased
    case .clearing:
      if flags.contains(.credit) { return .transactionRefunded }
      // The flag stays with the payment; only a clearing that finds no hold is posted by force.
      let isForced = flags.contains(.forcePost) && heldChange == .zero && undoes == nil
      return isForced ? .transactionForcePosted : .transactionCleared
    }
  }
}
