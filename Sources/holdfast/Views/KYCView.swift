import JSON

/// How an identity check stands.
enum KYCView {
  static func block(_ object: JSONValue) -> String {
    var block = TextBlock()
    block.add("Customer", object["customerId"]?.text ?? object["id"]?.text)
    let kyc = object["kyc"] ?? object
    block.add("Status", kyc["status"]?.text?.lowercased())
    block.add("Level", kyc["level"]?.text?.lowercased())
    block.add("Source", kyc["source"]?.text?.lowercased())
    return block.text
  }
}
