import Authorization

/// Makes up lives of payments: mostly such as merchants and networks lead, with all that goes wrong.
struct RandomLife {
  private var random: SeededRandom
  private var serial: UInt64 = 0
  private var sequence: UInt64 = 0

  init(random: SeededRandom) { self.random = random }

  // What the messages of the present life share.
  private var time: UInt64 = 0
  private var reference = ""
  private var life: UInt64 = 0
  private var category: UInt16 = 5411
  private var currency = "EUR"
  private var price: Int64 = 0
  private var policy = AnswerPolicy()
  private var card = 0
  private var usesBothCards = false
  private var sent: [PaymentMessage] = []

  /// The steps of one life.
  mutating func steps() -> [PaymentStep] {
    sequence += 1
    // What one life waits for in vain must not come in the next.
    serial += 1
    time = PaymentScript.time(sequence)
    reference = random.chance(70) ? "R\(sequence)" : ""
    life = random.chance(30) ? sequence << 1 | 1 : 0
    category = random.pick([5411, 5411, 5411, 5542, 4511, 5964, 5812, 6011])
    currency = random.pick(["EUR", "EUR", "EUR", "EUR", "EUR", "EUR", "USD", "USD", "JPY"])
    price = Int64.random(in: 1...(random.chance(15) ? 150_000 : 9_000), using: &random)
    policy = AnswerPolicy(
      advice: random.chance(20) ? .approved : .adviceAccepted,
      secondReversal: random.chance(20) ? .previouslyReversed : .reversalAccepted,
      unmatchedReversal: random.chance(20) ? .reversalAccepted : .originalNotFound
    )
    card = random.chance(80) ? 0 : 1
    usesBothCards = random.chance(20)
    sent = []
    var steps: [PaymentStep] = []
    let count = Int.random(in: 1...12, using: &random)
    while steps.count < count { steps.append(step()) }
    // Some come later than what is about them.
    if random.chance(15), steps.count > 1 {
      let from = Int.random(in: 0..<steps.count - 1, using: &random)
      let moved = steps.remove(at: from)
      steps.insert(moved, at: Int.random(in: from...steps.count, using: &random))
    }
    return steps
  }

  private mutating func step() -> PaymentStep {
    if sent.isEmpty, random.chance(85) { return send(first()) }
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<8: return send(first())
    case 8..<24: return send(enlargement())
    case 24..<46: return send(clearing())
    case 46..<66: return send(reversal())
    case 66..<72: return send(partialReversal())
    case 72..<76: return send(void())
    case 76..<80: return send(advice())
    case 80..<88:
      guard !sent.isEmpty else { return .look }
      var message = random.pick(sent)
      if random.chance(20) { message.content &+= 1 << 40 }
      return .message(message)
    case 88..<94: return .look
    case 94..<96: return .release
    case 96: return .lock(card: someCard(), random.pick([3, 4, 6, 7]))
    case 97: return .unlock(card: someCard())
    case 98: return random.chance(60) ? .block : .unblock
    default: return .close
    }
  }

  private mutating func someCard() -> Int {
    usesBothCards && random.chance(30) ? 1 - card : card
  }

  private mutating func send(_ message: PaymentMessage) -> PaymentStep {
    sent.append(message)
    return .message(message)
  }

  private mutating func message(
    _ kind: AuthorizationRequest.Kind,
    _ ask: PaymentMessage.Ask,
    _ function: UInt16,
    _ amount: Int64
  ) -> PaymentMessage {
    serial += 1
    // Most have the second of the payment, for that is DE 12; those that do not name it by DE 56.
    var message = PaymentMessage(
      serial,
      kind,
      ask,
      function,
      amount,
      time: random.chance(80) ? time : time | 1
    )
    message.reference = random.chance(85) ? reference : ""
    message.life = random.chance(85) ? life : 0
    message.category = category
    message.currency = currency
    if currency != "EUR", random.chance(60) {
      // What the network made of it is never far from our own rate.
      message.billing = amount * Int64.random(in: 85...99, using: &random) / 100
    } else if random.chance(3) {
      message.billing = amount
    }
    message.policy = policy
    message.card = someCard()
    charge(&message)
    if random.chance(3) { message.terminal = "TERM0002" }
    return message
  }

  /// Cash in a purchase, and what a merchant charges for taking the card.
  private mutating func charge(_ message: inout PaymentMessage) {
    switch message.ask {
    case .purchase:
      if random.chance(5) { message.cashBack = some(message.amount + 1) }
    case .credit, .increment, .replacement, .clearing, .creditClearing: break
    default: return
    }
    if random.chance(4) { message.surcharge = some(message.amount / 10) }
    if random.chance(3) { message.includedSurcharge = some(message.amount / 10) }
    let hasFees =
      message.cashBack != nil || message.surcharge != nil || message.includedSurcharge != nil
    if hasFees, random.chance(5) { message.feeCurrency = "GBP" }
  }

  private mutating func some(_ most: Int64) -> Int64 {
    random.chance(2) ? 0 : Int64.random(in: 1...max(1, most), using: &random)
  }

  /// Names one of the earlier messages, at times one that nobody has sent.
  private mutating func name(_ message: inout PaymentMessage, percent: Int) {
    guard random.chance(percent) else { return }
    if sent.isEmpty || random.chance(4) {
      message.original = PaymentMessage.Naming(serial: serial + 1, kind: .hold, time: time)
    } else {
      message.original = (random.chance(50) ? sent[0] : random.pick(sent)).naming
    }
    if random.chance(4) { message.original?.isLoose = true }
  }

  private mutating func first() -> PaymentMessage {
    let amount = random.chance(4) ? 0 : price
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<45: return message(.hold, amount == 0 ? .verification : .purchase, 100, amount)
    case 45..<52: return message(.hold, .purchase, 101, max(1, amount))
    case 52..<58: return message(.hold, .purchase, random.pick([181, 185]), max(1, amount))
    case 58..<74: return message(.debit, .purchase, 200, amount)
    case 74..<77: return message(.debit, .purchase, 181, max(1, amount))
    case 77..<83: return message(.hold, .credit, 100, amount)
    case 83..<89: return message(.debit, .credit, 200, amount)
    case 89..<92: return message(.verification, .verification, 113, 0)
    case 92..<95:
      var inquiry = message(random.chance(50) ? .hold : .debit, .inquiry, 108, 0)
      (inquiry.billing, inquiry.currency) = (nil, "EUR")
      return inquiry
    default: return advice()
    }
  }

  private mutating func advice() -> PaymentMessage {
    var advice = message(
      .advice,
      random.chance(90) ? .purchase : .credit,
      random.pick([100, 100, 101]),
      max(1, price)
    )
    advice.reason = random.pick([1002, 1004, 1007])
    if random.chance(20) { advice.advised = 1016 } else if random.chance(50) { advice.advised = 0 }
    return advice
  }

  private mutating func enlargement() -> PaymentMessage {
    let kind: AuthorizationRequest.Kind = random.chance(85) ? .hold : .advice
    var message =
      random.chance(65)
      ? message(kind, .increment, 187, some(price))
      : message(kind, .replacement, random.pick([102, 103]), some(price * 2))
    if kind == .advice, random.chance(20) { message.advised = 1000 }
    name(&message, percent: 50)
    return message
  }

  private mutating func clearing() -> PaymentMessage {
    let kind: AuthorizationRequest.Kind =
      random.pick([.clearing, .clearing, .clearing, .clearingNotification, .debit])
    let isCredit = random.chance(20)
    let function: UInt16 = random.pick(kind == .debit ? [201, 202] : [200, 201, 201, 202, 202])
    let amount = random.chance(40) ? price : some(random.chance(70) ? price : price * 2)
    var message = message(kind, isCredit ? .creditClearing : .clearing, function, amount)
    name(&message, percent: 40)
    if !sent.isEmpty, random.chance(30) { message.approvalOf = random.pick(sent).serial }
    if random.chance(15) {
      // Only DE 38 is left to go by.
      (message.reference, message.life, message.original) = ("", 0, nil)
      message.time ^= 1
    }
    return message
  }

  private mutating func reversal() -> PaymentMessage {
    var message = message(
      random.pick([.reversalAdvice, .reversalAdvice, .reversal, .reversalNotification]),
      .reversal,
      400,
      price
    )
    message.billing = nil
    name(&message, percent: 85)
    return message
  }

  private mutating func partialReversal() -> PaymentMessage {
    var message = reversal()
    message.ask = .partialReversal
    message.function = 401
    let before = sent.isEmpty || random.chance(50) ? price : random.pick(sent).amount
    let rest = some(before + before / 20)
    // Two readings of one message are abroad (dialect, section 6.4).
    (message.amount, message.other) = random.chance(80) ? (rest, before) : (before, rest)
    return message
  }

  private mutating func void() -> PaymentMessage {
    let kind: AuthorizationRequest.Kind = random.pick([.hold, .debit, .clearing, .reversalAdvice])
    var message = message(
      kind,
      kind == .reversalAdvice ? .reversal : random.chance(70) ? .void : .voidOfCredit,
      kind == .reversalAdvice ? 400 : 200,
      price
    )
    name(&message, percent: 80)
    return message
  }
}
