import Authorization
import Testing

/// One situation of the rule table: a request that would be approved, changed step by step.
struct DecisionCase {
  var now = Instant(
    microsecondsSinceEpoch: CivilDate.daysSinceEpoch(year: 2026, month: 6, day: 15)
      * 86_400_000_000
  )
  var isOffered = true
  var number = "4000000000000002"
  var isInBINRange = true
  var hasCard = true
  var status = CardStatus.active
  var lock: LockCode?
  var cardExpiry: UInt16 = 3012
  var sentExpiry: UInt16?
  var state = BalanceState.active
  var currency: UInt16 = 978
  var sentCurrency: UInt16 = 978
  var amount: Int64 = 1_000
  var userLedger: Int64 = 1_500
  var userHeld: Int64 = 500
  var hasDeposit = true
  var depositLedger: Int64 = 2_000
  var depositHeld: Int64 = 1_000
  var kind = AuthorizationRequest.Kind.hold
  /// Our rate from the currency that was sent.
  var rate: ExchangeRate?
  /// What the message says beyond a plain purchase.
  var details: PaymentDetails?
  var terms = ProgramTerms()
  /// The merchant group's limit, in the balance's currency.
  var mostAmount: Int64?

  /// What `decide` says, and all that is wrong.
  func outcome() throws -> (decision: Decision, failures: DeclineReasonSet) {
    let pan = try #require(PAN(text: number))
    let funds = FundsSnapshot(
      currency: try #require(Currency(number: currency)),
      state: state,
      ledger: Money(userLedger),
      held: Money(userHeld)
    )
    let deposit = FundsSnapshot(
      currency: funds.currency,
      state: .active,
      ledger: Money(depositLedger),
      held: Money(depositHeld)
    )
    let card = CardSnapshot(
      status: status,
      lock: lock,
      expiry: try #require(CardExpiry(yearMonth: cardExpiry)),
      balance: funds,
      deposit: hasDeposit ? deposit : nil,
      terms: terms
    )
    let sent = try #require(Currency(number: sentCurrency))
    var request = AuthorizationRequest(
      kind: kind,
      key: DuplicateKey(
        localTime: try #require(LocalTime(digits: 20_260_615_120_000)),
        high: 1,
        low: 2
      ),
      content: ContentDigest(3),
      card: PANToken(high: 4, low: 5),
      number: CardNumberFacts(pan),
      expiry: try sentExpiry.map { try #require(CardExpiry(yearMonth: $0)) },
      amount: try #require(Amount(minorUnits: amount, currency: sent)),
      trace: MessageTrace(
        processingCode: 0,
        stan: 1,
        acquirer: 2,
        retrievalReference: FixedText(),
        terminal: FixedText(),
        merchantCategory: 5411
      )
    )
    request.isOffered = isOffered
    request.details = details
    let snapshot = AuthorizationSnapshot(
      isInBINRange: isInBINRange,
      card: hasCard ? card : nil,
      charge: details.flatMap {
        Charge(request.amount, $0, in: funds.currency, rate: rate, group: nil)
      },
      mostAmount: mostAmount.map { Money($0) }
    )
    return (decide(request, snapshot, now: now), allFailures(request, snapshot, now: now))
  }

  /// What `decide` says.
  func decision() throws -> Decision { try outcome().decision }
}
