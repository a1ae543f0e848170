import JSON

/// A card programme.
enum ProgramView: ResourceView {
  static var columns: KeyValuePairs<String, TextTable.Alignment> {
    [
      "ID": .left, "PARTNER": .left, "NAME": .left, "BIN RANGE": .left, "CURRENCY": .left,
      "FUNDING": .left,
    ]
  }

  static func row(_ object: JSONValue) -> [String?] {
    [
      object["id"]?.text, object["partnerId"]?.text, object["name"]?.text, range(object),
      object["currency"]?.text, object["funding"]?.text?.lowercased(),
    ]
  }

  static func block(_ object: JSONValue) -> String {
    var block = TextBlock()
    block.add("Programme", object["id"]?.text)
    block.add("Partner", object["partnerId"]?.text)
    block.add("Name", object["name"]?.text)
    block.add("BIN range", range(object))
    block.add("Currency", object["currency"]?.text)
    block.add("Funding", object["funding"]?.text?.lowercased())
    block.add("Short deposit", object["insufficientDepositCode"]?.text)
    block.add("KYC required", object["requiredKycLevel"]?.text?.lowercased())
    block.add("Partial approval", object["partialApproval"]?.boolean.map { $0 ? "yes" : "no" })
    block.add("Cash back", cashBack(object))
    block.add("Surcharge", object["surcharge"]?.text?.lowercased())
    block.add("Remote URL", object["remoteURL"]?.text)
    block.add("Created", object["createdAt"]?.text)
    return block.text
  }

  private static func cashBack(_ object: JSONValue) -> String? {
    guard let limit = object["cashBackLimit"] else { return nil }
    if limit["amount"]?.integer == 0 { return "none" }
    return MoneyText.of(amount: limit).map { "up to \($0)" } ?? "any"
  }

  private static func range(_ object: JSONValue) -> String? {
    guard let from = object["binRange"]?["from"]?.text, let to = object["binRange"]?["to"]?.text
    else { return nil }
    return "\(from)-\(to)"
  }
}
