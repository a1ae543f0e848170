import Authorization

/// What may happen to one payment of 100.00, for playing it in every order.
struct PaymentScript {
  /// How many messages and events there are.
  static let kinds = 11
  /// How many of them are neither a repeat nor about the clearing.
  static let usualKinds = 9

  private var serial: UInt64 = 0
  private var sequence: UInt64 = 0

  /// The steps of an order; each sequence has trace numbers, times and references of its own.
  mutating func steps(_ order: [Int]) -> [PaymentStep] {
    sequence += 1
    let first = serial
    serial += 10
    // A merchant that keeps the rest of a hold for more clearings, every third time.
    let category: UInt16 = sequence % 3 == 0 ? 4511 : 5411
    let time = PaymentScript.time(sequence)
    func message(
      _ place: UInt64,
      _ kind: AuthorizationRequest.Kind,
      _ ask: PaymentMessage.Ask,
      _ function: UInt16,
      _ amount: Int64
    ) -> PaymentMessage {
      var message = PaymentMessage(first + place, kind, ask, function, amount, time: time)
      message.reference = "R\(sequence)"
      message.category = category
      return message
    }
    let hold = message(1, .hold, .purchase, 100, 10_000)
    let less = message(4, .clearing, .clearing, 202, 3_000)
    return order.map { number in
      switch number {
      case 0: return .message(hold)
      case 1: return .message(message(2, .hold, .increment, 187, 2_000))
      case 2: return .message(message(3, .hold, .replacement, 102, 8_000))
      case 3: return .message(less)
      case 4: return .message(message(5, .clearing, .clearing, 201, 10_000))
      case 5:
        var reversal = message(6, .reversalAdvice, .reversal, 400, 10_000)
        reversal.original = hold.naming
        return .message(reversal)
      case 6:
        // Of the hold, as the merchant knows it.
        var reversal = message(7, .reversalAdvice, .partialReversal, 401, 4_000)
        reversal.original = hold.naming
        reversal.other = 10_000
        return .message(reversal)
      case 7: return .expire
      case 8:
        var advice = message(8, .advice, .purchase, 100, 10_000)
        advice.reason = 1002
        return .message(advice)
      case 9:
        // A repeat: the second of them is one.
        return .message(hold)
      default:
        var reversal = message(9, .reversalAdvice, .reversal, 400, 3_000)
        reversal.original = less.naming
        return .message(reversal)
      }
    }
  }

  /// A second of its own for a sequence: DE 12 as a number.
  static func time(_ sequence: UInt64) -> UInt64 {
    let day = sequence / 86_400
    let second = sequence % 86_400
    let date = 20_260_101 + day / 28 % 12 * 100 + day % 28 + day / 336 * 10_000
    return date * 1_000_000 + second / 3_600 * 10_000 + second / 60 % 60 * 100 + second % 60
  }
}
