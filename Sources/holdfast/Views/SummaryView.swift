import JSON

/// The sums over all users and partners.
enum SummaryView {
  static func text(_ document: JSONValue) -> String {
    var table = TextTable(["CURRENCY": .left, "USERS": .right, "WALLET": .right])
    for row in document["currencies"]?.elements ?? [] {
      table.add([
        row["currency"]?.text, MoneyText.of(member: "users", in: row),
        MoneyText.of(member: "wallet", in: row),
      ])
    }
    var text = table.drain()
    if let sequence = document["asOfSequence"]?.integer {
      text += "\nUSERS: all users' balances; WALLET: these and all partners' balances. "
      text += "As of journal entry \(CountText.of(sequence)).\n"
    }
    return text
  }
}
