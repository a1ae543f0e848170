import Authorization

/// What must happen to the books for each message about a payment: written from the dialect and the
/// requirements in plain lists and integers, with nothing of the ledger in it.
///
/// All balances are in euro.
struct PaymentModel {
  struct Funds: Equatable {
    var ledger: Int64 = 0
    var held: Int64 = 0
    var available: Int64 { ledger - held }
  }

  /// A message's answer.
  struct Answer: Equatable {
    var code: String
    var reason = ""
    /// Whether it carries an approval code.
    var approves = false
    /// The payment that it is about, by its place in the sequence.
    var payment: Int?
    /// What was approved instead of what was asked.
    var approved: Int64?
    /// Booked and available funds.
    var balances: [Int64] = []
  }

  /// What a message or an event did.
  struct Deed {
    enum Kind {
      case first, increase, newTotal, standIn, clearing, presentment, undo, undoPart, end
    }
    var kind: Kind
    /// The message, 0 for an event, and its DE 12.
    var serial: UInt64
    var time: UInt64 = 0
    var held: Int64 = 0
    var booked: Int64 = 0
    /// The deed of the same payment that it took something back from.
    var takesFrom: Int?
    /// DE 4 of the message, and its currency.
    var asked: Int64 = 0
    var currency = "EUR"
  }

  struct Payment {
    var message: PaymentMessage
    var state: String
    var held: Int64 = 0
    var booked: Int64 = 0
    var isApproved: Bool
    var isCredit = false
    var isCheck = false
    var isUnmatched = false
    /// Booked by one message that nobody has presented yet.
    var awaitsPresentment = false
    var isConverted = false
    var flags: Set<String> = []
    /// The day on which the hold runs out.
    var until: Int64 = 0
    var deeds: [Deed] = []

    var isOpen: Bool { state == "AUTHORIZED" || state == "PARTIALLY_CLEARED" }
    /// Whether there never was a hold: the first message booked.
    var hadNoHold: Bool {
      [.debit, .clearing, .clearingNotification].contains(message.kind)
    }
  }

  /// A balance with its cards and the payments of the sequence that is played on it.
  struct Cardholder {
    var funds = Funds()
    /// Which deposit backs it.
    var deposit: Int?
    /// Whether the balance pays.
    var state = "ACTIVE"
    /// The lock of each card; 0 is none.
    var locks: [Int] = [0, 0]
    /// The most cash with a purchase; `nil` for any.
    var mostCash: Int64?
    var permitsSurcharge = true
    var payments: [Payment] = []
    var lives: [(life: UInt64, card: Int, payment: Int)] = []
  }

  var holders: [Cardholder] = []
  var deposits: [Funds] = []
  /// How many days have gone by.
  var day: Int64 = 0
  private var answers: [UInt64: (content: UInt64, card: Int, answer: Answer)] = [:]
  private var awaited: Set<[UInt64]> = []
  /// How often each answer was given, by code and reason.
  private(set) var told: [String: Int] = [:]

  /// Forgets the payments that have been played; money stays where it is.
  mutating func beginSequences() {
    for holder in holders.indices {
      holders[holder].payments = []
      holders[holder].lives = []
    }
    answers = [:]
    awaited = []
  }

  // MARK: Messages

  mutating func receive(_ message: PaymentMessage, for holder: Int) -> (Answer, origin: String) {
    if let known = answers[message.serial] {
      guard known.content == message.content else {
        return (Answer(code: "9113"), "conflicting")
      }
      return (known.answer, "repeated")
    }
    let answer = decide(message, holder)
    answers[message.serial] = (message.content, message.card, answer)
    told["\(answer.code) \(answer.reason)", default: 0] += 1
    return (answer, "decided")
  }

  private mutating func decide(_ message: PaymentMessage, _ holder: Int) -> Answer {
    if awaited.remove([message.serial, message.time, UInt64(message.card)]) != nil {
      let code = message.kind.isAdvice ? acknowledged(message) : "1000"
      return refuse(message, holder, code, "REVERSED_BEFORE_ARRIVAL")
    }
    switch message.ask {
    case .purchase:
      return message.kind == .advice ? believe(message, holder) : begin(message, holder)
    case .credit, .verification, .inquiry: return begin(message, holder)
    case .increment, .replacement: return enlarge(message, holder)
    case .clearing, .creditClearing: return clear(message, holder)
    case .reversal, .void, .voidOfCredit: return undo(message, holder)
    case .partialReversal: return undoPart(message, holder)
    }
  }

  private func accepted(_ message: PaymentMessage) -> String { message.policy.advice.text }

  /// An advice of which nothing is booked.
  private func acknowledged(_ message: PaymentMessage) -> String {
    accepted(message) == "9001" ? "9000" : accepted(message)
  }

  // MARK: Costs

  /// What a message comes to in euro: a dollar costs 0.92 and, for who pays, 1.5 percent; a hold in
  /// dollars is 3 percent larger, and yen have no price.
  ///
  /// Who pays pays the surcharge too, but for where DE 6 says it all.
  private func cost(_ message: PaymentMessage) -> (billed: Int64, hold: Int64)? {
    let isPaid = message.ask != .credit && message.ask != .creditClearing
    var billed = message.amount
    var hold: Int64
    if let billing = message.billing {
      billed = billing
      hold = billed
    } else {
      if isPaid, let surcharge = message.surcharge {
        if message.feeCurrency != nil { return nil }
        billed += surcharge
      }
      switch message.currency {
      case "EUR": hold = billed
      case "USD":
        billed = (billed * 92 * (isPaid ? 10_150 : 10_000) + 500_000) / 1_000_000
        hold = billed + (billed * 3 + 99) / 100
      default: return nil
      }
    }
    if message.function == 101 || message.function == 103, message.category == 5542 {
      hold = max(hold, 10_000)
    }
    return (billed, hold)
  }

  private func tolerance(_ category: UInt16) -> Int64 { category == 5812 ? 20 : 0 }

  private func daysOfHold(_ category: UInt16) -> Int64 {
    switch category {
    case 5542: 2
    case 4511: 14
    default: 7
    }
  }

  private mutating func holdOn(_ message: PaymentMessage, _ payment: Int, _ holder: Int) {
    holders[holder].payments[payment].until = day + daysOfHold(message.category)
  }

  private func keepsRest(_ category: UInt16) -> Bool { category == 4511 || category == 5964 }

  // MARK: Moving money

  /// The one place where money moves: the user's and, in step, the deposit's.
  private mutating func move(_ holder: Int, held: Int64, booked: Int64) {
    holders[holder].funds.held += held
    holders[holder].funds.ledger -= booked
    if let deposit = holders[holder].deposit {
      deposits[deposit].held += held
      deposits[deposit].ledger -= booked
    }
  }

  @discardableResult
  private mutating func add(_ payment: Payment, _ holder: Int) -> Int {
    var payment = payment
    payment.deeds = [
      Deed(
        kind: .first,
        serial: payment.message.serial,
        time: payment.message.time,
        held: payment.held,
        booked: payment.booked,
        asked: payment.message.amount,
        currency: payment.message.currency
      )
    ]
    payment.until = day + daysOfHold(payment.message.category)
    holders[holder].payments.append(payment)
    move(holder, held: payment.held, booked: payment.booked)
    return holders[holder].payments.count - 1
  }

  /// Notes what a message does to a payment, and does it.
  private mutating func act(_ deed: Deed, _ payment: Int, _ holder: Int, state: String? = nil) {
    holders[holder].payments[payment].held += deed.held
    holders[holder].payments[payment].booked += deed.booked
    if let state { holders[holder].payments[payment].state = state }
    holders[holder].payments[payment].deeds.append(deed)
    move(holder, held: deed.held, booked: deed.booked)
  }

  private func deed(_ kind: Deed.Kind, _ message: PaymentMessage) -> Deed {
    Deed(
      kind: kind,
      serial: message.serial,
      time: message.time,
      asked: message.amount,
      currency: message.currency
    )
  }

  private mutating func bind(_ message: PaymentMessage, _ payment: Int, _ holder: Int) {
    guard message.life != 0 else { return }
    let payments = holders[holder].payments
    let bound = holders[holder].lives.firstIndex {
      $0.life == message.life && $0.card == message.card
    }
    if let place = bound {
      // A refused try does not stand in the way of the one that is accepted.
      guard payments[holders[holder].lives[place].payment].state == "DECLINED" else { return }
      holders[holder].lives[place].payment = payment
    } else {
      holders[holder].lives.append((message.life, message.card, payment))
    }
  }

  // MARK: First messages

  private mutating func refuse(
    _ message: PaymentMessage,
    _ holder: Int,
    _ code: String,
    _ reason: String
  ) -> Answer {
    let payment = add(Payment(message: message, state: "DECLINED", isApproved: false), holder)
    return Answer(code: code, reason: reason, payment: payment)
  }

  /// Why the card or the money forbids something; `need` is `nil` where no money is needed.
  ///
  /// `before` is what the payment comes to without the message, where it has begun.
  private func objection(
    _ holder: Int,
    _ message: PaymentMessage,
    isCredit: Bool,
    billed: Int64?,
    need: Int64?,
    before: Int64? = nil
  ) -> (code: String, reason: String)? {
    if !isCredit {
      switch holders[holder].locks[message.card] {
      case 3: return ("1000", "CARD_LOCKED_PENDING_QUERY")
      case 4: return ("1016", "CARD_LOCKED_CONSOLIDATION")
      case 6: return ("1006", "CARD_LOCKED_PIN")
      case 7: return ("1002", "CARD_LOCKED_FRAUD")
      default: break
      }
    }
    if holders[holder].state == "CLOSED" { return ("1035", "BALANCE_CLOSED") }
    if !isCredit, holders[holder].state == "BLOCKED" { return ("1004", "BALANCE_BLOCKED") }
    guard isCredit || need != nil else { return nil }
    guard let billed else { return ("1030", "CURRENCY_NOT_ACCEPTED") }
    if billed == 0 { return ("1010", "AMOUNT_INVALID") }
    guard let need else { return nil }
    if before == nil, let why = offence(holder, message, billed) { return why }
    // Cash from machines is limited for each payment.
    if message.category == 6011, billed + (before ?? 0) > 6_000 {
      return ("1021", "VELOCITY_AMOUNT")
    }
    return shortage(holder, need)
  }

  /// What the programme does not allow of a purchase.
  private func offence(
    _ holder: Int,
    _ message: PaymentMessage,
    _ billed: Int64
  ) -> (code: String, reason: String)? {
    if let cash = message.cashBack, cash > 0 {
      let most = holders[holder].mostCash
      if most == 0 { return ("1062", "CASH_BACK_NOT_ALLOWED") }
      if message.feeCurrency != nil || cash > message.amount {
        return ("1063", "CASH_BACK_TOO_HIGH")
      }
      let value = message.currency == "EUR" ? cash : cash * billed / message.amount
      if let most, value > most { return ("1063", "CASH_BACK_TOO_HIGH") }
    }
    if !holders[holder].permitsSurcharge,
      (message.surcharge ?? 0) + (message.includedSurcharge ?? 0) > 0
    {
      return ("1072", "SURCHARGE_NOT_PERMITTED")
    }
    return nil
  }

  private func shortage(_ holder: Int, _ need: Int64) -> (code: String, reason: String)? {
    // Who asks for no more than is held takes nothing from anybody.
    if need == 0 { return nil }
    if let deposit = holders[holder].deposit, deposits[deposit].available < need {
      return ("1016", "INSUFFICIENT_DEPOSIT")
    }
    if holders[holder].funds.available < need { return ("1016", "INSUFFICIENT_USER_FUNDS") }
    return nil
  }

  private mutating func begin(_ message: PaymentMessage, _ holder: Int) -> Answer {
    let isCredit = message.ask == .credit
    let isCheck = message.ask == .verification || message.ask == .inquiry
    let cost = cost(message)
    var payment = Payment(message: message, state: "AUTHORIZED", isApproved: true)
    payment.isCredit = isCredit
    payment.isCheck = isCheck
    payment.isConverted = message.currency != "EUR" && cost != nil
    if isCredit { payment.flags.insert("CREDIT") }
    var answer = Answer(code: "0000")

    var objection = objection(
      holder,
      message,
      isCredit: isCredit,
      billed: cost?.billed,
      need: isCheck || isCredit ? nil : cost?.hold ?? 0
    )
    if let advised = message.advised, advised >= 1000 {
      objection = ("1000", "DECLINED_ELSEWHERE")
    }
    var billed = cost?.billed ?? 0
    var hold = cost?.hold ?? 0
    if let why = objection {
      var part: Int64 = 0
      if why.reason.hasPrefix("INSUFFICIENT"), message.function == 181 || message.function == 185,
        message.currency == "EUR"
      {
        part = holders[holder].funds.available
        if let deposit = holders[holder].deposit { part = min(part, deposits[deposit].available) }
      }
      if part > 0 {
        (billed, hold) = (part, part)
        payment.flags.insert("PARTIALLY_APPROVED")
        answer.code = "0002"
        answer.approved = part
      } else {
        payment.state = "DECLINED"
        payment.isApproved = false
        answer.code = why.code
        answer.reason = why.reason
      }
    }
    if payment.isApproved {
      switch message.ask {
      case .verification: answer.code = "0085"
      case .inquiry:
        let funds = holders[holder].funds
        answer.balances = [funds.ledger, funds.available]
      case .credit:
        if message.kind == .debit {
          payment.state = "CLEARED"
          payment.booked = -billed
          payment.awaitsPresentment = true
        }
      default:
        if message.kind == .debit {
          payment.state = "CLEARED"
          payment.booked = billed
          payment.awaitsPresentment = true
        } else {
          payment.held = hold
        }
      }
    }
    if message.kind == .advice {
      answer.code = payment.isApproved ? accepted(message) : acknowledged(message)
    } else {
      answer.approves = payment.isApproved
    }
    let place = add(payment, holder)
    if message.ask == .purchase, answer.approved != nil {
      // What counts as asked is what was approved.
      holders[holder].payments[place].deeds[0].asked = billed
    }
    bind(message, place, holder)
    answer.payment = place
    return answer
  }

  /// An advice of an authorization: what others have decided is so.
  private mutating func believe(_ message: PaymentMessage, _ holder: Int) -> Answer {
    if let advised = message.advised, advised >= 1000 {
      return refuse(message, holder, acknowledged(message), "DECLINED_ELSEWHERE")
    }
    guard let cost = cost(message) else {
      return refuse(message, holder, acknowledged(message), "CURRENCY_NOT_ACCEPTED")
    }
    if let (payment, _) = find(message, holder, isCredit: false),
      holders[holder].payments[payment].state != "DECLINED"
    {
      var deed = self.deed(.standIn, message)
      guard holders[holder].payments[payment].isOpen else {
        // It is over: nothing is held for it once more.
        let isNewTotal = message.function == 102 || message.function == 103
        act(isNewTotal ? self.deed(.newTotal, message) : deed, payment, holder)
        return Answer(code: acknowledged(message), payment: payment)
      }
      deed.held = cost.hold - holders[holder].payments[payment].held
      act(deed, payment, holder)
      holdOn(message, payment, holder)
      endIfNothingIsLeft(payment, holder)
      return Answer(code: accepted(message), payment: payment)
    }
    var payment = Payment(message: message, state: "AUTHORIZED", isApproved: true)
    payment.held = cost.hold
    // What holds nothing has no end to wait for.
    if cost.hold == 0 { payment.state = "REVERSED" }
    payment.isConverted = message.currency != "EUR"
    let place = add(payment, holder)
    bind(message, place, holder)
    return Answer(code: accepted(message), payment: place)
  }

  // MARK: Which payment is meant

  /// The payment, and which of its messages.
  private func find(
    _ message: PaymentMessage,
    _ holder: Int,
    isCredit: Bool?
  ) -> (payment: Int, deed: Int)? {
    let payments = holders[holder].payments
    func fits(_ payment: Payment) -> Bool {
      payment.message.card == message.card && !payment.isCheck && !payment.isUnmatched
        && (isCredit == nil || payment.isCredit == isCredit)
    }
    func agrees(_ payment: Payment) -> Bool {
      let its = payment.message.reference
      return its.isEmpty || message.reference.isEmpty || its == message.reference
    }
    if let named = message.original, !named.isLoose {
      for (place, payment) in payments.enumerated() {
        let named = payment.deeds.firstIndex { $0.serial == named.serial && $0.time == named.time }
        guard let deed = named else { continue }
        if payment.message.card == message.card, agrees(payment),
          isCredit == nil || fits(payment)
        {
          return (place, deed)
        }
      }
    }
    if let bound = holders[holder].lives.first(
      where: { $0.life == message.life && $0.card == message.card }
    ),
      fits(payments[bound.payment])
    {
      return (bound.payment, 0)
    }
    let isClearing = message.ask == .clearing || message.ask == .creditClearing
    let isAdvice = message.ask == .purchase
    // By what all messages of a payment share, the surest first.
    func isNamed(_ its: PaymentMessage) -> Bool {
      guard let named = message.original else { return false }
      return its.kind == named.kind && its.serial == named.serial && its.time == named.time
    }
    func isOfSameSecond(_ its: PaymentMessage) -> Bool {
      its.time == message.time && its.terminal == message.terminal
    }
    func hasApproval(_ payment: Payment) -> Bool {
      guard let approval = message.approvalOf, answers[approval]?.answer.approves == true else {
        return false
      }
      return payment.deeds.contains { $0.serial == approval }
    }
    let ways: [(Payment) -> Bool] = [
      { isNamed($0.message) && agrees($0) },
      {
        !message.reference.isEmpty && $0.message.reference == message.reference
          && (!isAdvice || isOfSameSecond($0.message))
      },
      {
        !isAdvice && isOfSameSecond($0.message) && agrees($0)
          && (message.original == nil || isClearing)
      },
      { isClearing && $0.isApproved && hasApproval($0) },
    ]
    for way in ways {
      let meant = payments.indices.reversed().filter { fits(payments[$0]) && way(payments[$0]) }
      if let payment = meant.first(where: { payments[$0].isOpen }) ?? meant.first {
        return (payment, 0)
      }
    }
    return nil
  }

  // MARK: Increments and replacements

  private func whyDead(_ payment: Payment) -> (code: String, reason: String)? {
    switch payment.state {
    case "DECLINED": ("1082", "ORIGINAL_DECLINED")
    case "EXPIRED": ("1034", "LIFE_CYCLE_EXPIRED")
    case "REVERSED", "CLEARED": ("1033", "LIFE_CYCLE_NOT_ACCEPTABLE")
    default: nil
    }
  }

  private mutating func enlarge(_ message: PaymentMessage, _ holder: Int) -> Answer {
    let isAdvice = message.kind == .advice
    if isAdvice, let advised = message.advised, advised >= 1000 { return believe(message, holder) }
    guard let (place, _) = find(message, holder, isCredit: false) else {
      if isAdvice { return believe(message, holder) }
      return refuse(message, holder, "9114", "ORIGINAL_NOT_FOUND")
    }
    let payment = holders[holder].payments[place]
    let isIncrement = message.ask == .increment
    let kind: Deed.Kind = isIncrement ? .increase : .newTotal
    func no(_ why: (code: String, reason: String)) -> Answer {
      act(self.deed(kind, message), place, holder)
      return Answer(code: why.code, reason: why.reason, payment: place)
    }
    guard let cost = cost(message) else { return no(("1030", "CURRENCY_NOT_ACCEPTED")) }
    if let why = whyDead(payment) { return isAdvice ? believe(message, holder) : no(why) }
    let more = isIncrement ? cost.hold : cost.hold - payment.held
    if !isAdvice,
      let why = objection(
        holder,
        message,
        isCredit: false,
        billed: cost.billed,
        need: max(more, 0),
        before: max(payment.booked, 0) + (isIncrement ? payment.held : 0)
      )
    {
      return no(why)
    }
    var deed = self.deed(kind, message)
    deed.held = more
    act(deed, place, holder)
    holdOn(message, place, holder)
    endIfNothingIsLeft(place, holder)
    return Answer(
      code: isAdvice ? accepted(message) : "0000",
      approves: !isAdvice,
      payment: place
    )
  }

  // MARK: Clearings

  private mutating func clear(_ message: PaymentMessage, _ holder: Int) -> Answer {
    let isRequest = message.kind == .debit
    let isCredit = message.ask == .creditClearing
    if !isRequest, let advised = message.advised, advised >= 1000 {
      return refuse(message, holder, acknowledged(message), "DECLINED_ELSEWHERE")
    }
    guard let cost = cost(message) else {
      guard isRequest else {
        return refuse(message, holder, acknowledged(message), "CURRENCY_NOT_ACCEPTED")
      }
      let why = objection(holder, message, isCredit: false, billed: nil, need: 0)
      let answer = refuse(message, holder, why?.code ?? "", why?.reason ?? "")
      if let payment = answer.payment { bind(message, payment, holder) }
      return answer
    }
    let booked = isCredit ? -cost.billed : cost.billed
    guard let (place, _) = find(message, holder, isCredit: isCredit) else {
      if isRequest { return refuse(message, holder, "9114", "ORIGINAL_NOT_FOUND") }
      var payment = Payment(message: message, state: "CLEARED", isApproved: true)
      payment.booked = booked
      payment.isCredit = isCredit
      payment.isConverted = message.currency != "EUR"
      payment.flags.insert(isCredit ? "CREDIT" : "FORCE_POST")
      let place = add(payment, holder)
      bind(message, place, holder)
      return Answer(code: accepted(message), payment: place)
    }
    let payment = holders[holder].payments[place]
    let most = payment.held + payment.held * tolerance(payment.message.category) / 100
    let isTooMuch = !isCredit && cost.billed > most
    if isRequest {
      var why = whyDead(payment)
      if why == nil, isTooMuch { why = ("1074", "EXCEEDS_AUTHORIZED_AMOUNT") }
      if why == nil, !isCredit, cost.billed > payment.held {
        why = shortage(holder, cost.billed - payment.held)
      }
      if let why {
        act(self.deed(.clearing, message), place, holder)
        return Answer(code: why.code, reason: why.reason, payment: place)
      }
    }
    let answer = Answer(
      code: isRequest ? "0000" : accepted(message),
      approves: isRequest,
      payment: place
    )
    holders[holder].payments[place].awaitsPresentment = false
    if payment.awaitsPresentment, payment.state == "CLEARED" {
      // It is booked already: only the difference is new.
      var deed = self.deed(.presentment, message)
      deed.booked = booked - payment.booked
      deed.takesFrom = 0
      act(deed, place, holder)
      return answer
    }
    if !payment.isOpen {
      holders[holder].payments[place].flags.insert("FORCE_POST")
    } else if isTooMuch {
      holders[holder].payments[place].flags.insert("OVER_CLEARED")
    }
    let rest = isCredit ? 0 : max(0, payment.held - cost.billed)
    let kept = message.function != 201 && keepsRest(payment.message.category) ? rest : 0
    var deed = self.deed(.clearing, message)
    deed.held = kept - payment.held
    deed.booked = booked
    act(deed, place, holder, state: kept > 0 ? "PARTIALLY_CLEARED" : "CLEARED")
    if kept > 0, payment.message.category == 5964 {
      holders[holder].payments[place].until = day + 30
    }
    return answer
  }

  // MARK: Reversals

  private func acceptance(_ message: PaymentMessage) -> String {
    switch message.kind {
    case .hold, .debit: "0000"
    case .advice, .clearing, .clearingNotification: accepted(message)
    default: "4000"
    }
  }

  /// A reversal of what nobody has seen.
  private mutating func wait(_ message: PaymentMessage, _ holder: Int) -> Answer {
    let isRequest = message.kind == .hold || message.kind == .debit
    let code: String =
      switch message.kind {
      case .hold, .debit: "9114"
      case .advice, .clearing, .clearingNotification: acknowledged(message)
      default: message.policy.unmatchedReversal.text
      }
    var payment = Payment(
      message: message,
      state: isRequest ? "DECLINED" : "REVERSED",
      isApproved: false
    )
    payment.isUnmatched = true
    payment.flags.insert("UNMATCHED")
    let place = add(payment, holder)
    if let named = message.original, !named.isLoose,
      answers[named.serial]?.card != message.card
    {
      awaited.insert([named.serial, named.time, UInt64(message.card)])
    }
    return Answer(code: code, reason: "ORIGINAL_NOT_FOUND", payment: place)
  }

  /// What is still booked because of a deed.
  private func outstanding(_ payment: Payment, _ deed: Int) -> Int64 {
    var left = payment.deeds[deed].booked
    for later in payment.deeds where later.takesFrom == deed { left += later.booked }
    // Never more than the payment has, never the other way round.
    if left > 0 { return max(0, min(left, payment.booked)) }
    return min(0, max(left, payment.booked))
  }

  private mutating func endIfNothingIsLeft(_ place: Int, _ holder: Int) {
    let payment = holders[holder].payments[place]
    guard payment.isOpen, payment.held == 0 else { return }
    holders[holder].payments[place].state =
      payment.state == "PARTIALLY_CLEARED" ? "CLEARED" : "REVERSED"
  }

  private mutating func undo(_ message: PaymentMessage, _ holder: Int) -> Answer {
    guard let (place, found) = find(message, holder, isCredit: nil) else {
      return wait(message, holder)
    }
    var deed = found
    let payment = holders[holder].payments[place]
    // A presentment is the first message once more, and so is an advice of the same authorization.
    if [.presentment, .standIn].contains(payment.deeds[deed].kind) { deed = 0 }
    let isUndone = payment.deeds.contains { $0.kind == .undo && $0.takesFrom == deed }
    var undoing = self.deed(.undo, message)
    var state: String?
    if !isUndone {
      let undone = payment.deeds[deed]
      let booked = outstanding(payment, deed)
      switch undone.kind {
      case .first where !payment.hadNoHold:
        if acceptance(message) != "4000" {
          // A void takes back the whole payment.
          if payment.isOpen || payment.booked != 0 {
            undoing.held = -payment.held
            undoing.booked = -payment.booked
            state = "REVERSED"
          }
        } else if payment.isOpen {
          undoing.held = -payment.held
          state = payment.state == "PARTIALLY_CLEARED" ? "CLEARED" : "REVERSED"
        }
      case .first, .clearing:
        if booked != 0 {
          undoing.booked = -booked
          if payment.booked == booked { state = payment.held > 0 ? "AUTHORIZED" : "REVERSED" }
        }
      case .increase, .newTotal:
        if payment.isOpen, undone.held > 0, payment.held > 0 {
          undoing.held = -min(undone.held, payment.held)
          if undoing.held == -payment.held {
            state = payment.state == "PARTIALLY_CLEARED" ? "CLEARED" : "REVERSED"
          }
        }
      case .undo, .undoPart, .end, .presentment, .standIn: break
      }
    }
    let changes = undoing.held != 0 || undoing.booked != 0 || state != nil
    if changes { undoing.takesFrom = deed }
    act(undoing, place, holder, state: state)
    var code = acceptance(message)
    if !changes, code == "4000", isUndone || payment.state == "REVERSED" {
      code = message.policy.secondReversal.text
    }
    let isRequest = message.kind == .hold || message.kind == .debit
    return Answer(code: code, approves: isRequest, payment: place)
  }

  private mutating func undoPart(_ message: PaymentMessage, _ holder: Int) -> Answer {
    guard let (place, found) = find(message, holder, isCredit: nil) else {
      return wait(message, holder)
    }
    var deed = found
    let payment = holders[holder].payments[place]
    if [.presentment, .standIn].contains(payment.deeds[deed].kind) { deed = 0 }
    let meant = payment.deeds[deed]
    let answer = Answer(code: "4000", payment: place)
    func nothing() -> Answer {
      act(self.deed(.undoPart, message), place, holder)
      return answer
    }
    func mismatch() -> Answer {
      act(self.deed(.undoPart, message), place, holder)
      return Answer(code: "9100", reason: "REVERSAL_AMOUNT_MISMATCH", payment: place)
    }
    if meant.kind == .undo || meant.kind == .undoPart { return nothing() }
    guard let other = message.other else { return mismatch() }
    let isBooked = payment.hadNoHold || meant.kind == .clearing
    let present = isBooked ? outstanding(payment, deed) : payment.held
    let size = abs(present)
    if size == 0 { return nothing() }
    // The amounts are those that the merchant knows: of the message, as long as nothing has happened
    // to what it did, else of what is there.
    let source = isBooked ? meant : payment.deeds[0]
    let isUntouched =
      isBooked ? present == source.booked : payment.held == payment.deeds[0].held
    var original = message.currency == "EUR" ? size : nil
    if source.currency == message.currency,
      source.currency != "EUR" || (size != message.amount && size != other)
    {
      // Later it is what the same rate makes of what is left.
      let taken = isBooked ? abs(source.booked) : source.held
      let claim = [other, message.amount].first {
        source.asked > 0 && $0 * taken / source.asked == size
      }
      original = isUntouched ? source.asked : claim ?? original
    }
    guard let original else { return mismatch() }
    let stays: Int64
    if other == original {
      stays = message.amount
    } else if message.amount == original {
      stays = other
    } else {
      return mismatch()
    }
    if stays > original { return mismatch() }
    if stays == original { return nothing() }
    let left = original == size ? stays : stays * size / original
    var undoing = self.deed(.undoPart, message)
    var state: String?
    if isBooked {
      undoing.booked = present > 0 ? left - size : size - left
      if payment.booked + undoing.booked == 0 {
        state = payment.held > 0 ? "AUTHORIZED" : "REVERSED"
      }
      undoing.takesFrom = deed
    } else {
      guard payment.isOpen else { return nothing() }
      undoing.held = left - size
      if left == 0 { state = payment.state == "PARTIALLY_CLEARED" ? "CLEARED" : "REVERSED" }
    }
    act(undoing, place, holder, state: state)
    return answer
  }

  // MARK: Events

  /// The partner blocks, unblocks or closes a balance.
  /// - Returns: why not.
  mutating func set(_ state: String, _ holder: Int) -> String? {
    if holders[holder].state == "CLOSED" { return "BALANCE_CLOSED" }
    if state == "CLOSED", holders[holder].funds != Funds() { return "BALANCE_NOT_EMPTY" }
    holders[holder].state = state
    return nil
  }

  /// Somebody looks whether a hold has run out.
  /// - Returns: whether it had.
  mutating func look(_ payment: Int, _ holder: Int) -> Bool {
    holders[holder].payments[payment].until <= day && release(payment, holder)
  }

  /// A hold comes to its end.
  /// - Returns: whether there was one.
  mutating func release(_ payment: Int, _ holder: Int) -> Bool {
    let before = holders[holder].payments[payment]
    guard before.isOpen, before.held > 0 else { return false }
    act(
      Deed(kind: .end, serial: 0, held: -before.held),
      payment,
      holder,
      state: before.state == "PARTIALLY_CLEARED" ? "CLEARED" : "EXPIRED"
    )
    return true
  }
}
