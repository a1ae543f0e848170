import JSON

/// The proof of the books, of the daemon or of a directory.
enum ProofView {
  /// The sums of a currency and how they are called.
  private static let sums: KeyValuePairs<String, String> = [
    "users": "users", "deposits": "deposits", "credits": "credits", "fees": "fees",
    "settlement": "settlement", "suspense": "suspense", "bank": "bank", "sum": "sum",
    "usersHeld": "held of users", "depositsHeld": "held of deposits",
  ]

  static func text(_ document: JSONValue) -> String {
    var block = TextBlock()
    let isConsistent = document["consistent"]?.boolean == true
    block.add("Books", isConsistent ? "consistent" : "NOT CONSISTENT")
    block.add("Journal entries", document["entries"]?.integer.map { CountText.of($0) })
    block.add("Effects", document["effects"]?.integer.map { CountText.of($0) })
    block.add(
      "Entries not posted yet",
      document["unpostedEntries"]?.integer.map { CountText.of($0) }
    )
    block.add("As of entry", document["asOfSequence"]?.integer.map { CountText.of($0) })
    block.add("Chain head", document["chainHead"]?.text)
    return block.text + currencies(document) + differences(document)
  }

  private static func currencies(_ document: JSONValue) -> String {
    let currencies = document["currencies"]?.elements ?? []
    guard !currencies.isEmpty else { return "" }
    var table = TextTable(["CURRENCY": .left, "ACCOUNTS": .left, "BOOKED": .right])
    for currency in currencies {
      for (member, label) in sums where currency[member]?.integer != nil {
        table.add([currency["currency"]?.text, label, MoneyText.of(member: member, in: currency)])
      }
    }
    return "\n" + table.drain()
  }

  private static func differences(_ document: JSONValue) -> String {
    let differences = document["differences"]?.elements ?? []
    guard !differences.isEmpty else { return "" }
    let count = document["differenceCount"]?.integer ?? Int64(differences.count)
    var text = "\n\(CountText.of(count)) differences:\n"
    for difference in differences {
      text += "  " + PrintableText.of(difference.text ?? difference.compact) + "\n"
    }
    if count > Int64(differences.count) { text += "  and more\n" }
    return text
  }
}
