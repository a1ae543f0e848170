import JSON

/// What the peer of a link said.
enum LinkReplyText {
  /// One line for people.
  static func of(_ object: JSONValue) -> String {
    let time = object["microseconds"]?.integer ?? 0
    guard object["answered"]?.boolean == true else {
      return "No answer within \(time / 1_000) ms.\n"
    }
    let code = object["actionCode"]?.text ?? "no action code"
    return "Answered \(PrintableText.of(code)) after \(CountText.of(time)) µs.\n"
  }
}
