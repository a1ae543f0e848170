import JSON

/// A partner's deposit or credit balance.
enum PartnerBalanceView: ResourceView {
  static var columns: KeyValuePairs<String, TextTable.Alignment> {
    [
      "ID": .left, "KIND": .left, "CURRENCY": .left, "LEDGER": .right, "HELD": .right,
      "AVAILABLE": .right,
    ]
  }

  static func row(_ object: JSONValue) -> [String?] {
    [
      object["id"]?.text, object["kind"]?.text?.lowercased(), object["currency"]?.text,
      MoneyText.of(member: "ledger", in: object), MoneyText.of(member: "held", in: object),
      MoneyText.of(member: "available", in: object),
    ]
  }

  static func block(_ object: JSONValue) -> String {
    var block = TextBlock()
    block.add("Partner balance", object["id"]?.text)
    block.add("Partner", object["partnerId"]?.text)
    block.add("Kind", object["kind"]?.text?.lowercased())
    block.add("Available", MoneyText.of(member: "available", in: object))
    block.add("Held", MoneyText.of(member: "held", in: object))
    block.add("Ledger", MoneyText.of(member: "ledger", in: object))
    return block.text
  }
}
