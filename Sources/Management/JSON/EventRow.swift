import Authorization
import JSON
import Ledger

/// An event as callers get it.
struct EventRow {
  let event: LedgerEvent

  /// Writes its members.
  func write(to writer: inout JSONWriter) {
    writer.member("id", event.id.text)
    writer.member("type", event.type.rawValue)
    writer.member("seq", event.number)
    writer.member("createdAt", event.time.rfc3339)
    writer.member("data") { writeData(to: &$0) }
  }

  private func writeData(to writer: inout JSONWriter) {
    switch event.subject {
    case .payment(let payment):
      writer.member("partnerId", event.partner?.text)
      PaymentRow(payment).write(to: &writer)
      if let entry = payment.entry {
        writer.member("entry") { $0.paymentEntry(entry, on: payment.entryDay) }
      } else {
        writer.null("entry")
      }
    case .card(let card, let detail):
      writer.member("partnerId", event.partner?.text)
      writer.card(card, detail)
    case .customer(let record):
      writer.customer(record)
    case .account(let id, let record, let change):
      writeAccount(id, record, change, to: &writer)
    }
  }

  /// What stands on a balance is not told: other events change it, and an event never changes.
  private func writeAccount(
    _ id: AccountID,
    _ record: AccountRecord,
    _ change: LedgerEvent.AccountChange,
    to writer: inout JSONWriter
  ) {
    if record.kind == .user {
      writer.member("id", BalanceID(id.number).text)
      writer.member("partnerId", event.partner?.text)
      writer.member("customerId", UserID(record.owner).text)
      writer.member("programId", ProgramID(UInt64(record.program)).text)
    } else {
      writer.member("id", PartnerBalanceID(id.number).text)
      writer.member("partnerId", event.partner?.text)
      writer.member("kind", record.kind.name)
    }
    writer.member("currency", record.currency.code)
    switch change {
    case .opened:
      writer.member("change", "OPENED")
      writer.member("state", BalanceState.active.name)
    case .state(let state):
      writer.member("change", "STATE")
      writer.member("state", state.name)
    case .reloaded(let amount, let source, let reference):
      writer.member("change", "RELOADED")
      writer.amount("amount", amount)
      let isPartners = source.kind == .deposit || source.kind == .credit
      writer.member("fromBalanceId", isPartners ? PartnerBalanceID(source.number).text : nil)
      writer.member("reference", reference)
    }
  }
}
