/// What the server answered.
struct Answer: Sendable {
  var status: Int
  /// Header fields, names in lower case.
  var headers: [String: String]
  var body: String

  var json: JSON {
    get throws { try JSON(text: body) }
  }

  /// The code in the error object; empty when there is none.
  var code: String { (try? json["error"]["code"].text) ?? "" }
  /// The field in the error object; empty when there is none.
  var field: String { (try? json["error"]["field"].text) ?? "" }
  /// The identifier of the object in the answer.
  var id: String { (try? json["id"].text) ?? "" }
  /// The lines of an NDJSON answer.
  var lines: [JSON] {
    get throws { try body.split(separator: "\n").map { try JSON(text: $0) } }
  }
}
