import Authorization
import ISO8583

/// What a network management message (28xx) is answered with.
enum NetworkManagement {
  /// What is offered.
  enum Function {
    case signOn
    case signOff
    case cutOver(CutOver)
    case echo
  }

  /// What came of a message.
  enum Answer {
    case accepted(Function)
    /// A function that the standard knows and this switch does not offer.
    case notOffered
    case malformed(FormatErrors)
  }

  /// Sign-on, sign-off, cut-over and echo are accepted; everything else would be a promise that nobody
  /// keeps.
  static func answer(_ message: borrowing MessageView) -> Answer {
    var errors = FormatErrors()
    let trace = message.unsigned(.stan)
    if trace == nil { errors.add(.stan, .missing) }
    guard let function = message.unsigned(.functionCode) else {
      errors.add(.functionCode, .missing)
      return .malformed(errors)
    }
    guard errors.isEmpty, let trace else { return .malformed(errors) }
    switch function {
    case 801: return .accepted(.signOn)
    case 802: return .accepted(.signOff)
    case 821: return cutOver(message, trace)
    case 831: return .accepted(.echo)
    case 800...899: return .notOffered
    default:
      errors.add(.functionCode, .value)
      return .malformed(errors)
    }
  }

  /// Where a cut-over names its day.
  static func dayElement(_ message: borrowing MessageView) -> Element? {
    if message.has(.reconciliationDate) { return .reconciliationDate }
    return message.has(.actionDate) ? .actionDate : nil
  }

  private static func cutOver(_ message: borrowing MessageView, _ trace: UInt64) -> Answer {
    var day: BusinessDay?
    if let element = dayElement(message) {
      day = message.unsigned(element).flatMap { BusinessDay(digits: $0) }
      if day == nil {
        var errors = FormatErrors()
        errors.add(element, .dateFormat)
        return .malformed(errors)
      }
    }
    let localTime = message.unsigned(.localTime) ?? 0
    return .accepted(.cutOver(CutOver(day: day, trace: trace, localTime: localTime)))
  }
}
