import Authorization
import ISO8583
import Simulator

/// Makes purchases fast: one composed message for each card, of which only trace number, reference
/// and amount change.
struct Till: Sendable {
  private struct Template: Sendable {
    let bytes: [UInt8]
    let trace: Int
    let reference: Int
    /// Where the last six bytes of DE 4 begin, its twelve digits.
    let amount: Int

    init(_ message: Message) throws {
      let bytes = try message.packed()
      let layout = try MessageLayout(parsing: bytes.span.bytes)
      guard let trace = layout.contentRange(.stan),
        let reference = layout.contentRange(.retrievalReference),
        let amount = layout.contentRange(.amountTransaction)
      else { throw TestFailure("the message lacks what a template changes") }
      self.bytes = bytes
      self.trace = trace.lowerBound
      self.reference = reference.lowerBound
      self.amount = amount.upperBound - 6
    }
  }

  private var holds: [Template] = []
  private var debits: [Template] = []

  /// A till for the first card of each user.
  init(_ portfolio: Portfolio) throws {
    guard let euro = Currency(code: "EUR"), let amount = Amount(minorUnits: 1, currency: euro)
    else { throw TestFailure("there is no euro") }
    var composer = RequestComposer(firstTrace: 1, clock: WallClock.now)
    for user in portfolio.users {
      guard let pan = user.numbers.first,
        let card = SimulatedCard(pan: pan, expiry: Portfolio.expiry)
      else { throw TestFailure("a user without a card") }
      for kind in [MessageClass.authorization, .financial] {
        let message = composer.request(kind, card: card, amount: amount, at: .webShop)
        if kind == .financial {
          debits.append(try Template(message))
        } else {
          holds.append(try Template(message))
        }
      }
    }
  }

  /// A purchase; the trace number must not be used again.
  func purchase(
    _ trace: UInt64,
    user: Int = 0,
    amount: Int64,
    isDebit: Bool = false
  ) -> Purchase {
    let template = isDebit ? debits[user] : holds[user]
    var bytes = template.bytes
    Self.write(trace, into: &bytes, at: template.trace)
    Self.write(UInt64(amount), into: &bytes, at: template.amount)
    var rest = trace
    for index in (0..<12).reversed() {
      bytes[template.reference + index] = 0x30 | UInt8(rest % 10)
      rest /= 10
    }
    return Purchase(bytes: bytes, trace: trace, user: user, amount: amount, isDebit: isDebit)
  }

  /// Twelve packed digits.
  private static func write(_ number: UInt64, into bytes: inout [UInt8], at offset: Int) {
    var rest = number
    for index in (0..<6).reversed() {
      bytes[offset + index] = UInt8(rest % 10) | UInt8(rest / 10 % 10) << 4
      rest /= 100
    }
  }
}
