import Authorization
import ISO8583

/// What a network management message (28xx) is answered with.
enum NetworkManagement {
  /// What is offered.
  enum Function: UInt64 {
    case signOn = 801
    case signOff = 802
    case echo = 831
  }

  /// What came of a message.
  enum Answer {
    case accepted(Function)
    /// A function that the standard knows and this switch does not offer.
    case notOffered
    case malformed(FormatErrors)
  }

  /// Sign-on, sign-off and echo are accepted; everything else would be a promise that nobody keeps.
  static func answer(_ message: borrowing MessageView) -> Answer {
    var errors = FormatErrors()
    if !message.has(.stan) { errors.add(.stan, .missing) }
    guard let function = message.unsigned(.functionCode) else {
      errors.add(.functionCode, .missing)
      return .malformed(errors)
    }
    guard errors.isEmpty else { return .malformed(errors) }
    if let offered = Function(rawValue: function) { return .accepted(offered) }
    switch function {
    case 800...899: return .notOffered
    default:
      errors.add(.functionCode, .value)
      return .malformed(errors)
    }
  }
}
