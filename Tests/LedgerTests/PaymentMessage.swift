import Authorization
import Testing

@testable import Ledger

/// A message about a payment, as a test tells it: the ledger gets it as a request, the model as it is.
struct PaymentMessage {
  enum Ask: String {
    case purchase, credit, void, voidOfCredit, verification, inquiry, increment, replacement
    case clearing, creditClearing, reversal, partialReversal
  }

  /// Another message, as DE 56 names it.
  struct Naming {
    var serial: UInt64
    var kind: AuthorizationRequest.Kind
    var time: UInt64
    /// The key cannot be told from what DE 56 says, as when the original named its terminal otherwise.
    var isLoose = false
  }

  /// Which of the cards of the balance: DE 2.
  var card = 0
  /// DE 11; no two messages of a test have the same.
  var serial: UInt64
  var kind: AuthorizationRequest.Kind
  var ask: Ask
  /// DE 24.
  var function: UInt16
  /// DE 4.
  var amount: Int64
  var currency = "EUR"
  /// DE 6, in the currency of the balance.
  var billing: Int64?
  /// DE 30 part 0, in the currency of DE 4.
  var other: Int64?
  /// The cash in DE 4: DE 54 type 40.
  var cashBack: Int64?
  /// What is charged on top of DE 4: DE 46.
  var surcharge: Int64?
  /// What is charged inside DE 4: DE 54 type 42.
  var includedSurcharge: Int64?
  /// The currency of cash and charges, where it is not that of DE 4.
  var feeCurrency: String?
  /// DE 12.
  var time: UInt64
  /// DE 37.
  var reference = ""
  /// DE 41.
  var terminal = "TERM0001"
  /// DE 21; 0 without.
  var life: UInt64 = 0
  /// DE 56.
  var original: Naming?
  /// The message whose answer gave DE 38.
  var approvalOf: UInt64?
  /// DE 39.
  var advised: UInt16?
  /// DE 25.
  var reason: UInt16 = 0
  /// DE 26.
  var category: UInt16 = 5411
  /// Answers as agreed with the network.
  var policy = AnswerPolicy()
  /// Tells a repeat from other content under the same key.
  var content: UInt64

  init(
    _ serial: UInt64,
    _ kind: AuthorizationRequest.Kind,
    _ ask: Ask,
    _ function: UInt16,
    _ amount: Int64,
    time: UInt64
  ) {
    self.serial = serial
    self.kind = kind
    self.ask = ask
    self.function = function
    self.amount = amount
    self.time = time
    content = serial
  }

  /// How DE 56 of a later message names this one.
  var naming: Naming { Naming(serial: serial, kind: kind, time: time) }

  static func key(_ serial: UInt64, _ time: UInt64, card: Int) throws -> DuplicateKey {
    DuplicateKey(
      localTime: try #require(LocalTime(digits: time)),
      high: serial &* 0xD6E8_FEB8_6659_FD93 ^ UInt64(card),
      low: serial
    )
  }

  private var purpose: PaymentPurpose {
    switch ask {
    case .purchase: .purchase
    case .credit: .credit
    case .void, .voidOfCredit, .reversal: .reversal
    case .partialReversal: .partialReversal
    case .verification: .verification
    case .inquiry: .inquiry
    case .increment: .increment
    case .replacement: .replacement
    case .clearing, .creditClearing: .clearing
    }
  }

  private var processingCode: UInt64 {
    let type: UInt64 =
      switch ask {
      case .credit, .creditClearing: 0x3230
      case .void: 0x3032
      case .voidOfCredit: 0x3232
      case .inquiry: 0x3330
      case .verification: 0x3333
      default: 0x3030
      }
    return type << 32 | 0x3030_3030
  }

  /// A purchase that says nothing but what every purchase says.
  private var isPlain: Bool {
    ask == .purchase && (kind == .hold && function == 100 || kind == .debit && function == 200)
      && billing == nil && cashBack == nil && surcharge == nil && includedSurcharge == nil
      && life == 0 && (amount > 0 || kind == .debit)
  }

  /// The request that the listener makes of the message for a card, with DE 38.
  func request(_ card: TestCard, approval: String?) throws -> AuthorizationRequest {
    let currency = try #require(Currency(code: currency))
    let home = try #require(Currency(code: "EUR"))
    let asked = try #require(Amount(minorUnits: amount, currency: currency))
    let feeCurrency = try #require(Currency(code: self.feeCurrency ?? self.currency))
    func fee(_ sum: Int64?) -> Amount? {
      sum.flatMap { Amount(minorUnits: $0, currency: feeCurrency) }
    }
    var details: PaymentDetails?
    if !isPlain {
      details = PaymentDetails(
        purpose: purpose,
        functionCode: function,
        reasonCode: reason,
        hasAmount: ask != .inquiry,
        billing: billing.flatMap { Amount(minorUnits: $0, currency: home) },
        surcharge: fee(surcharge),
        includedSurcharge: fee(includedSurcharge),
        cashBack: fee(cashBack),
        otherAmount: other.flatMap { Amount(minorUnits: $0, currency: currency) },
        acceptsPart: function == 181 || function == 185,
        isEstimated: function == 101 || function == 103,
        original: try originalReference(),
        lifeCycle: life,
        advisedCode: advised.map { ActionCode($0) },
        approvalCode: FixedText(bytes: (approval ?? "").utf8),
        policy: policy
      )
    }
    return AuthorizationRequest(
      kind: kind,
      key: try Self.key(serial, time, card: self.card),
      content: ContentDigest(content),
      card: card.token,
      number: CardNumberFacts(card.pan),
      expiry: nil,
      amount: asked,
      trace: MessageTrace(
        processingCode: processingCode,
        stan: serial,
        acquirer: 12_345,
        retrievalReference: FixedText(bytes: reference.utf8),
        terminal: FixedText(bytes: terminal.utf8),
        merchantCategory: category
      ),
      details: details
    )
  }

  private func originalReference() throws -> OriginalReference {
    guard let original else {
      return OriginalReference(
        kind: nil,
        stan: 0,
        localTime: try #require(LocalTime(digits: time)),
        acquirer: 12_345,
        keys: []
      )
    }
    // DE 56 names no card: it is that of the message.
    let key = try Self.key(original.serial, original.time, card: card)
    return OriginalReference(
      kind: original.kind,
      stan: original.serial,
      localTime: try #require(LocalTime(digits: original.time)),
      acquirer: 12_345,
      keys: original.isLoose ? [] : [key]
    )
  }
}
