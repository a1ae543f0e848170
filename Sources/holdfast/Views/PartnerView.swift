import JSON

/// A partner.
enum PartnerView: ResourceView {
  static var columns: KeyValuePairs<String, TextTable.Alignment> {
    ["ID": .left, "NAME": .left, "CREATED": .left]
  }

  static func row(_ object: JSONValue) -> [String?] {
    [object["id"]?.text, object["name"]?.text, object["createdAt"]?.text]
  }

  static func block(_ object: JSONValue) -> String {
    var block = TextBlock()
    block.add("Partner", object["id"]?.text)
    block.add("Name", object["name"]?.text)
    block.add("Created", object["createdAt"]?.text)
    let balances = object["balances"]?.elements ?? []
    guard !balances.isEmpty else { return block.text }
    return block.text + "\n" + PartnerBalanceView.table(balances)
  }
}
