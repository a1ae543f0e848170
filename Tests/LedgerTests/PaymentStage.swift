import Authorization
import Testing

@testable import Ledger

/// Plays sequences of steps on a ledger and on the model, each sequence on a balance of its own with two
/// cards, many at a time: first the first step of each, then the second of each, and so on.
final class PaymentStage {
  let fixture: LedgerFixture
  private let worlds: [TestWorld]
  private var model = PaymentModel()
  private var backing: [Int64] = []
  private(set) var sequences = 0
  private(set) var messages = 0
  private(set) var holdsEnded = 0

  /// Sequences that can be played at once.
  var width: Int { model.holders.count }
  /// How often each answer was given.
  var told: [String: Int] { model.told }

  struct Difference: Error, CustomStringConvertible {
    var description: String
  }

  /// How the programmes of a stage are backed; `usersEach` balances in each.
  enum Backing {
    case credit, deposit, scarceDeposit
    /// A fifth as many balances, without money, so that they can be closed.
    case penniless
  }

  /// Which of the worlds each holder belongs to, and its place there.
  private var homes: [(world: Int, place: Int)] = []
  /// What each user of a world has at first.
  private var funds: [Int64] = []

  init(
    _ fixture: LedgerFixture,
    _ backings: [Backing],
    usersEach: Int,
    funds: Int64
  ) async throws {
    self.fixture = fixture
    var worlds: [TestWorld] = []
    for (number, kind) in backings.enumerated() {
      let count = kind == .penniless ? max(1, usersEach / 5) : usersEach
      let users = Int64(count)
      let backing =
        switch kind {
        case .credit: users * funds
        case .deposit, .penniless: users * funds * 4
        case .scarceDeposit: users * funds / 60
        }
      let world = try await TestWorld(
        fixture,
        kind == .credit ? .credit : .deposit,
        leadingNine: 400_000_000 + number * 1_000,
        users: count,
        cardsEach: 2,
        backing: backing,
        funds: kind == .penniless ? 0 : funds,
        expiry: 9912,
        terms: Self.terms(kind)
      )
      worlds.append(world)
      if kind != .credit { model.deposits.append(PaymentModel.Funds(ledger: backing)) }
      self.backing.append(backing)
      self.funds.append(kind == .penniless ? 0 : funds)
      for place in 0..<count {
        homes.append((number, place))
        var holder = PaymentModel.Cardholder()
        holder.funds.ledger = kind == .penniless ? 0 : funds
        holder.mostCash = Self.terms(kind).cashBackLimit?.minorUnits
        holder.permitsSurcharge = Self.terms(kind).permitsSurcharge
        if kind != .credit { holder.deposit = model.deposits.count - 1 }
        model.holders.append(holder)
      }
    }
    self.worlds = worlds
    try await agree()
  }

  private static func terms(_ kind: Backing) -> ProgramTerms {
    switch kind {
    case .credit, .penniless: ProgramTerms()
    case .deposit: ProgramTerms(cashBackLimit: Money(2_000))
    case .scarceDeposit: ProgramTerms(cashBackLimit: .zero, permitsSurcharge: false)
    }
  }

  /// The merchants and the exchange rate that the model knows.
  private func agree() async throws {
    let euro = try #require(Currency(code: "EUR"))
    let dollar = try #require(Currency(code: "USD"))
    try await fixture.accept(
      .setMerchantGroup(
        MerchantGroup(
          name: "fuel",
          categories: [5541...5542],
          holdDays: 2,
          leastHold: Amount(minorUnits: 10_000, currency: euro)
        )
      )
    )
    try await fixture.accept(
      .setMerchantGroup(
        MerchantGroup(
          name: "cash",
          categories: [6010...6011],
          mostAmount: Amount(minorUnits: 6_000, currency: euro)
        )
      )
    )
    let rate = ExchangeRate(
      from: dollar,
      to: euro,
      rateMillionths: 920_000,
      markUpBasisPoints: 150,
      holdBufferBasisPoints: 300
    )
    try await fixture.accept(.setExchangeRate(try #require(rate)))
  }

  // MARK: Playing

  /// What the ledger has called the payments of each sequence.
  private var payments: [[AuthorizationID?]] = []
  private var approvals: [UInt64: String] = [:]

  /// Plays one sequence on each of the first cards.
  ///
  /// - Parameters:
  ///   - wave: the sequences.
  ///   - days: how many days go by before each step.
  /// - Throws: `Difference`, or what the ledger throws.
  func play(_ wave: [[PaymentStep]], days: [Int64] = []) async throws {
    precondition(wave.count <= width, "there are more sequences than cards")
    model.beginSequences()
    payments = Array(repeating: [], count: wave.count)
    approvals = [:]
    for step in 0..<(wave.map(\.count).max() ?? 0) {
      if step < days.count { advance(days: days[step]) }
      try await manage(wave, step)
      try await send(wave, step)
      try await release(wave, step)
      try await look(wave, step)
    }
    try await compare(wave)
    try await release(wave)
    try await sweep()
    sequences += wave.count
  }

  private func world(_ holder: Int) -> TestWorld { worlds[homes[holder].world] }
  private func place(_ holder: Int) -> Int { homes[holder].place }

  private func cardAddress(_ holder: Int, _ card: Int) -> CardAddress {
    world(holder).cardAddress(place(holder) * 2 + card)
  }

  /// What partners do to cards and balances.
  private func manage(_ wave: [[PaymentStep]], _ step: Int) async throws {
    var commands: [ManagementCommand] = []
    var refusals: [String?] = []
    for (holder, steps) in wave.enumerated() where step < steps.count {
      let balance = world(holder).balanceAddress(place(holder))
      switch steps[step] {
      case .lock(let card, let code):
        model.holders[holder].locks[card] = code
        let lock = try #require(LockCode(rawValue: UInt8(code)))
        commands.append(.lockCard(cardAddress(holder, card), lock, .inside))
        refusals.append(nil)
      case .unlock(let card):
        guard model.holders[holder].locks[card] != 0 else { continue }
        model.holders[holder].locks[card] = 0
        commands.append(.unlockCard(cardAddress(holder, card)))
        refusals.append(nil)
      case .block:
        commands.append(.setBalanceState(balance, .blocked))
        refusals.append(model.set("BLOCKED", holder))
      case .unblock:
        commands.append(.setBalanceState(balance, .active))
        refusals.append(model.set("ACTIVE", holder))
      case .close:
        commands.append(.setBalanceState(balance, .closed))
        refusals.append(model.set("CLOSED", holder))
      default: continue
      }
    }
    try await perform(commands, expecting: refusals)
  }

  /// Takes off what a sequence has left: locks and blocks.
  private func release(_ wave: [[PaymentStep]]) async throws {
    var commands: [ManagementCommand] = []
    for holder in wave.indices {
      for card in 0...1 where model.holders[holder].locks[card] != 0 {
        model.holders[holder].locks[card] = 0
        commands.append(.unlockCard(cardAddress(holder, card)))
      }
      if model.holders[holder].state == "BLOCKED", model.set("ACTIVE", holder) == nil {
        commands.append(
          .setBalanceState(world(holder).balanceAddress(place(holder)), .active)
        )
      }
    }
    try await perform(commands, expecting: commands.map { _ in nil })
  }

  private func perform(
    _ commands: [ManagementCommand],
    expecting refusals: [String?]
  ) async throws {
    for (outcome, expected) in zip(try await perform(commands), refusals) {
      var refusal: String?
      if case .refused(let why) = outcome { refusal = why.code }
      guard refusal == expected else {
        throw Difference(
          description: "a command: \(refusal ?? "accepted"), the model \(expected ?? "accepts it")"
        )
      }
    }
  }

  private func send(_ wave: [[PaymentStep]], _ step: Int) async throws {
    var sent: [(holder: Int, message: PaymentMessage)] = []
    var requests: [AuthorizationRequest] = []
    for (holder, steps) in wave.enumerated() where step < steps.count {
      guard case .message(let message) = steps[step] else { continue }
      sent.append((holder, message))
      requests.append(
        try message.request(
          world(holder).cards[place(holder) * 2 + message.card],
          approval: message.approvalOf.flatMap { approvals[$0] }
        )
      )
    }
    messages += sent.count
    // More than the queue takes would only wait.
    for start in stride(from: 0, to: requests.count, by: 8_192) {
      let part = start..<min(start + 8_192, requests.count)
      let outcomes = try await fixture.submit(Array(requests[part]))
      for (outcome, (holder, message)) in zip(outcomes, sent[part]) {
        if let code = outcome.approvalCode { approvals[message.serial] = code.text }
        try compare(outcome, message, holder, wave[holder], step)
      }
    }
  }

  private func release(_ wave: [[PaymentStep]], _ step: Int) async throws {
    var commands: [ManagementCommand] = []
    var expected: [Bool] = []
    for (holder, steps) in wave.enumerated() where step < steps.count {
      guard case .release = steps[step] else { continue }
      for (payment, id) in payments[holder].enumerated() {
        guard let id else { continue }
        commands.append(.releaseHold(id, because: "asked for by the merchant"))
        expected.append(model.release(payment, holder))
      }
    }
    for (outcome, expected) in zip(try await perform(commands), expected) {
      var isReleased = true
      if case .refused(.nothingHeld) = outcome { isReleased = false }
      guard isReleased == expected else {
        throw Difference(description: "a release by hand: \(outcome) instead of \(expected)")
      }
    }
  }

  private func advance(days: Int64) {
    fixture.clock.advance(days: days)
    model.day += days
  }

  private func look(_ wave: [[PaymentStep]], _ step: Int) async throws {
    var looked: [Int] = []
    var isEnd = false
    for (holder, steps) in wave.enumerated() where step < steps.count {
      switch steps[step] {
      case .look: break
      case .expire: isEnd = true
      default: continue
      }
      looked.append(holder)
    }
    // Longer than any hold of these tests lasts.
    if isEnd { advance(days: 40) }
    var ids: [AuthorizationID] = []
    var expected = 0
    for holder in looked {
      ids.append(contentsOf: payments[holder].compactMap { $0 })
      for payment in model.holders[holder].payments.indices
      where model.look(payment, holder) { expected += 1 }
    }
    let commands = stride(from: 0, to: ids.count, by: LedgerLimits.holdsPerCommand).map {
      let end = min($0 + LedgerLimits.holdsPerCommand, ids.count)
      return ManagementCommand.expireHolds(Array(ids[$0..<end]))
    }
    var ended = 0
    for outcome in try await perform(commands) {
      if case .expired(let count) = outcome { ended += count }
    }
    guard ended == expected else {
      throw Difference(description: "\(ended) holds ended instead of \(expected)")
    }
    holdsEnded += ended
  }

  /// Performs commands side by side; their outcomes in order.
  private func perform(_ commands: [ManagementCommand]) async throws -> [CommandOutcome] {
    let ledger = fixture.ledger
    var outcomes: [CommandOutcome] = []
    for start in stride(from: 0, to: commands.count, by: 1_024) {
      let part = Array(commands[start..<min(start + 1_024, commands.count)])
      let done = try await withThrowingTaskGroup(of: (Int, CommandOutcome).self) { group in
        for (number, command) in part.enumerated() {
          group.addTask { (number, try await ledger.perform(command)) }
        }
        var done: [(Int, CommandOutcome)] = []
        for try await outcome in group { done.append(outcome) }
        return done
      }
      outcomes += done.sorted { $0.0 < $1.0 }.map(\.1)
    }
    return outcomes
  }

  // MARK: Comparing

  private func compare(
    _ outcome: AuthorizationOutcome,
    _ message: PaymentMessage,
    _ holder: Int,
    _ steps: [PaymentStep],
    _ step: Int
  ) throws {
    let (expected, origin) = model.receive(message, for: holder)
    var actual = PaymentModel.Answer(code: outcome.actionCode.text)
    actual.reason = outcome.reason?.name ?? ""
    actual.approves = outcome.approvalCode != nil
    actual.approved = outcome.amendment?.approved?.minorUnits
    if let balances = outcome.amendment?.balances {
      actual.balances = [balances.ledger.minorUnits, balances.available.minorUnits]
    }
    if let id = outcome.authorization {
      if let place = payments[holder].firstIndex(of: id) {
        actual.payment = place
      } else {
        actual.payment = payments[holder].count
        payments[holder].append(id)
      }
    }
    guard actual == expected, "\(outcome.origin)" == origin else {
      throw Difference(
        description: "step \(step) of \(Self.text(steps)): the ledger answers \(actual) "
          + "(\(outcome.origin)), the model \(expected) (\(origin))"
      )
    }
  }

  private struct Found {
    var records: [[AuthorizationRecord?]] = []
    var users: [AccountRecord?] = []
  }

  /// Every payment, balance and deposit must be the model's.
  private func compare(_ wave: [[PaymentStep]]) async throws {
    let payments = payments
    let balances = wave.indices.map { world($0).balances[place($0)] }
    let found = try await fixture.ledger.read { (view) throws(LedgerError) -> Found in
      var found = Found()
      for ids in payments {
        var records: [AuthorizationRecord?] = []
        for id in ids {
          guard let id else { continue }
          records.append(try view.authorization(id))
        }
        found.records.append(records)
      }
      for balance in balances { found.users.append(try view.balance(balance)) }
      return found
    }
    for (holder, steps) in wave.enumerated() {
      let expected = model.holders[holder]
      guard found.records[holder].count == expected.payments.count else {
        throw Difference(
          description: "\(Self.text(steps)): \(found.records[holder].count) payments instead of "
            + "\(expected.payments.count)"
        )
      }
      for (record, payment) in zip(found.records[holder], expected.payments) {
        let shown: Set<String> = [
          "FORCE_POST", "OVER_CLEARED", "PARTIALLY_APPROVED", "UNMATCHED", "CREDIT",
        ]
        let flags = Set(record?.flags.names ?? []).intersection(shown)
        guard let record, record.state.name == payment.state,
          record.held.minorUnits == payment.held, record.booked.minorUnits == payment.booked,
          flags == payment.flags, record.held >= .zero
        else {
          throw Difference(
            description: "\(Self.text(steps)): the ledger has \(record?.state.name ?? "nothing") "
              + "\(record?.held.minorUnits ?? 0) held \(record?.booked.minorUnits ?? 0) booked "
              + "\(flags.sorted()), the model \(payment.state) \(payment.held) held "
              + "\(payment.booked) booked \(payment.flags.sorted())"
          )
        }
      }
      guard found.users[holder]?.ledger.minorUnits == expected.funds.ledger,
        found.users[holder]?.held.minorUnits == expected.funds.held,
        found.users[holder]?.state.name == expected.state
      else {
        let ledger = found.users[holder]?.ledger.minorUnits ?? 0
        let held = found.users[holder]?.held.minorUnits ?? 0
        throw Difference(
          description: "\(Self.text(steps)): the balance has \(ledger) booked and \(held) held, "
            + "the model \(expected.funds) and \(expected.state)"
        )
      }
    }
    try await compareDeposits()
  }

  private func compareDeposits() async throws {
    var deposits = model.deposits[...]
    for world in worlds where world.funding == .deposit {
      guard let expected = deposits.popFirst() else { return }
      let record = try await fixture.partnerBalance(world.partner, .deposit, world.currency)
      guard record.ledger.minorUnits == expected.ledger, record.held.minorUnits == expected.held
      else {
        throw Difference(
          description: "the deposit has \(record.ledger.minorUnits) booked and "
            + "\(record.held.minorUnits) held, the model \(expected)"
        )
      }
    }
    let totals = try await fixture.ledger.read { (view) throws(LedgerError) in try view.totals() }
    let sum = totals.reduce(Int64(0)) { $0 + $1.ledger.minorUnits }
    guard sum == 0 else { throw Difference(description: "the accounts add up to \(sum)") }
  }

  /// Ends every hold that is left, as the daemon's search for them does.
  private func sweep() async throws {
    var expected = 0
    advance(days: 40)
    for holder in model.holders.indices {
      for payment in model.holders[holder].payments.indices
      where model.look(payment, holder) { expected += 1 }
    }
    let ended = try await fixture.ledger.endExpiredHolds(seesEverything: true)
    guard ended == expected else {
      throw Difference(description: "a sweep ended \(ended) holds instead of \(expected)")
    }
    holdsEnded += ended
    for holder in model.holders.indices where model.holders[holder].funds.held != 0 {
      throw Difference(description: "\(model.holders[holder].funds) when every hold has ended")
    }
    try await compareDeposits()
  }

  /// Brings users and deposits back to what they had at first, where they have less than half.
  func refill() async throws {
    var backings: [ManagementCommand] = []
    var reloads: [ManagementCommand] = []
    for holder in model.holders.indices {
      let usual = funds[homes[holder].world]
      let missing = usual - model.holders[holder].funds.ledger
      guard missing > usual / 2, model.holders[holder].state != "CLOSED" else { continue }
      model.holders[holder].funds.ledger += missing
      let world = world(holder)
      if world.funding == .credit {
        backings.append(
          .reloadPartnerBalance(
            world.partner,
            .credit,
            try world.amount(missing),
            bankReference: "refill-\(sequences)-\(holder)"
          )
        )
      }
      reloads.append(
        .reloadBalance(
          world.balanceAddress(place(holder)),
          try world.amount(missing),
          reference: "refill"
        )
      )
    }
    var deposit = 0
    for (number, world) in worlds.enumerated() where world.funding == .deposit {
      let missing = backing[number] - model.deposits[deposit].ledger
      if missing > 0 {
        model.deposits[deposit].ledger += missing
        backings.append(
          .reloadPartnerBalance(
            world.partner,
            .deposit,
            try world.amount(missing),
            bankReference: "refill-\(sequences)"
          )
        )
      }
      deposit += 1
    }
    for commands in [backings, reloads] {
      for outcome in try await perform(commands) {
        if case .refused(let refusal) = outcome { throw Difference(description: "\(refusal)") }
      }
    }
  }

  // MARK: Words

  /// A sequence as a person reads it.
  static func text(_ steps: [PaymentStep]) -> String {
    let words = steps.map { step in
      guard case .message(let message) = step else { return "\(step)" }
      var text =
        "#\(message.serial) \(message.kind)/\(message.ask) \(message.function) \(message.amount)"
      if message.currency != "EUR" { text += message.currency }
      if let billing = message.billing { text += " DE6 \(billing)" }
      if message.card != 0 { text += " card \(message.card)" }
      if let cash = message.cashBack { text += " cash \(cash)" }
      if let surcharge = message.surcharge { text += " plus \(surcharge)" }
      if let surcharge = message.includedSurcharge { text += " including \(surcharge)" }
      if let currency = message.feeCurrency { text += " in \(currency)" }
      if let other = message.other { text += " DE30 \(other)" }
      if let original = message.original {
        text += " DE56 \(original.serial)\(original.isLoose ? "~" : "")"
      }
      if !message.reference.isEmpty { text += " DE37" }
      if message.life != 0 { text += " DE21" }
      if let approval = message.approvalOf { text += " DE38 of \(approval)" }
      if let advised = message.advised { text += " DE39 \(advised)" }
      if message.category != 5411 { text += " MCC \(message.category)" }
      if message.content != message.serial { text += " other content" }
      return text
    }
    return "[" + words.joined(separator: "; ") + "]"
  }
}
