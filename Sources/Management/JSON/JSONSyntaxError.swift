/// Why bytes are no JSON, and where: never with a part of the bytes, which may be card data.
struct JSONSyntaxError: Error, Equatable {
  /// What was expected or is not allowed.
  var reason: Reason
  /// The offset of the offending byte, counted from 0.
  var position: Int

  enum Reason: String {
    case unexpectedEnd = "the text ends too early"
    case unexpectedByte = "the byte does not belong there"
    case trailingBytes = "something follows the value"
    case badString = "a string has an invalid escape, a control character or is not UTF-8"
    case badNumber = "a number is malformed"
    case tooDeep = "values are nested too deeply"
    case tooManyMembers = "an object has too many members"
    case duplicateMember = "a member is given twice"
  }

  /// The sentence for the error object.
  var message: String { "The body is not valid JSON: \(reason.rawValue) (offset \(position))." }
}
