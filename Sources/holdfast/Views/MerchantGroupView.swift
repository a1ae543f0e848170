import JSON

/// A merchant group.
enum MerchantGroupView: ResourceView {
  static var columns: KeyValuePairs<String, TextTable.Alignment> {
    [
      "NAME": .left, "HOLD DAYS": .right, "TOLERANCE": .right, "REMAINDER": .left, "MCC": .left,
    ]
  }

  static func row(_ object: JSONValue) -> [String?] {
    [
      object["name"]?.text, object["holdDays"]?.integer.map { String($0) }, tolerance(object),
      remainder(object), categories(object),
    ]
  }

  static func block(_ object: JSONValue) -> String {
    var block = TextBlock()
    block.add("Group", object["name"]?.text)
    block.add("MCC", categories(object))
    block.add("Hold days", object["holdDays"]?.integer.map { String($0) })
    block.add("Least hold", MoneyText.of(amount: object["holdIncrease"]))
    block.add("Most", MoneyText.of(amount: object["mostAmount"]))
    block.add("Tolerance", tolerance(object))
    block.add("Remainder", remainder(object))
    return block.text
  }

  private static func categories(_ object: JSONValue) -> String? {
    object["mccs"]?.elements?.compactMap(\.text).joined(separator: " ")
  }

  private static func tolerance(_ object: JSONValue) -> String? {
    object["toleranceBasisPoints"]?.integer.map { BasisPointsText.of($0) }
  }

  private static func remainder(_ object: JSONValue) -> String? {
    guard let policy = object["remainder"]?.text?.lowercased() else { return nil }
    let days = object["remainderDays"]?.integer ?? 0
    return days > 0 ? "\(policy), \(days) days" : policy
  }
}
