import JSON

/// A user of a partner.
enum CustomerView: ResourceView {
  static var columns: KeyValuePairs<String, TextTable.Alignment> {
    ["ID": .left, "PARTNER": .left, "EXTERNAL ID": .left, "NAME": .left, "KYC": .left]
  }

  static func row(_ object: JSONValue) -> [String?] {
    [
      object["id"]?.text, object["partnerId"]?.text, object["externalId"]?.text, name(object),
      kyc(object),
    ]
  }

  static func block(_ object: JSONValue) -> String {
    var block = TextBlock()
    block.add("Customer", object["id"]?.text)
    block.add("Partner", object["partnerId"]?.text)
    block.add("External id", object["externalId"]?.text)
    block.add("Name", name(object))
    block.add("Phone", object["phone"]?.text)
    block.add("E-mail", object["email"]?.text)
    block.add("KYC", kyc(object))
    block.add("Created", object["createdAt"]?.text)
    return block.text
  }

  private static func name(_ object: JSONValue) -> String? {
    let names = [object["firstName"]?.text, object["lastName"]?.text].compactMap(\.self)
    return names.isEmpty ? nil : names.joined(separator: " ")
  }

  private static func kyc(_ object: JSONValue) -> String? {
    guard let kyc = object["kyc"] else { return nil }
    if let text = kyc.text { return text.lowercased() }
    let parts = [kyc["status"]?.text, kyc["level"]?.text].compactMap { $0?.lowercased() }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
