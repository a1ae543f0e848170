import HTTPTypes
import JSON
import Ledger

/// A refusal as callers get it: the error object with its status.
struct Problem: Error {
  /// The status line.
  var status: HTTPResponse.Status
  /// What programs look at: capitals and underscores, never changed once given out.
  var code: String
  /// What people read; never contains anything that was sent.
  var message: String
  /// The member, parameter or header at fault, if there is one.
  var field: String?
  /// Whether the same request may succeed later.
  var isRetryable = false
  /// The methods that the resource has, with status 405.
  var allow: String?

  init(
    _ status: HTTPResponse.Status,
    _ code: String,
    _ message: String,
    field: String? = nil,
    isRetryable: Bool = false,
    allow: String? = nil
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.field = field
    self.isRetryable = isRetryable
    self.allow = allow
  }

  /// The body of the answer.
  func write(to writer: inout JSONWriter, requestID: String) {
    writer.object { writer in
      writer.member("error") { writer in
        writer.member("code", code)
        writer.member("message", message)
        if let field { writer.member("field", field) }
        writer.member("requestId", requestID)
        writer.member("retryable", isRetryable)
      }
    }
  }
}

extension Problem {
  static func invalidMember(_ field: String?, _ reason: String) -> Problem {
    let what = field.map { "The member \($0)" } ?? "The body"
    return Problem(.badRequest, "INVALID_MEMBER", "\(what) is not valid: \(reason).", field: field)
  }

  static func unknownMember(_ field: String) -> Problem {
    Problem(
      .badRequest,
      "UNKNOWN_MEMBER",
      "The member is not known here; check its spelling, or leave it out.",
      field: field
    )
  }

  static func invalidParameter(_ name: String, _ reason: String) -> Problem {
    Problem(
      .badRequest,
      "INVALID_PARAMETER",
      "The parameter \(name) is not valid: \(reason).",
      field: name
    )
  }

  static func invalidJSON(_ error: JSONSyntaxError) -> Problem {
    Problem(.badRequest, "INVALID_JSON", "The body is not valid JSON: \(error).")
  }

  static let lockCodeInvalid = Problem(
    .badRequest,
    "LOCK_CODE_INVALID",
    "The member code must be a lock code, 1 to 8.",
    field: "code"
  )

  static let stopped = Problem(
    .serviceUnavailable,
    "STOPPED",
    "The daemon is stopping or has stopped after a fault; look at its log."
  )

  static let internalFault = Problem(
    .internalServerError,
    "INTERNAL",
    "Something is wrong inside the daemon; its log says more under the request's id."
  )

  static let proofRunning = Problem(
    .serviceUnavailable,
    "PROOF_RUNNING",
    "A proof is running; ask again when it is done.",
    isRetryable: true
  )

  static let tooManyWaiting = Problem(
    .tooManyRequests,
    "TOO_MANY_WAITING",
    "Too many readers wait for events already; ask again later, or without wait.",
    field: "wait",
    isRetryable: true
  )

  /// What a refusal of the ledger is in HTTP.
  init(_ refusal: CommandRefusal) {
    let status: HTTPResponse.Status =
      switch refusal {
      case .partnerNotFound, .programNotFound, .userNotFound, .balanceNotFound, .cardNotFound,
        .partnerBalanceNotFound, .cardRemoved, .authorizationNotFound, .merchantGroupNotFound,
        .exchangeRateNotFound:
        .notFound
      case .binRangeOverlap, .partnerBalanceExists, .userExists, .bankReferenceUsed, .lockWeaker,
        .cardNotLocked, .cardAlreadyActive, .cardExists, .idempotencyConflict, .referenceConflict,
        .balanceClosed, .balanceNotEmpty, .nothingHeld, .merchantCategoryTaken,
        .merchantGroupExists:
        .conflict
      case .kycRequired, .currencyNotSupported, .currencyMismatch, .amountInvalid,
        .insufficientPartnerFunds, .balanceLimitExceeded, .lockIrreversible, .cardInactiveForEver,
        .panOutOfRange, .panInvalid, .referenceUnknown, .tooMany:
        .unprocessableContent
      }
    self.init(status, refusal.code, refusal.message)
    field = Self.field(of: refusal)
  }

  /// The member that a refusal is about, where there can be only one.
  private static func field(of refusal: CommandRefusal) -> String? {
    switch refusal {
    case .bankReferenceUsed: "bankReference"
    case .binRangeOverlap: "binRange"
    case .currencyNotSupported: "currency"
    case .currencyMismatch: "amount.currency"
    case .amountInvalid: "amount.amount"
    case .lockIrreversible, .lockWeaker: "code"
    case .idempotencyConflict: "X-Idempotency-Key"
    default: nil
    }
  }

  /// What a fault of the ledger is in HTTP.
  init(_ error: LedgerError) {
    switch error {
    case .busy:
      self.init(
        .serviceUnavailable,
        "QUEUE_FULL",
        "Too many commands wait for the ledger; try again.",
        isRetryable: true
      )
    case .stopped: self = .stopped
    default: self = .internalFault
    }
  }
}
