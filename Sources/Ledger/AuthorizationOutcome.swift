public import Authorization

/// What the writer answers to one request; delivered only when its effects are durable.
public struct AuthorizationOutcome: Sendable {
  /// How the outcome came about.
  public enum Origin: UInt8, Sendable {
    /// Decided now.
    case decided
    /// Decided before: the message is a repeat.
    case repeated
    /// A message with this key and other content was decided before; nothing changed.
    case conflicting
    /// The request waited longer than its listener allows; nothing changed.
    case tooOld
  }

  /// The submitter's name for the request.
  public var ticket: UInt64
  /// How the outcome came about.
  public var origin: Origin
  /// DE 39.
  public var actionCode: ActionCode
  /// Why it was refused; `nil` when approved or never decided.
  public var reason: DeclineReason?
  /// DE 38; `nil` unless approved.
  public var approvalCode: ApprovalCode?
  /// The authorization; `nil` when never decided.
  public var authorization: AuthorizationID?
  /// When it was decided, or the present instant when it never was.
  public var decided: Instant
  /// What the answer says beyond code and approval code; `nil` for nearly all.
  public var amendment: AnswerAmendment?
}

/// What an answer says of the payment besides its codes.
public final class AnswerAmendment: Sendable {
  /// The amount approved, in place of the one asked (DE 4), which then stands in DE 30.
  public let approved: Amount?
  /// The user's funds (DE 54).
  public let balances: PaymentEntry.Balances?

  init(approved: Amount?, balances: PaymentEntry.Balances?) {
    self.approved = approved
    self.balances = balances
  }
}

/// Where outcomes go: one for each event loop that submits requests.
public protocol OutcomeInbox: AnyObject, Sendable {
  /// Takes the outcomes of one batch; called on the writer's thread, which must not wait.
  ///
  /// - Parameter outcomes: what is taken; afterwards empty or of no further use, so that whole arrays
  ///   may change hands instead of each outcome being copied.
  func deliver(_ outcomes: inout [AuthorizationOutcome])
}

/// Names a registered inbox.
public struct InboxID: Hashable, Sendable {
  let index: UInt16
}
