import Authorization
import ISO8583

extension RequestComposer {
  /// The first message of a payment: a request, an advice or a presentment.
  public mutating func payment(_ order: PaymentOrder, card: SimulatedCard) -> Message {
    let currency = order.amount?.currency ?? order.billed?.currency
    let amount = order.amount ?? RequestComposer.nothing(in: currency)
    var message = request(
      order.messageClass,
      order.transaction,
      card: card,
      amount: amount,
      at: order.merchant,
      by: order.entry
    )
    if order.amount == nil { message.fields[.amountTransaction] = nil }
    if let functionCode = order.functionCode {
      message.fields[.functionCode] = .text(functionCode)
    }
    if let billed = order.billed {
      message.fields[.amountBilling] = .text(RequestComposer.amountText(billed))
      if let rate = RequestComposer.rateText(from: amount, to: billed) {
        message.fields[.conversionRateBilling] = .text(rate)
      }
    }
    var groups: [AdditionalAmount] = []
    if let cashBack = order.cashBack {
      groups.append(AdditionalAmount(.cashBack, cashBack, isDebit: true))
    }
    if let surcharge = order.surcharge {
      if surcharge.isIncluded {
        groups.append(AdditionalAmount(.surcharge, surcharge.amount, isDebit: true))
      } else {
        message.fields[.feeAmounts] = .text(RequestComposer.feeText(surcharge.amount))
      }
    }
    if !groups.isEmpty {
      message.fields[.additionalAmounts] = .text(groups.map(\.text).joined())
    }
    switch order.occasion {
    case .request: break
    case .advice(let code, let reason):
      message.type = MessageType(trusted: order.messageClass == .financial ? 0x2220 : 0x2120)
      message.fields[.reasonCode] = .text(reason)
      message.fields[.actionCode] = .text(code.text)
      if code.isApproval {
        let trace = message[text: .stan] ?? ""
        message.fields[.approvalCode] = .text("S" + trace.suffix(5))
      }
    case .presentment:
      message.type = MessageType(trusted: 0x2220)
      message.fields[.functionCode] = .text(order.functionCode ?? "200")
      message.fields[.reasonCode] = .text("1004")
      message.fields[.actionCode] = .text("0000")
      // What the terminal read stays with the acquirer (dialect, section 6.1).
      for element in [Element.track2, .chipData, .cardSequence] { message.fields[element] = nil }
    }
    return message
  }

  /// DE 46 with what the terminal's owner charges the holder: one group of type 07, a debit.
  static func feeText(_ amount: Amount) -> String {
    let currency = leftPadded(String(amount.currency.number), to: 3)
    let sum =
      "D" + currency + String(amount.currency.exponent)
      + leftPadded(String(amount.minorUnits), to: 8)
    return "07" + sum + "00000000" + "D" + currency + String(amount.currency.exponent) + "00000000"
  }

  /// DE 10 between two amounts: the number of decimals and seven digits; `nil` when none fit.
  static func rateText(from amount: Amount, to billed: Amount) -> String? {
    guard amount.minorUnits > 0 else { return nil }
    func major(_ amount: Amount) -> Double {
      (0..<amount.currency.exponent).reduce(Double(amount.minorUnits)) { value, _ in value / 10 }
    }
    var scaled = major(billed) / major(amount)
    var decimals = 0
    while decimals < 7, scaled * 10 < 9_999_999 {
      scaled *= 10
      decimals += 1
    }
    guard scaled <= 9_999_999 else { return nil }
    return String(decimals) + leftPadded(String(Int(scaled.rounded())), to: 7)
  }

  /// Nothing, in a currency; in EUR when none is given.
  static func nothing(in currency: Currency?) -> Amount {
    guard let currency = currency ?? Currency(code: "EUR"),
      let amount = Amount(minorUnits: 0, currency: currency)
    else { preconditionFailure("EUR is a currency and zero an amount") }
    return amount
  }
}
