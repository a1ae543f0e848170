/// A block for people: one labelled value a line, the values aligned.
struct TextBlock {
  private var lines: [(label: String, value: String)] = []

  /// Adds a line; nothing for a missing value.
  mutating func add(_ label: String, _ value: String?) {
    guard let value else { return }
    lines.append((label, PrintableText.of(value)))
  }

  /// The lines, each ended by a line feed.
  var text: String {
    let width = lines.map(\.label.count).max() ?? 0
    return lines.map { label, value in
      label + String(repeating: " ", count: width - label.count + 2) + value + "\n"
    }.joined()
  }
}
