import Authorization
import Ledger

/// Which payments a list shows; everything given must be true of a payment.
struct PaymentFilter {
  /// The names of the parameters, besides those of paging.
  static let parameters = [
    "cardId", "balanceId", "customerId", "state", "status", "type", "reason", "flag", "currency",
    "minAmount", "maxAmount", "from", "to",
  ]

  var card: CardID?
  var balance: BalanceID?
  var customer: UserID?
  var from: Instant?
  /// Only those for which something is held.
  var isHeld = false
  private var to: Instant?
  private var states: Set<String> = []
  private var kinds: Set<String> = []
  private var reason: String?
  private var flags: PaymentFlags = []
  private var currency: Currency?
  private var amounts: ClosedRange<Int64>?

  /// Every payment.
  init() {}

  /// What a query asks for.
  init(_ query: Query) throws(Problem) {
    card = try query.identifier("cardId")
    balance = try query.identifier("balanceId")
    customer = try query.identifier("customerId")
    from = try query.instant("from")
    to = try query.instant("to")
    if query["state"] != nil, query["status"] != nil {
      throw .invalidParameter("status", "it is another name of state; give one of them")
    }
    let state = query["status"] == nil ? "state" : "status"
    states = try Self.names(query, state, AuthorizationState.allCases.map(\.name))
    kinds = try Self.names(query, "type", AuthorizationRequest.Kind.paymentNames)
    for name in try Self.names(query, "flag", PaymentFlags.named.map(\.name)) {
      for (flag, known) in PaymentFlags.named where known == name { flags.insert(flag) }
    }
    reason = query["reason"]
    if let reason, reason != "APPROVED",
      !DeclineReason.allCases.contains(where: { $0.name == reason })
    {
      throw .invalidParameter("reason", "it must be APPROVED or the name of a reason")
    }
    if let code = query["currency"] {
      guard let currency = Currency(code: code) else {
        throw .invalidParameter("currency", "it must be the ISO 4217 code of a currency")
      }
      self.currency = currency
    }
    let least = try Self.amount(query, "minAmount")
    let most = try Self.amount(query, "maxAmount")
    if least != nil || most != nil {
      let (least, most) = (least ?? 0, most ?? Amount.largestMinorUnits)
      guard least <= most else {
        throw .invalidParameter("maxAmount", "it must not be below minAmount")
      }
      amounts = least...most
    }
  }

  /// One or several names, commas between them; any of them will do.
  private static func names(
    _ query: Query,
    _ parameter: String,
    _ known: [String]
  ) throws(Problem) -> Set<String> {
    guard let text = query[parameter] else { return [] }
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.allSatisfy(known.contains) else {
      throw .invalidParameter(
        parameter,
        "it must be \(known.joined(separator: " or ")), or several with commas between them"
      )
    }
    return Set(names)
  }

  private static func amount(_ query: Query, _ parameter: String) throws(Problem) -> Int64? {
    guard let text = query[parameter] else { return nil }
    guard text.utf8.count <= 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int64(text)
    else { throw .invalidParameter(parameter, "it must be minor units, at most twelve digits") }
    return number
  }

  /// Whether a payment is shown, all but its customer.
  func matches(_ record: AuthorizationRecord) -> Bool {
    if let card, record.card != card { return false }
    if let balance, record.balance != balance { return false }
    if isHeld, record.held <= .zero { return false }
    if !states.isEmpty, !states.contains(record.state.name) { return false }
    if !kinds.isEmpty, !kinds.contains(record.kind.paymentName) { return false }
    if !flags.isEmpty, record.flags.isDisjoint(with: flags) { return false }
    if let reason, (record.reason?.name ?? "APPROVED") != reason { return false }
    if let currency, record.amount.currency != currency { return false }
    if let amounts, !amounts.contains(record.amount.minorUnits) { return false }
    if let from, record.decided < from { return false }
    if let to, record.decided >= to { return false }
    return true
  }
}

extension AuthorizationRequest.Kind {
  /// What a payment that began with a message of this kind is called.
  var paymentName: String {
    switch self {
    case .hold: "AUTHORIZATION"
    case .debit: "FINANCIAL"
    case .verification: "VERIFICATION"
    case .advice: "ADVICE"
    case .clearing, .clearingNotification: "CLEARING"
    case .reversal, .reversalAdvice, .reversalNotification: "REVERSAL"
    // No payment begins with these.
    case .fileAction, .fileActionAdvice, .administrative: "ADMINISTRATIVE"
    }
  }

  /// The names that payments can have.
  static let paymentNames = [
    "AUTHORIZATION", "FINANCIAL", "VERIFICATION", "ADVICE", "CLEARING", "REVERSAL",
  ]

  /// The message type, with the origin that requests of the kind usually have.
  var messageType: String { "2\(classAndFunction)\(self == .verification ? "4" : "0")" }
}
