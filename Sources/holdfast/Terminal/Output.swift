import JSON

/// Where results go: one JSON document for programs, or text for people.
struct Output: Sendable {
  let isJSON: Bool

  /// Prints a result.
  func show(_ value: JSONValue, _ text: (JSONValue) -> String) {
    Terminal.output(isJSON ? value.compact + "\n" : text(value))
  }
}
