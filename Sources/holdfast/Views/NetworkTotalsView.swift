import JSON

/// What networks asked on a business day.
enum NetworkTotalsView {
  private static let kinds: KeyValuePairs<String, String> = [
    "authorizations": "authorizations", "declines": "declines", "debits": "debits",
    "debitReversals": "debit reversals", "credits": "credits",
    "creditReversals": "credit reversals",
  ]

  static func text(_ document: JSONValue) -> String {
    let days = document["data"]?.elements ?? []
    guard !days.isEmpty else { return "No network had that business day.\n" }
    return days.map(block).joined(separator: "\n")
  }

  private static func block(_ day: JSONValue) -> String {
    var block = TextBlock()
    block.add("Network", day["network"]?.text)
    block.add("Business day", day["businessDay"]?.text)
    block.add("Began", day["beganAt"]?.text)
    block.add("Ended", day["endedAt"]?.text ?? "not yet")
    let totals = day["totals"]?.elements ?? []
    guard !totals.isEmpty else { return block.text + "Nothing was asked.\n" }
    var table = TextTable(["KIND": .left, "COUNT": .right, "AMOUNT": .right])
    for total in totals {
      guard let code = total["currency"]?.text else { continue }
      for (name, label) in kinds {
        table.add([
          label, total[name]?["count"]?.integer.map { CountText.of($0) },
          total[name]?["amount"]?.integer.map { MoneyText.of($0, code) },
        ])
      }
      table.add(["net to the network", nil, MoneyText.of(member: "net", in: total)])
    }
    return block.text + table.drain()
  }
}
