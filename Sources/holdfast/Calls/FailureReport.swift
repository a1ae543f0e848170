import JSON

/// An error as it is printed: code, sentence, what to do next.
struct FailureReport: Hashable, Sendable {
  var code: String
  var message: String
  var field: String?
  var requestID: String?
  var isRetryable = false
  var next: String?

  /// For people.
  var text: String {
    var text = "error: \(code): \(message)\n"
    if let field { text += "field: \(field)\n" }
    if let next { text += "next: \(next)\n" }
    if let requestID { text += "request: \(requestID)\n" }
    return CardNumberMask.masked(
      text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { PrintableText.of(String($0)) }.joined(separator: "\n")
    )
  }

  /// For programs: one line in the shape of the daemon's error object.
  var json: String {
    let members: KeyValuePairs<String, JSONValue?> = [
      "code": .string(code), "message": .string(message), "field": field.map { .string($0) },
      "requestId": requestID.map { .string($0) }, "retryable": .boolean(isRetryable),
      "next": next.map { .string($0) },
    ]
    let error = JSONValue.object(
      members.compactMap { name, value in value.map { .init(name, $0) } }
    )
    return CardNumberMask.masked(JSONValue.object([.init("error", error)]).compact) + "\n"
  }
}
