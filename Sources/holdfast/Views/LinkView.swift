import JSON

/// A link of a network.
enum LinkView: ResourceView {
  static var columns: KeyValuePairs<String, TextTable.Alignment> {
    [
      "ID": .left, "NETWORK": .left, "PEER": .left, "STATE": .left, "RECEIVED": .right,
      "ANSWERED": .right, "IN FLIGHT": .right, "MISSED": .right, "LAST MESSAGE": .left,
      "DAY": .left,
    ]
  }

  static func row(_ object: JSONValue) -> [String?] {
    [
      object["id"]?.text, object["network"]?.text, object["peer"]?.text, object["state"]?.text,
      count(object["received"]), count(object["answered"]), count(object["inFlight"]),
      count(object["echo"]?["missed"]), object["lastMessageAt"]?.text,
      object["businessDay"]?.text,
    ]
  }

  static func block(_ object: JSONValue) -> String {
    var block = TextBlock()
    block.add("Link", object["id"]?.text)
    block.add("Listener", object["listener"]?.text)
    block.add("Network", object["network"]?.text)
    block.add("Peer", object["peer"]?.text)
    block.add("State", object["state"]?.text)
    block.add("Connected", object["connectedAt"]?.text)
    block.add("Last message", object["lastMessageAt"]?.text)
    block.add("Business day", object["businessDay"]?.text)
    return block.text
  }

  private static func count(_ value: JSONValue?) -> String? {
    value?.integer.map { CountText.of($0) }
  }
}
