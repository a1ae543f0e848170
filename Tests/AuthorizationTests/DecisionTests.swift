import Authorization
import Testing

/// The rule table of `decide`, its rows in the order of precedence.
struct DecisionTests {
  /// How to make one reason apply, its name and its code; typed by hand from the action code table.
  struct Row: Sendable {
    var reason: DeclineReason
    var name: String
    var code: String
    var spoil: @Sendable (inout DecisionCase) -> Void
  }

  static let rows: [Row] = [
    Row(reason: .functionNotSupported, name: "FUNCTION_NOT_SUPPORTED", code: "1015") {
      $0.isOffered = false
    },
    Row(reason: .panInvalid, name: "PAN_INVALID", code: "1011") { $0.number = "4000000000000003" },
    Row(reason: .cardUnknown, name: "CARD_UNKNOWN", code: "1018") { $0.hasCard = false },
    Row(reason: .cardRemoved, name: "CARD_REMOVED", code: "1018") { $0.status = .removed },
    Row(reason: .cardNotActivated, name: "CARD_NOT_ACTIVATED", code: "1025") {
      $0.status = .inactive
    },
    Row(reason: .cardLost, name: "CARD_LOST", code: "2008") { $0.lock = .lost },
    Row(reason: .cardStolen, name: "CARD_STOLEN", code: "2009") { $0.lock = .stolen },
    Row(reason: .cardLockedPendingQuery, name: "CARD_LOCKED_PENDING_QUERY", code: "1000") {
      $0.lock = .pendingQuery
    },
    Row(reason: .cardLockedConsolidation, name: "CARD_LOCKED_CONSOLIDATION", code: "1016") {
      $0.lock = .consolidation
    },
    Row(reason: .cardInactive, name: "CARD_INACTIVE", code: "1018") { $0.lock = .inactive },
    Row(reason: .cardLockedPIN, name: "CARD_LOCKED_PIN", code: "1006") {
      $0.lock = .pinTriesExceeded
    },
    Row(reason: .cardLockedFraud, name: "CARD_LOCKED_FRAUD", code: "1002") {
      $0.lock = .suspectedFraud
    },
    Row(reason: .cardReplaced, name: "CARD_REPLACED", code: "1011") { $0.lock = .replaced },
    Row(reason: .cardExpired, name: "CARD_EXPIRED", code: "1001") { $0.cardExpiry = 2605 },
    Row(reason: .expiryMismatch, name: "CARD_EXPIRY_MISMATCH", code: "1001") {
      $0.sentExpiry = 2911
    },
    Row(reason: .balanceClosed, name: "BALANCE_CLOSED", code: "1035") { $0.state = .closed },
    Row(reason: .balanceBlocked, name: "BALANCE_BLOCKED", code: "1004") { $0.state = .blocked },
    Row(reason: .currencyNotAccepted, name: "CURRENCY_NOT_ACCEPTED", code: "1030") {
      $0.sentCurrency = 840
    },
    Row(reason: .amountInvalid, name: "AMOUNT_INVALID", code: "1010") { $0.amount = 0 },
    Row(reason: .cashBackNotAllowed, name: "CASH_BACK_NOT_ALLOWED", code: "1062") {
      $0.terms.cashBackLimit = .zero
      $0.details = details(cashBack: 100)
    },
    Row(reason: .cashBackTooHigh, name: "CASH_BACK_TOO_HIGH", code: "1063") {
      $0.terms.cashBackLimit = Money(99)
      $0.details = details(cashBack: 100)
    },
    Row(reason: .surchargeNotPermitted, name: "SURCHARGE_NOT_PERMITTED", code: "1072") {
      $0.terms.permitsSurcharge = false
      $0.details = details(cashBack: $0.details?.cashBack?.minorUnits, includedSurcharge: 1)
    },
    Row(reason: .velocityAmount, name: "VELOCITY_AMOUNT", code: "1021") {
      $0.mostAmount = $0.amount - 1
    },
    Row(reason: .insufficientDeposit, name: "INSUFFICIENT_DEPOSIT", code: "1016") {
      $0.depositHeld = $0.depositLedger - $0.amount + 1
    },
    Row(reason: .insufficientUserFunds, name: "INSUFFICIENT_USER_FUNDS", code: "1016") {
      $0.userHeld = $0.userLedger - $0.amount + 1
    },
  ]

  /// A purchase with cash back and a surcharge in the balance's currency.
  static func details(cashBack: Int64? = nil, includedSurcharge: Int64? = nil) -> PaymentDetails {
    func euro(_ minorUnits: Int64?) -> Amount? {
      minorUnits.flatMap { Amount(minorUnits: $0, currency: .euro) }
    }
    return PaymentDetails(
      purpose: .purchase,
      includedSurcharge: euro(includedSurcharge),
      cashBack: euro(cashBack)
    )
  }

  /// Reasons that concern an earlier message; no check of a card finds them.
  static let found: [DeclineReason] = [
    .originalNotFound, .lifeCycleNotAcceptable, .lifeCycleExpired, .originalDeclined,
    .exceedsAuthorizedAmount, .reversedBeforeArrival, .declinedElsewhere,
    .reversalAmountMismatch,
  ]

  @Test func `every reason has its row, in the order of precedence`() {
    #expect(Self.rows.map(\.reason) + Self.found == DeclineReason.allCases)
    // The numbers are stored: these, for ever.
    #expect(
      DeclineReason.allCases.map(\.rawValue) == Array(1...19) + [22, 23, 24, 33, 20, 21]
        + Array(25...32)
    )
  }

  @Test func `everything that is wrong is told, not only what decides`() throws {
    for (position, one) in Self.rows.enumerated() {
      for other in Self.rows.dropFirst(position + 1) {
        var situation = DecisionCase()
        other.spoil(&situation)
        one.spoil(&situation)
        let outcome = try situation.outcome()
        #expect(outcome.failures.contains(one.reason))
        guard case .declined(let first) = outcome.decision else {
          Issue.record("\(one.reason) and \(other.reason) are approved")
          continue
        }
        #expect(outcome.failures.reasons.first == first)
      }
    }
    #expect(try DecisionCase().outcome().failures.isEmpty)
    var situation = DecisionCase(status: .inactive, lock: .stolen, state: .blocked)
    situation.userHeld = situation.userLedger
    #expect(
      try situation.outcome().failures.reasons
        == [.cardNotActivated, .cardStolen, .balanceBlocked, .insufficientUserFunds]
    )
  }

  @Test func `what there is is approved where the terminal takes less`() throws {
    var situation = DecisionCase()
    situation.userHeld = situation.userLedger - 60
    situation.details = PaymentDetails(purpose: .purchase, functionCode: 181, acceptsPart: true)
    #expect(try situation.decision() == .approvedInPart(Money(60)))
    situation.depositHeld = situation.depositLedger - 40
    #expect(try situation.decision() == .approvedInPart(Money(40)))
    situation.terms.acceptsPartialApproval = false
    #expect(try situation.decision() == .declined(.insufficientDeposit))
    situation.terms.acceptsPartialApproval = true
    situation.userHeld = situation.userLedger
    #expect(try situation.decision() == .declined(.insufficientDeposit))
    situation.lock = .lost
    #expect(try situation.decision() == .declined(.cardLost))
  }

  @Test func `a credit asks nothing of the card`() throws {
    var situation = DecisionCase(status: .removed, lock: .stolen, cardExpiry: 2605)
    situation.details = PaymentDetails(purpose: .credit)
    situation.userHeld = situation.userLedger
    #expect(try situation.decision() == .approved)
    situation.state = .blocked
    #expect(try situation.decision() == .approved)
    situation.state = .closed
    #expect(try situation.decision() == .declined(.balanceClosed))
  }

  @Test func `a check of the card asks nothing of the money`() throws {
    for purpose in [PaymentPurpose.verification, .inquiry] {
      var situation = DecisionCase(amount: 0)
      situation.details = PaymentDetails(purpose: purpose)
      situation.userHeld = situation.userLedger
      #expect(try situation.decision() == .approved)
      situation.lock = .suspectedFraud
      #expect(try situation.decision() == .declined(.cardLockedFraud))
    }
  }

  @Test func `a request with nothing against it is approved, held or debited`() throws {
    #expect(try DecisionCase().decision() == .approved)
    #expect(try DecisionCase(kind: .debit).decision() == .approved)
  }

  @Test func `every reason refuses by itself, under its name and code`() throws {
    for row in Self.rows {
      var situation = DecisionCase()
      row.spoil(&situation)
      #expect(try situation.decision() == .declined(row.reason))
      #expect(row.reason.name == row.name)
      #expect(row.reason.actionCode(insufficientDeposit: .notEnoughMoney).text == row.code)
    }
  }

  @Test func `of any two reasons the earlier one is told`() throws {
    for (position, earlier) in Self.rows.enumerated() {
      for later in Self.rows.dropFirst(position + 1) {
        var situation = DecisionCase()
        later.spoil(&situation)
        earlier.spoil(&situation)
        // The state of a card and of a balance, and a lock, are one field each: no two at once.
        let isOneField =
          (earlier.reason == .cardRemoved && later.reason == .cardNotActivated)
          || (DeclineReason.cardLost.rawValue...DeclineReason.cardReplaced.rawValue).contains(
            earlier.reason.rawValue
          )
            && (DeclineReason.cardLost.rawValue...DeclineReason.cardReplaced.rawValue).contains(
              later.reason.rawValue
            )
          || (earlier.reason == .balanceClosed && later.reason == .balanceBlocked)
          || (earlier.reason == .cashBackNotAllowed && later.reason == .cashBackTooHigh)
          // A surcharge is told with the details, which the earlier reason then replaces.
          || earlier.reason == .surchargeNotPermitted && later.reason == .cashBackNotAllowed
        guard !isOneField else { continue }
        #expect(
          try situation.decision() == .declined(earlier.reason),
          "\(earlier.reason) before \(later.reason)"
        )
      }
    }
  }

  @Test func `with everything against it the reasons come one after another`() throws {
    var situation = DecisionCase(
      isOffered: false,
      number: "4000000000000003",
      isInBINRange: false,
      status: .removed,
      lock: .stolen,
      cardExpiry: 2605,
      sentExpiry: 2911,
      state: .closed,
      sentCurrency: 840,
      amount: 0,
      userHeld: 1_500,
      depositHeld: 2_000
    )
    let repairs: [(DeclineReason, (inout DecisionCase) -> Void)] = [
      (.functionNotSupported, { $0.isOffered = true }),
      (.panInvalid, { $0.number = "4000000000000002" }), (.cardRemoved, { $0.status = .inactive }),
      (.cardNotActivated, { $0.status = .active }), (.cardStolen, { $0.lock = nil }),
      (.cardExpired, { $0.cardExpiry = 3012 }), (.expiryMismatch, { $0.sentExpiry = 3012 }),
      (.balanceClosed, { $0.state = .blocked }), (.balanceBlocked, { $0.state = .active }),
      (.currencyNotAccepted, { $0.sentCurrency = 978 }), (.amountInvalid, { $0.amount = 1 }),
      (.insufficientDeposit, { $0.depositHeld = 1_999 }),
      (.insufficientUserFunds, { $0.userHeld = 1_499 }),
    ]
    for (reason, repair) in repairs {
      #expect(try situation.decision() == .declined(reason))
      repair(&situation)
    }
    #expect(try situation.decision() == .approved)
  }

  @Test func `a number of no programme is invalid, one of a programme is unknown`() throws {
    #expect(
      try DecisionCase(isInBINRange: false, hasCard: false).decision() == .declined(.panInvalid)
    )
    #expect(
      try DecisionCase(isInBINRange: true, hasCard: false).decision() == .declined(.cardUnknown)
    )
  }

  @Test func `a card is good to the last microsecond of its month`() throws {
    let end = CivilDate.daysSinceEpoch(year: 2026, month: 7, day: 1) * 86_400_000_000
    var situation = DecisionCase(cardExpiry: 2606)
    situation.now = Instant(microsecondsSinceEpoch: end - 1)
    #expect(try situation.decision() == .approved)
    situation.now = Instant(microsecondsSinceEpoch: end)
    #expect(try situation.decision() == .declined(.cardExpired))
    situation.cardExpiry = 2612
    situation.now = Instant(
      microsecondsSinceEpoch: CivilDate.daysSinceEpoch(year: 2027, month: 1, day: 1)
        * 86_400_000_000
    )
    #expect(try situation.decision() == .declined(.cardExpired))
  }

  @Test func `the right month and no month are both accepted`() throws {
    #expect(try DecisionCase(sentExpiry: 3012).decision() == .approved)
    #expect(try DecisionCase(sentExpiry: nil).decision() == .approved)
  }

  @Test func `all that is available can be taken and not a cent more`() throws {
    var situation = DecisionCase()
    #expect(situation.userLedger - situation.userHeld == situation.amount)
    #expect(situation.depositLedger - situation.depositHeld == situation.amount)
    #expect(try situation.decision() == .approved)
    situation.userHeld += 1
    #expect(try situation.decision() == .declined(.insufficientUserFunds))
    situation.depositHeld += 1
    #expect(try situation.decision() == .declined(.insufficientDeposit))
    situation.userHeld -= 1
    #expect(try situation.decision() == .declined(.insufficientDeposit))
    situation.hasDeposit = false
    #expect(try situation.decision() == .approved)
  }

  @Test func `a programme chooses the code of a short deposit alone`() {
    for reason in DeclineReason.allCases {
      let usual = reason.actionCode(insufficientDeposit: .notEnoughMoney)
      let chosen = reason.actionCode(insufficientDeposit: .doNotHonour)
      #expect((usual != chosen) == (reason == .insufficientDeposit))
    }
  }
}
