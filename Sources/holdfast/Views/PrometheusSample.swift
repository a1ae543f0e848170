import JSON

/// One line of metrics: a name, labels and a value as it was written.
struct PrometheusSample: Hashable, Sendable {
  let name: String
  let labels: [String: String]
  let value: String

  /// The sample for programs; a value that JSON has no number for stays text.
  var json: JSONValue {
    let labels = labels.sorted { $0.key < $1.key }
      .map { JSONValue.Member($0.key, .string($0.value)) }
    return [
      "name": .string(name), "labels": .object(labels),
      "value": number ?? .string(value),
    ]
  }

  private var number: JSONValue? {
    switch try? JSONValue(parsing: Array(value.utf8)) {
    case .integer(let number): .integer(number)
    case .decimal(let digits): .decimal(digits)
    default: nil
    }
  }
}
