import JSON

/// What a dry run came to, for people.
enum DryRunText {
  /// The text of an answer.
  static func of(_ trial: JSONValue) -> String {
    var block = TextBlock()
    block.add("Action code", trial["actionCode"]?.text)
    block.add("Reason", trial["reason"]?.text)
    block.add("Amount", MoneyText.of(amount: trial["amount"]))
    block.add("Approved", MoneyText.of(amount: trial["approved"]))
    block.add("Flags", names(trial["flags"]))
    block.add("Hold until", trial["expiresAt"]?.text)
    block.add("Balance", change(trial["balance"]))
    block.add("Deposit", change(trial["deposit"]))
    var table = TextTable(["CHECK": .left, "OUTCOME": .left, "REASON": .left])
    for check in trial["trace"]?["checks"]?.elements ?? [] {
      let isFailed = check["outcome"]?.text == "FAILED"
      table.add([
        check["check"]?.text, check["outcome"]?.text?.lowercased().replacing("_", with: " "),
        isFailed ? check["reason"]?.text : "",
      ])
    }
    return block.text + "\n" + table.drain()
  }

  /// Names in one line; `nil` when there is none.
  static func names(_ array: JSONValue?) -> String? {
    let names = array?.elements?.compactMap(\.text) ?? []
    return names.isEmpty ? nil : names.joined(separator: " ")
  }

  private static func change(_ account: JSONValue?) -> String? {
    guard let code = account?["currency"]?.text,
      let before = account?["before"]?["available"]?.integer,
      let after = account?["after"]?["available"]?.integer
    else { return nil }
    return "\(MoneyText.of(before, code)) available, then \(MoneyText.of(after, code))"
  }
}
