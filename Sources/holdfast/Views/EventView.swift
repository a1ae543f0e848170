import JSON

/// An event of the feed, in one line.
enum EventView {
  static var columns: KeyValuePairs<String, TextTable.Alignment> {
    [
      "TIME": .left, "SEQ": .right, "TYPE": .left, "OBJECT": .left, "AMOUNT": .right,
      "STATE": .left, "REASON": .left,
    ]
  }

  static func row(_ event: JSONValue) -> [String?] {
    let data = event["data"]
    let entry = data?["entry"]
    let isLater = entry?["number"] != nil
    return [
      event["createdAt"]?.text, event["seq"]?.integer.map { String($0) }, event["type"]?.text,
      data?["id"]?.text, MoneyText.of(amount: isLater ? entry?["amount"] : data?["amount"]),
      state(data)?.lowercased(), reason(data, entry, isLater),
    ]
  }

  private static func state(_ data: JSONValue?) -> String? {
    data?["state"]?.text ?? data?["kyc"]?["status"]?.text ?? data?["change"]?.text
  }

  private static func reason(_ data: JSONValue?, _ entry: JSONValue?, _ isLater: Bool) -> String? {
    if let note = entry?["note"]?.text { return note }
    let reason = isLater ? entry?["reason"]?.text : data?["reason"]?.text
    return reason == "APPROVED" ? nil : reason ?? data?["lock"]?["reason"]?.text
  }
}
