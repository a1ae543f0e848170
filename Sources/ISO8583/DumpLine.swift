/// One line of a dump: an element, a part of one, a tag, or a remark.
struct DumpLine: Sendable {
  /// The first byte, counted from the start of the message.
  var offset: Int
  /// How many bytes the line stands for.
  var length: Int
  /// `MTI`, `DE 2`, `43.2`, `9F26`.
  var label: String
  var name: String
  /// The bytes in hexadecimal, hidden halves as stars, long ones cut.
  var bytes: String
  /// What the bytes mean.
  var value: String
  /// 0 for an element, 1 for what is inside one, and so on.
  var depth: Int
}
