public import Authorization

/// Names totals: what one network asked on one of its business days, in one currency.
struct DayTotalsKey: Hashable, Comparable, Sendable {
  let day: NetworkDayID
  let currency: Currency

  var storedBytes: [UInt8] {
    day.storedBytes
      + [UInt8(currency.number >> 8), UInt8(truncatingIfNeeded: currency.number)]
  }

  init(day: NetworkDayID, currency: Currency) {
    self.day = day
    self.currency = currency
  }

  init(stored bytes: UnsafeRawBufferPointer) throws(LedgerError) {
    guard bytes.count == 4,
      let currency = Currency(number: UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
    else { throw .damaged("stored totals of a day have no valid key") }
    self.init(
      day: NetworkDayID(UInt16(bytes[0]) << 8 | UInt16(bytes[1])),
      currency: currency
    )
  }

  static func < (left: DayTotalsKey, right: DayTotalsKey) -> Bool {
    (left.day.number, left.currency.number) < (right.day.number, right.currency.number)
  }
}

/// The totals of a business day for reconciliation (rows; DE 74 counts the same): each
/// booking and each refusal counts once, on the day on which its message was decided.
///
/// Amounts are in the currency of the balances, and never negative; one that has reached the largest
/// number stays there.
///
/// ```
///  0 authorizations    16  number 8, amount 8
/// 16 declines          16
/// 32 debits            16
/// 48 debit reversals   16
/// 64 credits           16
/// 80 credit reversals  16
/// ```
public struct DayTotals: Hashable, Sendable {
  /// How many, and how much.
  public struct Tally: Hashable, Sendable {
    /// How many.
    public private(set) var count: UInt64 = 0
    /// How much together.
    public private(set) var amount: Money = .zero

    /// None.
    public init() {}

    init(count: UInt64, amount: Money) {
      self.count = count
      self.amount = amount
    }

    /// Counts one more.
    @inline(__always)
    mutating func add(_ money: Money) {
      count &+= 1
      let (sum, isTooLarge) = amount.minorUnits.addingReportingOverflow(money.minorUnits)
      amount = isTooLarge ? Money(.max) : Money(sum)
    }
  }

  /// First messages that made a hold.
  public internal(set) var authorizations = Tally()
  /// First messages that were refused; the amount is what they asked.
  public internal(set) var declines = Tally()
  /// Bookings that users paid: single messages, completions and presentments.
  public internal(set) var debits = Tally()
  /// Bookings of that kind that were undone, in full or in part.
  public internal(set) var debitReversals = Tally()
  /// Bookings that users were credited.
  public internal(set) var credits = Tally()
  /// Bookings of that kind that were undone.
  public internal(set) var creditReversals = Tally()

  /// What the day adds to what is owed to the network; below zero it owes.
  public var net: Money {
    Money(
      debits.amount.minorUnits &- debitReversals.amount.minorUnits
        &- credits.amount.minorUnits &+ creditReversals.amount.minorUnits
    )
  }

  init() {}

  /// Counts the first message of a payment.
  @inline(__always)
  mutating func add(_ record: AuthorizationRecord) {
    if record.state == .declined {
      declines.add(record.amount.money)
    } else if record.held > .zero {
      authorizations.add(record.held)
    }
    if record.booked != .zero { book(record.booked, isUndone: false) }
  }

  /// Counts what a later message booked.
  mutating func add(_ entry: PaymentEntry) {
    guard entry.bookedChange != .zero else { return }
    let isUndone = entry.kind == .reversal || entry.kind == .partialReversal
    book(entry.bookedChange, isUndone: isUndone)
  }

  private mutating func book(_ money: Money, isUndone: Bool) {
    switch (money > .zero, isUndone) {
    case (true, false): debits.add(money)
    case (false, false): credits.add(-money)
    case (false, true): debitReversals.add(-money)
    case (true, true): creditReversals.add(money)
    }
  }
}

extension DayTotals: FixedRecord {
  static let byteCount = 96

  init(_ bytes: FieldReader) throws(LedgerError) {
    authorizations = try Self.tally(bytes, at: 0)
    declines = try Self.tally(bytes, at: 16)
    debits = try Self.tally(bytes, at: 32)
    debitReversals = try Self.tally(bytes, at: 48)
    credits = try Self.tally(bytes, at: 64)
    creditReversals = try Self.tally(bytes, at: 80)
  }

  func store(_ bytes: FieldWriter) {
    let tallies = [authorizations, declines, debits, debitReversals, credits, creditReversals]
    for (position, tally) in tallies.enumerated() {
      bytes.integer(position * 16, tally.count)
      bytes.integer(position * 16 + 8, tally.amount.minorUnits)
    }
  }

  private static func tally(_ bytes: FieldReader, at offset: Int) throws(LedgerError) -> Tally {
    let amount = Money(bytes.integer(offset + 8))
    return Tally(
      count: bytes.integer(offset),
      amount: try storedCase(amount < .zero ? nil : amount, "total of a day")
    )
  }
}
