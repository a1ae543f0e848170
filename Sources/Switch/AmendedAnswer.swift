import Authorization
import ISO8583
import Ledger

/// An answer with amounts and errors that only the decision knows: DE 4 and 30 of a partial approval, DE
/// 54 of an inquiry, DE 18 of a reversal whose amounts do not fit.
enum AmendedAnswer {
  /// Writes a complete answer anew.
  ///
  /// - Parameters:
  ///   - answer: the answer so far.
  ///   - amendment: what the decision adds.
  ///   - errors: what is wrong with the message.
  /// - Returns: the answer's bytes.
  static func bytes(
    of answer: UnsafeRawBufferPointer,
    _ amendment: AnswerAmendment?,
    _ errors: FormatErrors?
  ) -> [UInt8] {
    var layout = MessageLayout()
    do throws(WireError) {
      try MessageLayout.parse(answer.bytes, into: &layout)
    } catch {
      preconditionFailure("an answer of our own cannot be read: \(error)")
    }
    let message = MessageView(answer.bytes, layout)
    var builder = MessageBuilder(capacity: answer.count + 256)
    let hasSecondary = (65...128).contains { Element(number: $0).map { message.has($0) } ?? false }
    builder.begin(message.type, secondary: hasSecondary)
    for number in 2...128 {
      guard let element = Element(number: number) else { continue }
      switch element {
      case .amountTransaction:
        if let approved = amendment?.approved {
          builder.append(
            amount: element,
            currency: approved.currency.number,
            exponent: approved.currency.exponent,
            value: UInt64(approved.minorUnits)
          )
        } else if message.has(element) {
          builder.append(element, copying: message)
        }
      case .messageError:
        if let errors, !errors.isEmpty { builder.append(element, text: errors.text) }
      case .originalAmounts:
        if amendment?.approved != nil, let asked = message.amount(.amountTransaction) {
          builder.append(
            originalAmount: asked.currency,
            exponent: asked.exponent,
            value: asked.value
          )
        }
      case .additionalAmounts:
        if let balances = amendment?.balances {
          builder.append(
            element,
            text: text(balances, account: message.word(.processingCode, at: 2))
          )
        }
      default:
        if message.has(element) { builder.append(element, copying: message) }
      }
    }
    return builder.bytes
  }

  private static func padded(_ number: UInt64, _ count: Int) -> [UInt8] {
    var digits = [UInt8](repeating: 0, count: count)
    var rest = number
    for position in stride(from: count - 1, through: 0, by: -1) {
      digits[position] = UInt8(rest % 10)
      rest /= 10
    }
    return digits
  }

  /// DE 54: what is booked (type 01) and what can be used (type 02) of the account that was asked for.
  private static func text(_ balances: PaymentEntry.Balances, account: UInt64) -> String {
    let account = [
      UInt8(truncatingIfNeeded: account >> 56), UInt8(truncatingIfNeeded: account >> 48),
    ]
    let isNumber = account.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let name = isNumber ? String(decoding: account, as: UTF8.self) : "00"
    return [("01", balances.ledger), ("02", balances.available)].map { type, money in
      let digits = padded(UInt64(balances.currency.number), 3) + [balances.currency.exponent]
      let value = padded(money.minorUnits.magnitude, 12)
      func text(_ digits: [UInt8]) -> String { digits.map { String($0) }.joined() }
      return name + type + text(digits) + (money < .zero ? "D" : "C") + text(value)
    }
    .joined()
  }
}
