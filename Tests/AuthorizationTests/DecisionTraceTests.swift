import Authorization
import Testing

/// The table of checks against the ladder that it describes.
struct DecisionTraceTests {
  private func trace(
    _ reason: DeclineReason?,
    _ failed: DeclineReasonSet,
    _ flags: PaymentFlags = [],
    kind: AuthorizationRequest.Kind = .hold,
    hasDeposit: Bool = true,
    shortOf: DeclineReasonSet = DeclineReasonSet()
  ) -> [DecisionCheck: DecisionTrace.Step] {
    let trace = DecisionTrace(
      reason: reason,
      failed: failed,
      kind: kind,
      flags: flags,
      hasDeposit: hasDeposit,
      shortOf: shortOf
    )
    #expect(trace.steps.map(\.check) == DecisionCheck.allCases)
    return Dictionary(uniqueKeysWithValues: trace.steps.map { ($0.check, $0) })
  }

  @Test func `the checks stand in the order of the ladder, and each reason has one`() {
    let order = DecisionTests.rows.map { DecisionCheck(giving: $0.reason).rawValue }
    #expect(order == order.sorted())
    #expect(Set(order).count == DecisionCheck.allCases.count - 1, "all but what stands before it")
    let given = DecisionCheck.allCases.flatMap(\.reasons)
    #expect(given.count == DeclineReason.allCases.count)
    #expect(Set(given) == Set(DeclineReason.allCases))
    #expect(Set(DecisionCheck.allCases.map(\.name)).count == DecisionCheck.allCases.count)
  }

  @Test func `whatever fails, the trace fails there, and first where the answer comes from`() throws
  {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var state = seed
    for _ in 0..<2_000 {
      var situation = DecisionCase()
      for row in DecisionTests.rows {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        if state >> 60 == 0 { row.spoil(&situation) }
      }
      let (decision, failures) = try situation.outcome()
      var reason: DeclineReason?
      if case .declined(let first) = decision { reason = first }
      let steps = trace(reason, failures)
      let failed = DecisionCheck.allCases.filter { steps[$0]?.outcome == .failed }
      let expected = Set(failures.reasons.map { DecisionCheck(giving: $0) })
      #expect(Set(failed) == expected, "seed \(seed)")
      #expect(failed.first.flatMap { steps[$0]?.reason } == reason, "seed \(seed)")
      guard expected.isDisjoint(with: [.numberValid, .cardKnown, .currencyAccepted]) else {
        continue
      }
      let passed = DecisionCheck.allCases.filter { steps[$0]?.outcome == .passed }
      let isSkipped = failures.contains(.cashBackNotAllowed)
      #expect(
        passed.count + failed.count == DecisionCheck.allCases.count - (isSkipped ? 1 : 0),
        "seed \(seed)"
      )
    }
  }

  @Test func `nothing is looked at without a card, or for a message about another`() {
    var failed = DeclineReasonSet()
    failed.insert(.cardUnknown)
    let unknown = trace(.cardUnknown, failed)
    #expect(unknown[.numberValid]?.outcome == .passed)
    #expect(unknown[.cardKnown]?.outcome == .failed)
    #expect(unknown[.cardNotRemoved]?.outcome == .notReached)
    #expect(unknown[.userFundsCover]?.outcome == .notReached)

    var late = DeclineReasonSet()
    late.insert(.originalNotFound)
    let reversal = trace(.originalNotFound, late, .unmatched, kind: .reversalAdvice)
    #expect(reversal[.lifeCycle]?.outcome == .failed)
    #expect(reversal[.lifeCycle]?.reason == .originalNotFound)
    #expect(reversal.values.count { $0.outcome == .notReached } == reversal.count - 1)
  }

  @Test func `what a payment does not need is not reached`() {
    let credit = trace(nil, DeclineReasonSet(), .credit)
    #expect(credit[.cardUnlocked]?.outcome == .notReached)
    #expect(credit[.userFundsCover]?.outcome == .notReached)
    #expect(credit[.amountAboveZero]?.outcome == .passed)
    let check = trace(nil, DeclineReasonSet(), .verification)
    #expect(check[.cardUnlocked]?.outcome == .passed)
    #expect(check[.amountAboveZero]?.outcome == .notReached)
    let forced = trace(nil, DeclineReasonSet(), .forced, kind: .advice)
    #expect(forced[.cardKnown]?.outcome == .passed)
    #expect(forced[.cardUnlocked]?.outcome == .notReached)
    #expect(forced[.currencyAccepted]?.outcome == .passed)
    let funded = trace(nil, DeclineReasonSet(), hasDeposit: false)
    #expect(funded[.depositCovers]?.outcome == .notReached)
    #expect(funded[.userFundsCover]?.outcome == .passed)
    var short = DeclineReasonSet()
    short.insert(.insufficientUserFunds)
    let part = trace(nil, DeclineReasonSet(), .partiallyApproved, shortOf: short)
    #expect(part[.userFundsCover]?.outcome == .failed)
    #expect(part[.depositCovers]?.outcome == .passed)
  }
}
