import JSON

/// What happened to a payment, one line for each entry.
enum PaymentEntryView {
  /// The entries of a payment as a table.
  static func table(_ entries: [JSONValue]) -> String {
    var table = TextTable([
      "NO": .right, "AT": .left, "KIND": .left, "MTI": .left, "CODE": .left, "AMOUNT": .right,
      "HELD": .right, "BOOKED": .right, "STATE": .left, "NOTE": .left,
    ])
    for entry in entries {
      let code = entry["amount"]?["currency"]?.text
      func sum(_ name: String) -> String? {
        guard let sum = entry[name]?.integer, let code else { return nil }
        return MoneyText.of(sum, code)
      }
      let reason = entry["reason"]?.text.flatMap { $0 == "APPROVED" ? nil : $0 }
      table.add([
        entry["number"]?.integer.map { String($0) }, entry["at"]?.text,
        entry["kind"]?.text?.lowercased(), entry["mti"]?.text, entry["actionCode"]?.text,
        MoneyText.of(amount: entry["amount"]), sum("held"), sum("booked"),
        entry["state"]?.text?.lowercased(), entry["note"]?.text ?? reason,
      ])
    }
    return table.drain()
  }
}
