/// Why bytes are no JSON, and where: never with a part of the bytes, which may be card data.
public struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was expected or is not allowed.
  public let reason: Reason
  /// The offset of the offending byte, counted from 0.
  public let position: Int

  /// What was expected or is not allowed; the raw value is a sentence without its full stop.
  public enum Reason: String, Sendable {
    /// More was expected.
    case unexpectedEnd = "the text ends too early"
    /// Something else was expected.
    case unexpectedByte = "the byte does not belong there"
    /// There is more than one value.
    case trailingBytes = "something follows the value"
    /// A string breaks RFC 8259, section 7.
    case badString = "a string has an invalid escape, a control character or is not UTF-8"
    /// A number breaks RFC 8259, section 6.
    case badNumber = "a number is malformed"
    /// The text has more bytes than allowed.
    case tooLong = "the text is too long"
    /// Arrays and objects go deeper than allowed.
    case tooDeep = "values are nested too deeply"
    /// An object has more members than allowed.
    case tooManyMembers = "an object has too many members"
    /// Two members of an object have the same name.
    case duplicateMember = "a member is given twice"
  }

  /// An error.
  public init(reason: Reason, position: Int) {
    self.reason = reason
    self.position = position
  }

  /// Reason and place.
  public var description: String { "\(reason.rawValue) (offset \(position))" }
}
