import JSON

/// What the daemon said when it refused a call.
struct Problem: Hashable, Sendable {
  /// The HTTP status.
  let status: Int
  /// What is wrong, for programs: `LOCK_IRREVERSIBLE`.
  let code: String
  /// What is wrong, for people.
  let message: String
  /// The member of the request at fault.
  let field: String?
  /// Names the call in the daemon's log.
  let requestID: String?
  /// Whether the same call may succeed later.
  let isRetryable: Bool

  /// A problem from an answer of that status; an answer that is no error object of the daemon still
  /// makes a problem.
  init(status: Int, body: [UInt8]) {
    let error = (try? JSONValue(parsing: body))?["error"]
    self.status = status
    code = error?["code"]?.text ?? "HTTP_\(status)"
    message =
      error?["message"]?.text
      ?? "The answer has status \(status) and does not say why; is the socket that of holdfastd?"
    field = error?["field"]?.text
    requestID = error?["requestId"]?.text
    isRetryable = error?["retryable"]?.boolean ?? false
  }

  /// What to do next; `nil` when the message says it all.
  var advice: String? {
    if let advice = Self.advice[code] { return advice }
    if isRetryable { return "Try again in a moment." }
    if status >= 500 {
      return "Look into the daemon's log" + (requestID.map { " for \($0)" } ?? "") + "."
    }
    return nil
  }

  private static let advice = [
    "PARTNER_NOT_FOUND": "List partners with: holdfast partner list",
    "PROGRAM_NOT_FOUND": "List programmes with: holdfast program list",
    "USER_NOT_FOUND": "List customers with: holdfast customer list",
    "CUSTOMER_NOT_FOUND": "List customers with: holdfast customer list",
    "BALANCE_NOT_FOUND": "List a customer's balances with: holdfast balance list --customer ID",
    "CARD_NOT_FOUND":
      "List a customer's cards with: holdfast card list --customer ID; "
      + "a removed card cannot be changed any more.",
    "AUTHORIZATION_NOT_FOUND": "List authorizations with: holdfast authorization list",
    "NOTHING_HELD": "See what happened to it with: holdfast authorization show ID",
    "MCC_GROUP_NOT_FOUND": "List merchant groups with: holdfast mcc-group list",
    "MCC_GROUP_EXISTS": "Replace it with: holdfast mcc-group set NAME",
    "MCC_TAKEN": "See who has it with: holdfast mcc-group list",
    "FX_RATE_NOT_FOUND": "List rates with: holdfast fx-rate list",
    "CLOCK_NOT_VIRTUAL": "Start a daemon for tests with: holdfastd --virtual-clock",
    "PARTNER_BALANCE_NOT_FOUND":
      "Open it with: holdfast partner deposit open ID --currency CODE (or partner credit open)",
    "KYC_REQUIRED": "Record the identity check with: holdfast customer kyc ID --level STRONG",
    "INSUFFICIENT_PARTNER_FUNDS":
      "Reload it with: holdfast partner credit reload ID --amount … --currency CODE "
      + "--bank-reference …",
    "BIN_RANGE_OVERLAP": "See which ranges are taken with: holdfast program list",
    "LOCK_IRREVERSIBLE":
      "See the lock with: holdfast card show ID; a lost, stolen, inactive or replaced card needs a "
      + "new card.",
    "BANK_REFERENCE_USED":
      "See what was booked with: holdfast partner deposit show ID --currency CODE; another transfer "
      + "has another bank reference.",
    "IDEMPOTENCY_CONFLICT": "Leave --idempotency-key out to have a new one made.",
    "ROUTE_NOT_FOUND": "Compare holdfast --version with the daemon's: holdfast status",
    "PROOF_RUNNING": "Another proof is running; wait for it and ask again.",
  ]
}
