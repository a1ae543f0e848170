import JSON

/// Prints events: one document a line for programs, one row each for people.
struct EventPrinter {
  private let output: Output
  private var table = TextTable(EventView.columns)
  private var shown = 0

  init(output: Output) { self.output = output }

  /// Prints events behind those before.
  mutating func show(_ events: [JSONValue]) {
    guard !events.isEmpty else { return }
    shown += events.count
    if output.isJSON {
      Terminal.output(events.map { $0.compact + "\n" }.joined())
      return
    }
    for event in events { table.add(EventView.row(event)) }
    Terminal.output(table.drain())
  }

  /// Says how to go on, for people.
  func conclude(next: UInt64?) {
    guard !output.isJSON else { return }
    if let next {
      Terminal.output("More: add --after \(next), or --follow\n")
    } else if shown == 0 {
      Terminal.output("Nothing.\n")
    }
  }
}
