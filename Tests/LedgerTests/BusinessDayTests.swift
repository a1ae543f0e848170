import Authorization
import Foundation
import Telemetry
import Testing

@testable import Ledger

/// Business days and what counts on them (row A-007).
struct BusinessDayTests {
  private let time: UInt64 = 20_260_615_120_000

  private func message(
    _ serial: UInt64,
    _ kind: AuthorizationRequest.Kind,
    _ ask: PaymentMessage.Ask,
    _ function: UInt16,
    _ amount: Int64,
    of original: PaymentMessage? = nil
  ) -> PaymentMessage {
    var message = PaymentMessage(serial, kind, ask, function, amount, time: time + serial)
    message.original = original?.naming
    return message
  }

  private func cutOver(_ trace: UInt64, _ digits: UInt64? = nil) throws -> CutOver {
    CutOver(
      day: try digits.map { try #require(BusinessDay(digits: $0)) },
      trace: trace,
      localTime: time + trace
    )
  }

  @Test func `each booking and each refusal counts once`() async throws {
    let fixture = try LedgerFixture(network: "one")
    let world = try await TestWorld(fixture, .deposit, backing: 90_000, funds: 10_000)
    let hold = message(1, .hold, .purchase, 100, 1_000)
    let cash = message(2, .debit, .purchase, 200, 300)
    let refund = message(5, .debit, .credit, 200, 250)
    let messages = [
      hold, cash,
      message(3, .clearing, .clearing, 201, 900, of: hold),
      message(4, .reversalAdvice, .reversal, 400, 300, of: cash),
      refund,
      message(6, .reversalAdvice, .reversal, 400, 250, of: refund),
      message(7, .hold, .purchase, 100, 999_999),
      message(8, .hold, .inquiry, 100, 0),
      // A reversal that finds nothing counts nowhere.
      message(9, .reversalAdvice, .reversal, 400, 10, of: message(57, .hold, .purchase, 100, 1)),
    ]
    for message in messages {
      try await fixture.submit(message.request(world.cards[0], approval: nil))
    }
    let totals = try #require(
      try await fixture.dayTotals(of: "one", on: nil, world.currency)
    )
    func tally(_ count: UInt64, _ amount: Int64) -> DayTotals.Tally {
      DayTotals.Tally(count: count, amount: Money(amount))
    }
    #expect(totals.authorizations == tally(1, 1_000))
    #expect(totals.debits == tally(2, 1_200))
    #expect(totals.debitReversals == tally(1, 300))
    #expect(totals.credits == tally(1, 250))
    #expect(totals.creditReversals == tally(1, 250))
    #expect(totals.declines == tally(1, 999_999))
    #expect(totals.net == Money(900))
    try await fixture.expectConsistent()
  }

  @Test(arguments: [JournalKind.lmdb, .log])
  func `what comes behind a cut-over changes nothing on the day before`(
    kind: JournalKind
  ) async throws {
    let fixture = try LedgerFixture(journal: kind, network: "one")
    let world = try await TestWorld(fixture, .deposit, backing: 90_000, funds: 10_000)
    let card = world.cards[0]
    let hold = message(1, .hold, .purchase, 100, 1_000)
    let cash = message(2, .debit, .purchase, 200, 300)
    try await fixture.submit([
      hold.request(card, approval: nil), cash.request(card, approval: nil),
    ])
    let first = try #require(try await fixture.dayTotals(of: "one", on: nil, world.currency))
    let today = fixture.ledger.businessDay(of: "one")
    #expect(today.text == "2026-06-15")

    #expect(try await fixture.cutOver(cutOver(1), of: "one") == .networkManagementAccepted)
    #expect(fixture.ledger.businessDay(of: "one").text == "2026-06-16")
    try fixture.restart()
    #expect(fixture.ledger.businessDay(of: "one").text == "2026-06-16")
    // The same cut-over once more, and a day that cannot be, move nothing.
    #expect(try await fixture.cutOver(cutOver(1), of: "one") == .networkManagementAccepted)
    #expect(try await fixture.cutOver(cutOver(2, 20_260_601), of: "one") == .messageError)
    #expect(fixture.ledger.businessDay(of: "one").text == "2026-06-16")

    try await fixture.submit([
      message(3, .clearing, .clearing, 201, 900, of: hold).request(card, approval: nil),
      message(4, .reversalAdvice, .reversal, 400, 300, of: cash).request(card, approval: nil),
    ])
    #expect(try await fixture.dayTotals(of: "one", on: today, world.currency) == first)
    let second = try #require(try await fixture.dayTotals(of: "one", on: nil, world.currency))
    #expect(second.debits.amount == Money(900))
    #expect(second.debitReversals.amount == Money(300))
    let days = try await fixture.ledger.read { (view) throws(LedgerError) in
      try view.dayTotals(on: today, of: nil)
    }
    #expect(days.map(\.ended) == [try #require(days.first).ended])
    #expect(days.first?.ended != nil)
    // The payment began on the first day, its clearing counts on the second.
    let payment = try await fixture.ledger.read { (view) throws(LedgerError) in
      (
        try view.authorization(AuthorizationID(1))?.day,
        try view.entries(of: AuthorizationID(1)).last?.day
      )
    }
    #expect(payment.0 == NetworkDayID(1))
    #expect(payment.1 == NetworkDayID(2))
    try await fixture.expectConsistent()
  }

  @Test func `before the first cut-over a day ends at midnight`() async throws {
    let fixture = try LedgerFixture(network: "one")
    let world = try await TestWorld(fixture, .credit, backing: 90_000, funds: 10_000)
    try await fixture.authorize(world.cards[0], try world.amount(10), kind: .debit)
    fixture.clock.advance(days: 1)
    #expect(fixture.ledger.businessDay(of: "one").text == "2026-06-16")
    try await fixture.authorize(world.cards[0], try world.amount(20), kind: .debit)
    // A cut-over that names the present day settles it: from here on midnight changes nothing.
    #expect(
      try await fixture.cutOver(cutOver(1, 20_260_616), of: "one") == .networkManagementAccepted
    )
    fixture.clock.advance(days: 2)
    try await fixture.authorize(world.cards[0], try world.amount(40), kind: .debit)
    #expect(fixture.ledger.businessDay(of: "one").text == "2026-06-16")
    for (digits, amount) in [(20_260_615, 10), (20_260_616, 60)] as [(UInt64, Int64)] {
      let totals = try await fixture.dayTotals(
        of: "one",
        on: BusinessDay(digits: digits),
        world.currency
      )
      #expect(totals?.debits.amount == Money(amount))
    }
    try await fixture.expectConsistent()
  }

  @Test func `networks have days of their own`() async throws {
    let fixture = try LedgerFixture()
    let (one, two) = (
      fixture.ledger.register(network: "one"), fixture.ledger.register(network: "two")
    )
    #expect(fixture.ledger.register(network: "one") == one)
    #expect(one != two)
    let world = try await TestWorld(fixture, .credit, backing: 90_000, funds: 10_000)
    #expect(try await fixture.cutOver(cutOver(1), of: "one") == .networkManagementAccepted)
    for network in [one, two, .none] {
      var request = try world.cards[0].request(
        fixture.nextSerial(),
        try world.amount(10),
        kind: .debit
      )
      request.network = network
      try await fixture.submit(request)
    }
    #expect(fixture.ledger.businessDay(of: "one").text == "2026-06-16")
    #expect(fixture.ledger.businessDay(of: "two").text == "2026-06-15")
    let totals = try await fixture.ledger.read { (view) throws(LedgerError) in
      try view.dayTotals(on: nil, of: nil)
    }
    #expect(totals.map(\.day.network) == ["one", "two"])
    #expect(totals.map(\.totals.first?.totals.debits.count) == [1, 1])
    try await fixture.expectConsistent()
  }

  @Test func `a cut-over keeps its place among the requests`() throws {
    let queue = CommandQueue()
    let card = try TestCard(1)
    let euro = try #require(Currency(code: "EUR"))
    let amount = try #require(Amount(minorUnits: 1, currency: euro))
    func request(_ ticket: UInt64) throws {
      let isQueued = queue.submit(
        QueuedAuthorization(
          request: try card.request(ticket, amount),
          inbox: InboxID(index: 0),
          ticket: ticket,
          deadline: .now(),
          queued: .now()
        )
      )
      #expect(isQueued)
    }
    func cutOver(_ ticket: UInt64) {
      let cutOver = CutOver(day: nil, trace: ticket, localTime: 0)
      let isQueued = queue.submit(
        QueuedCutOver(cutOver, of: NetworkID(1), to: InboxID(index: 0), ticket: ticket)
      )
      #expect(isQueued)
    }
    var requests: [QueuedAuthorization] = []
    var cutOvers: [QueuedCutOver] = []
    var commands: [QueuedCommand] = []
    func take() -> [Int] {
      #expect(queue.take(&requests, &cutOvers, &commands, takesCommands: true))
      return cutOvers.map(\.requestsBefore)
    }
    cutOver(1)
    #expect(take() == [0])
    #expect(requests.isEmpty)
    for ticket in 0..<3 { try request(UInt64(ticket)) }
    cutOver(2)
    try request(9)
    #expect(take() == [3])
    #expect(requests.map(\.ticket) == [0, 1, 2, 9])
    // One batch ends between the requests before it.
    let most = LedgerLimits.batchAuthorizations
    for ticket in 0..<most + 5 { try request(UInt64(ticket)) }
    cutOver(3)
    cutOver(4)
    #expect(take() == [])
    #expect(requests.count == most)
    #expect(take() == [5, 5])
    #expect(requests.count == 5)
    // There is a bound.
    for number in 0..<LedgerLimits.queuedCutOvers { cutOver(UInt64(number)) }
    let tooMany = QueuedCutOver(
      CutOver(day: nil, trace: 0, localTime: 0),
      of: NetworkID(1),
      to: InboxID(index: 0),
      ticket: 0
    )
    let isQueued = queue.submit(tooMany)
    #expect(!isQueued)
  }

  /// What a simple model says a network's day is and what counts on it.
  private struct Model {
    var day: [String: BusinessDay] = [:]
    var isCutOver: Set<String> = []
    var debits: [String: Int64] = [:]

    mutating func present(_ network: String, _ calendar: BusinessDay) -> BusinessDay {
      if !isCutOver.contains(network) { day[network] = calendar }
      return day[network] ?? calendar
    }
  }

  @Test func `random days are those of the model, live and rebuilt from the journal`() async throws
  {
    let seed: UInt64 = 20_261_122
    print("seed \(seed)")
    var random = SeededRandom(seed: seed)
    let path = LedgerFixture.newPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    var model = Model()
    var euro: Currency?
    do {
      let fixture = try LedgerFixture(path: path)
      let world = try await TestWorld(fixture, .deposit, backing: 9_000_000, funds: 9_000_000)
      euro = world.currency
      var trace: UInt64 = 0
      for _ in 0..<400 {
        let network = ["one", "two", "three"][Int.random(in: 0..<3, using: &random)]
        let id = fixture.ledger.register(network: network)
        let calendar = BusinessDay(of: fixture.ledger.now)
        let present = model.present(network, calendar)
        switch Int.random(in: 0..<20, using: &random) {
        case 0: fixture.clock.advance(days: 1)
        case 1: try fixture.restart()
        case 2...4:
          trace += 1
          let jump = Int64.random(in: -2...33, using: &random)
          let named = Bool.random(using: &random) ? nil : present.advanced(byDays: jump)
          let next = named ?? present.advanced(byDays: 1)
          let isPossible = next >= present && next <= calendar.advanced(byDays: 31)
          let code = try await fixture.cutOver(
            CutOver(day: named, trace: trace, localTime: time),
            of: network
          )
          #expect(code == (isPossible ? .networkManagementAccepted : .messageError))
          if isPossible {
            model.day[network] = next
            model.isCutOver.insert(network)
          }
        default:
          let amount = Int64.random(in: 1...100, using: &random)
          var request = try world.cards[0].request(
            fixture.nextSerial(),
            try world.amount(amount),
            kind: .debit
          )
          request.network = id
          #expect(try await fixture.submit(request).reason == nil)
          model.debits["\(network) \(present.text)", default: 0] += amount
        }
        #expect(
          fixture.ledger.businessDay(of: network)
            == model.present(network, BusinessDay(of: fixture.ledger.now))
        )
      }
      try await fixture.expectConsistent()
    }
    func debits() throws -> [String: Int64] {
      let ledger = try LedgerFixture.open(path)
      defer { ledger.stop() }
      return try ledger.glance { (books) throws(LedgerError) in
        var found: [String: Int64] = [:]
        let names = ["one", "two", "three"]
        let view = BooksView(books: NewestBooks(posted: books, newest: nil))
        for day in Set(model.debits.keys.compactMap { BusinessDay(text: $0.suffix(10)) }) {
          for network in names {
            for report in try view.dayTotals(on: day, of: network) {
              for total in report.totals where total.totals.debits.count > 0 {
                found["\(network) \(day.text)"] = total.totals.debits.amount.minorUnits
              }
            }
          }
        }
        return found
      }
    }
    #expect(euro != nil)
    #expect(try debits() == model.debits)
    let live = try BooksDump(path: path)
    try FileManager.default.removeItem(atPath: path + "/books")
    #expect(try debits() == model.debits)
    #expect(try BooksDump(path: path).firstDifference(live) == nil)
  }
}

extension BusinessDay {
  /// A day from ISO 8601.
  fileprivate init?(text: some StringProtocol) {
    guard let digits = UInt64(String(text.filter { $0 != "-" })) else { return nil }
    self.init(digits: digits)
  }
}
