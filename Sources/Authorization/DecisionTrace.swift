/// How a payment's first message was decided, check by check (row N-2).
///
/// Read from what is kept of the decision; deciding costs nothing for it.
public struct DecisionTrace: Hashable, Sendable {
  /// What became of a check.
  public enum Outcome: Sendable {
    /// It was made and found nothing wrong.
    case passed
    /// It was made and found something wrong.
    case failed
    /// It was not made: an earlier one left nothing to look at, or the payment does not need it.
    case notReached

    /// The outcome's name in the management interface.
    public var name: String {
      switch self {
      case .passed: "PASSED"
      case .failed: "FAILED"
      case .notReached: "NOT_REACHED"
      }
    }
  }

  /// One check.
  public struct Step: Hashable, Sendable {
    /// The check.
    public var check: DecisionCheck
    /// What became of it.
    public var outcome: Outcome
    /// The reason that it gave or would give; `nil` when it could give several and gave none.
    public var reason: DeclineReason?
  }

  /// All checks in the order of the ladder.
  public var steps: [Step]

  /// A trace from what is kept of a decision.
  ///
  /// - Parameters:
  ///   - reason: why the message was refused; `nil` when it was not.
  ///   - failed: every check that failed.
  ///   - kind: what kind of message it was.
  ///   - flags: what was special about it.
  ///   - hasDeposit: whether a deposit backs the payment; what is kept of a refusal does not say.
  ///   - shortOf: the checks of funds that failed although part of the amount was approved.
  public init(
    reason: DeclineReason?,
    failed: DeclineReasonSet,
    kind: AuthorizationRequest.Kind,
    flags: PaymentFlags,
    hasDeposit: Bool,
    shortOf: DeclineReasonSet = DeclineReasonSet()
  ) {
    var reasons: [DecisionCheck: DeclineReason] = [:]
    for failure in failed.reasons.reversed() + shortOf.reasons {
      reasons[DecisionCheck(giving: failure)] = failure
    }
    if let reason { reasons[DecisionCheck(giving: reason)] = reason }
    let scope = Scope(reason, failed, kind, flags, hasDeposit: hasDeposit)
    var isOver = false
    steps = DecisionCheck.allCases.map { check in
      let only = check.reasons.count == 1 ? check.reasons.first : nil
      if let reason = reasons[check] {
        if check.endsLadder || scope.isDecidedBefore { isOver = true }
        return Step(check: check, outcome: .failed, reason: reason)
      }
      let isSkipped =
        isOver || !scope.makes(check)
        || check == .cashBackWithinLimit && reasons[.cashBackAllowed] != nil
      return Step(check: check, outcome: isSkipped ? .notReached : .passed, reason: only)
    }
  }

  /// Which checks a message has to pass.
  private struct Scope {
    /// Refused for what an earlier message was, before any check was made.
    let isDecidedBefore: Bool
    private let isForced: Bool
    private let flags: PaymentFlags
    private let hasDeposit: Bool

    init(
      _ reason: DeclineReason?,
      _ failed: DeclineReasonSet,
      _ kind: AuthorizationRequest.Kind,
      _ flags: PaymentFlags,
      hasDeposit: Bool
    ) {
      let isAboutAnother = reason.map { DecisionCheck(giving: $0) == .lifeCycle } ?? false
      isDecidedBefore =
        isAboutAnother && !failed.reasons.contains { DecisionCheck(giving: $0) != .lifeCycle }
      let isMoneyAdvice = kind == .advice && flags.isDisjoint(with: [.verification, .credit])
      isForced = isMoneyAdvice || kind == .clearing || kind == .clearingNotification
      self.flags = flags
      self.hasDeposit = hasDeposit
    }

    func makes(_ check: DecisionCheck) -> Bool {
      switch check {
      case .lifeCycle, .numberValid, .cardKnown: true
      // What others have decided is booked whatever card and funds are.
      case .currencyAccepted: isForced || movesMoney
      case _ where isForced: false
      case .functionOffered, .balanceOpen: true
      case .cardNotRemoved, .cardActivated, .cardUnlocked, .cardNotExpired, .expiryMatches,
        .balanceNotBlocked:
        !flags.contains(.credit)
      case .amountAboveZero: movesMoney
      case .cashBackAllowed, .cashBackWithinLimit, .surchargePermitted, .amountWithinLimit,
        .userFundsCover:
        movesMoney && !flags.contains(.credit)
      case .depositCovers: movesMoney && !flags.contains(.credit) && hasDeposit
      }
    }

    private var movesMoney: Bool { flags.isDisjoint(with: [.verification, .inquiry]) }
  }
}
