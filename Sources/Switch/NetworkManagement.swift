import Authorization
import ISO8583

/// What a network management message (28xx) is answered with.
enum NetworkManagement {
  /// What came of a message.
  enum Answer {
    case accepted
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
    switch function {
    case 801, 802, 831: return .accepted
    case 800...899: return .notOffered
    default:
      errors.add(.functionCode, .value)
      return .malformed(errors)
    }
  }
}
