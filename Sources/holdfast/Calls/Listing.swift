import Authorization
import JSON

/// Shows a list of the daemon: one page, or all pages one after the other.
struct Listing {
  let session: Session
  let output: Output
  let options: ListOptions

  /// Shows the list at `path`, filtered by the members of its query and, in a list of payments, by what
  /// such lists share; `partner` says whose objects are shown on paths that need one.
  func show(
    _ view: any ResourceView.Type,
    at path: String,
    _ filters: KeyValuePairs<String, String?> = [:],
    payments: PaymentFilterOptions? = nil,
    partner: PartnerID? = nil
  ) async throws(CommandFailure) {
    var cursor = options.after
    var table = TextTable(view.columns)
    var seen: Set<String> = []
    var shown = 0
    while true {
      let query = QueryText.of(
        (payments?.members ?? []) + filters.map { (name: $0.key, value: $0.value) } + [
          ("limit", String(options.all ? 200 : options.limit)), ("after", cursor),
        ]
      )
      let page = try await session.get(path + query, partner: partner)
      guard let elements = page["data"]?.elements else {
        throw .badAnswer("The daemon's list has no data.")
      }
      let next = page["hasMore"]?.boolean == true ? page["next"]?.text : nil
      if output.isJSON {
        let lines = options.all ? elements : [page]
        Terminal.output(lines.map { $0.compact + "\n" }.joined())
      } else {
        for element in elements { table.add(view.row(element)) }
        if !elements.isEmpty { Terminal.output(table.drain()) }
      }
      shown += elements.count
      guard options.all, let next else {
        if !output.isJSON { conclude(shown: shown, next: next) }
        return
      }
      guard seen.insert(next).inserted else {
        throw .badAnswer("The daemon's list goes round in circles.")
      }
      cursor = next
    }
  }

  private func conclude(shown: Int, next: String?) {
    if let next {
      Terminal.output("More: add --after \(PrintableText.of(next)), or --all\n")
    } else if shown == 0 {
      Terminal.output("Nothing.\n")
    }
  }
}
