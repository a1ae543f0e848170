/// One line of metrics: a name, labels and a value as it was written.
struct PrometheusSample: Hashable, Sendable {
  let name: String
  let labels: [String: String]
  let value: String

  /// The sample for programs; a value that JSON has no number for stays text.
  var json: JSONValue {
    let labels = labels.sorted { $0.key < $1.key }
      .map { JSONValue.Member(name: $0.key, value: .string($0.value)) }
    let isNumber = (try? JSONReader.read(Array(value.utf8))).map { $0 != .null } ?? false
    return .members([
      "name": .string(name), "labels": .object(labels),
      "value": isNumber ? .number(value) : .string(value),
    ])
  }
}
