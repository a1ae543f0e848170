import JSON

/// An authorization, approved or declined.
enum AuthorizationView: ResourceView {
  static var columns: KeyValuePairs<String, TextTable.Alignment> {
    [
      "ID": .left, "DECIDED": .left, "NUMBER": .left, "AMOUNT": .right, "STATE": .left,
      "CODE": .left, "REASON": .left,
    ]
  }

  static func row(_ object: JSONValue) -> [String?] {
    [
      object["id"]?.text, object["decidedAt"]?.text, object["maskedPan"]?.text,
      MoneyText.of(amount: object["amount"]), object["state"]?.text?.lowercased(),
      object["actionCode"]?.text, object["reason"]?.text,
    ]
  }

  static func block(_ object: JSONValue) -> String {
    var block = TextBlock()
    block.add("Authorization", object["id"]?.text)
    block.add("State", object["state"]?.text?.lowercased())
    block.add("Action code", object["actionCode"]?.text)
    block.add("Reason", object["reason"]?.text)
    block.add("Failed checks", DryRunText.names(object["failedChecks"]))
    block.add("Flags", DryRunText.names(object["flags"]))
    block.add("Kind", object["kind"]?.text?.lowercased())
    block.add("Amount", MoneyText.of(amount: object["amount"]))
    block.add("Held", sum("held", object))
    block.add("Held until", object["expiresAt"]?.text)
    block.add("Booked", sum("booked", object))
    block.add("Approval code", object["approvalCode"]?.text)
    block.add("Decided", object["decidedAt"]?.text)
    block.add("Number", object["maskedPan"]?.text)
    block.add("Card", object["cardId"]?.text)
    block.add("Balance", object["balanceId"]?.text)
    block.add("Customer", object["customerId"]?.text)
    block.add("Programme", object["programId"]?.text)
    block.add("STAN", object["stan"]?.text)
    block.add("Retrieval ref.", object["retrievalReference"]?.text)
    block.add("Terminal", object["terminal"]?.text)
    block.add("Acquirer", object["acquirer"]?.text)
    block.add("MCC", object["mcc"]?.text)
    block.add("Processing code", object["processingCode"]?.text)
    block.add("Local time", object["localTime"]?.text)
    guard let entries = object["entries"]?.elements else { return block.text }
    return block.text + "\n" + PaymentEntryView.table(entries)
  }

  private static func sum(_ name: String, _ object: JSONValue) -> String? {
    if let sum = object[name]?.integer, let code = object["amount"]?["currency"]?.text {
      return MoneyText.of(sum, code)
    }
    return MoneyText.of(amount: object[name])
  }
}
