import Authorization

/// Adds up the business days of the journal once more, by other code than the one that posts, and
/// compares them with the maintained totals.
struct DayProver {
  private struct Key: Hashable {
    var day: UInt16
    var currency: Currency
  }

  /// The number of a kind of message and its sum; wrong sums are told, so nothing traps.
  private struct Sum: Equatable {
    var count: UInt64 = 0
    var minorUnits: Int64 = 0

    mutating func add(_ amount: Int64) {
      count &+= 1
      let (sum, isTooLarge) = minorUnits.addingReportingOverflow(amount)
      minorUnits = isTooLarge ? .max : sum
    }
  }

  private enum Column: CaseIterable {
    case authorizations, declines, debits, debitReversals, credits, creditReversals
  }

  private var days: [UInt16: NetworkDay] = [:]
  /// The newest day of each network.
  private var present: [String: NetworkDay] = [:]
  private var sums: [Key: [Column: Sum]] = [:]
  private var differences: [String] = []

  /// A day begins, or is settled by a cut-over.
  mutating func add(_ day: NetworkDay) {
    let name = "business day \(day.id.number) of network \(day.network)"
    if let before = present[day.network] {
      if day.day < before.day { differences.append("\(name) goes back") }
      if before.cutOver != nil, day.cutOver == nil {
        differences.append("\(name) was begun by the calendar after a cut-over")
      }
    }
    if let known = days[day.id.number] {
      if known.network != day.network || known.day != day.day || known.began != day.began {
        differences.append("\(name) has begun twice")
      }
    } else if Int(day.id.number) != days.count + 1 {
      differences.append("\(name) does not follow the one before it")
    }
    days[day.id.number] = day
    present[day.network] = day
  }

  /// The first message of a payment.
  mutating func add(_ record: AuthorizationRecord) {
    let name = "authorization \(record.id)"
    let currency = record.amount.currency
    if record.state == .declined {
      count(name, record.day, currency, .declines, record.amount.minorUnits)
    } else if record.held.minorUnits > 0 {
      count(name, record.day, currency, .authorizations, record.held.minorUnits)
    } else {
      count(name, record.day, currency, nil, 0)
    }
    let booked = record.booked.minorUnits
    if booked > 0 { count(name, record.day, currency, .debits, booked) }
    if booked < 0 { count(name, record.day, currency, .credits, 0 &- booked) }
  }

  /// What a later message booked.
  mutating func add(_ entry: PaymentEntry) {
    let booked = entry.bookedChange.minorUnits
    guard booked != 0 else { return }
    let column: Column =
      switch entry.kind {
      case .reversal, .partialReversal: booked < 0 ? .debitReversals : .creditReversals
      default: booked < 0 ? .credits : .debits
      }
    count(
      "entry \(entry.number) of authorization \(entry.payment)",
      entry.day,
      entry.amount.currency,
      column,
      booked < 0 ? 0 &- booked : booked
    )
  }

  private mutating func count(
    _ name: String,
    _ day: NetworkDayID,
    _ currency: Currency,
    _ column: Column?,
    _ minorUnits: Int64
  ) {
    if day != .none {
      guard let begun = days[day.number] else {
        differences.append("\(name) counts on a business day that has not begun")
        return
      }
      if present[begun.network]?.id != day {
        differences.append("\(name) counts on a business day that has ended")
      }
    }
    let key = Key(day: day.number, currency: currency)
    // A message that counts nowhere, such as an inquiry, makes totals all the same.
    if sums[key] == nil { sums[key] = [:] }
    if let column { sums[key]?[column, default: Sum()].add(minorUnits) }
  }

  /// What differs from the books; `settled` is what the journal gives for the settlement accounts.
  func differences(
    _ books: BooksAccess,
    settled: (Currency) -> Int64
  ) throws(LedgerError) -> [String] {
    var found = differences
    var stored = 0
    var nets: [Currency: Int64] = [:]
    let (days, sums) = (days, sums)
    try books.access.walk(books.schema.networkDays, from: .first) {
      (_, value) throws(LedgerError) in
      let day = try NetworkDay(stored: value)
      stored += 1
      if days[day.id.number] != day {
        found.append("business day \(day.id.number) is not what the journal gives")
      }
      return true
    }
    if stored != days.count {
      found.append("the books have \(stored) business days, the journal gives \(days.count)")
    }
    stored = 0
    try books.access.walk(books.schema.dayTotals, from: .first) {
      (key, value) throws(LedgerError) in
      let key = try DayTotalsKey(stored: key)
      let name = "the totals of business day \(key.day.number) in \(key.currency)"
      stored += 1
      let totals: DayTotals
      do throws(LedgerError) { totals = try DayTotals(stored: value) } catch .damaged(let what) {
        found.append("\(name): \(what)")
        return true
      }
      guard let expected = sums[Key(day: key.day.number, currency: key.currency)] else {
        found.append("\(name) are in no journal entry")
        return true
      }
      for (column, tally) in Self.columns(totals)
      where expected[column] ?? Sum()
        != Sum(count: tally.count, minorUnits: tally.amount.minorUnits)
      {
        found.append(
          "\(name) have \(tally.count) \(column) of \(tally.amount.minorUnits); the journal gives "
            + "\(expected[column]?.count ?? 0) of \(expected[column]?.minorUnits ?? 0)"
        )
      }
      nets[key.currency, default: 0] &+= totals.net.minorUnits
      return true
    }
    if stored != sums.count {
      found.append("the books have \(stored) totals of days, the journal gives \(sums.count)")
    }
    for (currency, net) in nets where net != settled(currency) {
      found.append(
        "the business days add up to \(net) in \(currency), \(settled(currency)) is settled"
      )
    }
    return found
  }

  private static func columns(_ totals: DayTotals) -> [(Column, DayTotals.Tally)] {
    [
      (.authorizations, totals.authorizations), (.declines, totals.declines),
      (.debits, totals.debits), (.debitReversals, totals.debitReversals),
      (.credits, totals.credits), (.creditReversals, totals.creditReversals),
    ]
  }
}
