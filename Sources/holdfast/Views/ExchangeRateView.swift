import JSON

/// An exchange rate.
enum ExchangeRateView: ResourceView {
  static var columns: KeyValuePairs<String, TextTable.Alignment> {
    ["FROM": .left, "TO": .left, "RATE": .right, "MARK-UP": .right, "HOLD BUFFER": .right]
  }

  static func row(_ object: JSONValue) -> [String?] {
    [
      object["from"]?.text, object["to"]?.text, object["rate"]?.text,
      percent(object, "markUpBasisPoints"), percent(object, "holdBufferBasisPoints"),
    ]
  }

  static func block(_ object: JSONValue) -> String {
    var block = TextBlock()
    block.add("From", object["from"]?.text)
    block.add("To", object["to"]?.text)
    block.add("Rate", object["rate"]?.text)
    block.add("Mark-up", percent(object, "markUpBasisPoints"))
    block.add("Hold buffer", percent(object, "holdBufferBasisPoints"))
    return block.text
  }

  private static func percent(_ object: JSONValue, _ name: String) -> String? {
    object[name]?.integer.map { BasisPointsText.of($0) }
  }
}
