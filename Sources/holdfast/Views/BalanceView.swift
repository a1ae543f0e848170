import JSON

/// A user's balance.
enum BalanceView: ResourceView {
  static var columns: KeyValuePairs<String, TextTable.Alignment> {
    [
      "ID": .left, "PROGRAMME": .left, "STATE": .left, "LEDGER": .right, "HELD": .right,
      "AVAILABLE": .right,
    ]
  }

  static func row(_ object: JSONValue) -> [String?] {
    [
      object["id"]?.text, object["programId"]?.text, object["state"]?.text?.lowercased(),
      MoneyText.of(member: "ledger", in: object), MoneyText.of(member: "held", in: object),
      MoneyText.of(member: "available", in: object),
    ]
  }

  static func block(_ object: JSONValue) -> String {
    var block = TextBlock()
    block.add("Balance", object["id"]?.text)
    block.add("Customer", object["customerId"]?.text)
    block.add("Programme", object["programId"]?.text)
    block.add("State", object["state"]?.text?.lowercased())
    block.add("Available", MoneyText.of(member: "available", in: object))
    block.add("Held", MoneyText.of(member: "held", in: object))
    block.add("Ledger", MoneyText.of(member: "ledger", in: object))
    guard let cards = object["cards"]?.elements, !cards.isEmpty else { return block.text }
    return block.text + "\n" + CardView.table(cards)
  }
}
