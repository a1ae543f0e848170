import JSON

/// A card.
enum CardView: ResourceView {
  static var columns: KeyValuePairs<String, TextTable.Alignment> {
    [
      "ID": .left, "NUMBER": .left, "EXPIRY": .left, "TYPE": .left, "STATE": .left, "LOCK": .left,
      "BALANCE": .left,
    ]
  }

  static func row(_ object: JSONValue) -> [String?] {
    [
      object["id"]?.text, object["maskedPan"]?.text, object["expiry"]?.text,
      object["type"]?.text?.lowercased(), object["state"]?.text?.lowercased(), lock(object),
      object["balanceId"]?.text,
    ]
  }

  static func block(_ object: JSONValue) -> String {
    var block = TextBlock()
    block.add("Card", object["id"]?.text)
    block.add("Number", object["maskedPan"]?.text)
    block.add("Expiry", object["expiry"]?.text)
    block.add("Type", object["type"]?.text?.lowercased())
    block.add("State", object["state"]?.text?.lowercased())
    block.add("Lock", lock(object))
    block.add("Locked by", object["lock"]?["origin"]?.text?.lowercased())
    block.add("Lock asked by", object["lock"]?["requester"]?.text)
    block.add("Locked at", object["lock"]?["at"]?.text)
    block.add("Customer", object["customerId"]?.text)
    block.add("Balance", object["balanceId"]?.text)
    block.add("Created", object["createdAt"]?.text)
    return block.text
  }

  private static func lock(_ object: JSONValue) -> String? {
    guard let lock = object["lock"], let code = lock["code"]?.integer else { return nil }
    let reason = lock["reason"]?.text.map { " \($0)" } ?? ""
    return "\(code)\(reason)\(lock["irreversible"]?.boolean == true ? " (for ever)" : "")"
  }
}
