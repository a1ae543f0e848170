import Authorization
import JSON
import Ledger

/// A payment with what its record does not say itself.
struct PaymentRow {
  var record: AuthorizationRecord
  var customer: UserID?
  /// The business day of its first message.
  var day: NetworkDay?
  /// The business days of its entries, by their names.
  private var days: [NetworkDayID: BusinessDay] = [:]
  /// What happened to it; `nil` in lists, which only count.
  var entries: [PaymentEntry]?

  /// A payment of a view.
  /// - Parameters:
  ///   - record: the payment.
  ///   - view: where the rest of it stands.
  ///   - hasEntries: whether what happened to it is read too.
  /// - Throws: `LedgerError`.
  init(
    _ record: AuthorizationRecord,
    _ view: BooksView,
    hasEntries: Bool = false
  ) throws(LedgerError) {
    self.record = record
    if let balance = record.balance { customer = try view.owner(of: balance) }
    day = try view.networkDay(record.day)
    guard hasEntries else { return }
    var entries = try view.entries(of: record.id).filter { $0.number <= record.entryCount }
    if entries.first?.number != 0 { entries.insert(record.plainFirstEntry, at: 0) }
    self.entries = entries
    for entry in entries where days[entry.day] == nil {
      days[entry.day] = try view.networkDay(entry.day)?.day
    }
  }

  /// A payment as it stood behind an event.
  init(_ payment: LedgerEvent.Payment) {
    record = payment.record
    customer = payment.customer
    day = payment.day
  }

  /// Writes its members.
  func write(to writer: inout JSONWriter) {
    writer.member("id", record.id.text)
    writer.member("state", record.state.name)
    writer.member("actionCode", record.actionCode.text)
    writer.member("reason", record.reason?.name ?? "APPROVED")
    writer.member("failedChecks", each: record.failedChecks.reasons) { $0.value($1.name) }
    writer.member("flags", each: record.flags.names) { $0.value($1) }
    writer.member("cardId", record.card?.text)
    writer.member("balanceId", record.balance?.text)
    writer.member("customerId", customer?.text)
    writer.member(
      "programId",
      record.program == 0 ? nil : ProgramID(UInt64(record.program)).text
    )
    writer.member("depositBalanceId", record.deposit?.text)
    writer.amount("amount", record.amount)
    writer.member("held", record.held.minorUnits)
    writer.member("booked", record.booked.minorUnits)
    writer.member("expiresAt", record.held > .zero ? record.expires?.rfc3339 : nil)
    writer.member("approvalCode", record.approvalCode?.text)
    writer.member("kind", record.kind.paymentName)
    writer.member("maskedPan", record.number.masked.text)
    writeTrace(to: &writer)
    writer.member("localTime", localTime(record.key.localTime))
    writer.member("network", day?.network)
    writer.member("businessDay", day?.day.text)
    writer.member("decidedAt", record.decided.rfc3339)
    writer.member("entryCount", record.entryCount)
    guard let entries else { return }
    writer.member("entries", each: entries) { (writer, entry) in
      writer.object { $0.paymentEntry(entry, on: days[entry.day]) }
    }
  }

  private func writeTrace(to writer: inout JSONWriter) {
    let trace = record.trace
    writer.member("stan", digits(trace.stan, 12))
    writer.member("retrievalReference", optional(trace.retrievalReference.text))
    writer.member("terminal", optional(trace.terminal.text))
    writer.member("acquirer", trace.acquirer == 0 ? nil : String(trace.acquirer))
    writer.member("mcc", categoryText(trace.merchantCategory))
    writer.member("processingCode", processingCodeText(trace.processingCode))
  }

  /// DE 12 as written by the card acceptor, who says no time zone.
  private func localTime(_ time: LocalTime) -> String {
    let text = Array(digits(time.digits, 14))
    return "\(String(text[0..<4]))-\(String(text[4..<6]))-\(String(text[6..<8]))T"
      + "\(String(text[8..<10])):\(String(text[10..<12])):\(String(text[12..<14]))"
  }
}

private func optional(_ text: String) -> String? { text.isEmpty ? nil : text }

private func digits(_ number: UInt64, _ count: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
}

/// DE 26 as text; `nil` when absent.
func categoryText(_ category: UInt16) -> String? {
  category == 0 ? nil : digits(UInt64(category), 4)
}

/// DE 3 as text; `nil` when absent.
func processingCodeText(_ packed: UInt64) -> String? {
  let bytes = (0..<6).map { UInt8(truncatingIfNeeded: packed >> UInt64(40 - 8 * $0)) }
  guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
  return String(decoding: bytes, as: UTF8.self)
}

extension JSONWriter {
  /// Writes a member with an amount of money, or null.
  mutating func amount(_ name: StaticString, _ amount: Amount?) {
    guard let amount else {
      null(name)
      return
    }
    member(name) { writer in
      writer.member("amount", amount.minorUnits)
      writer.member("currency", amount.currency.code)
    }
  }

  /// Writes the members of an entry.
  mutating func paymentEntry(_ entry: PaymentEntry, on day: BusinessDay?) {
    let message = entry.message
    member("number", entry.number)
    member("kind", entry.kind.name)
    member("mti", message?.kind.messageType)
    member("actionCode", entry.actionCode.text)
    member("reason", entry.reason?.name ?? "APPROVED")
    amount("amount", entry.amount)
    amount("requested", message?.amount)
    amount("approved", entry.approved)
    member("heldChange", entry.heldChange.minorUnits)
    member("bookedChange", entry.bookedChange.minorUnits)
    member("held", entry.standing.held.minorUnits)
    member("booked", entry.standing.booked.minorUnits)
    member("state", entry.standing.state.name)
    member("flags", each: entry.flags.names) { $0.value($1) }
    member("expiresAt", entry.standing.held > .zero ? entry.expires?.rfc3339 : nil)
    member("undoes", entry.undoes)
    member("note", entry.note)
    member("businessDay", day?.text)
    member("at", entry.decided.rfc3339)
    member("stan", message.map { digits($0.stan, 12) })
    member("functionCode", message.map { digits(UInt64($0.functionCode), 3) })
    member(
      "reasonCode",
      message.flatMap { $0.reasonCode == 0 ? nil : digits(UInt64($0.reasonCode), 4) }
    )
  }
}
