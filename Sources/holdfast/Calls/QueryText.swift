/// Writes the query of a path.
enum QueryText {
  /// `?name=value&…` of the members that have a value, with everything but unreserved characters
  /// (RFC 3986, section 2.3) escaped; empty when none has.
  static func of(_ members: [(name: String, value: String?)]) -> String {
    let given = members.compactMap { name, value in value.map { "\(name)=\(escaped($0))" } }
    return given.isEmpty ? "" : "?" + given.joined(separator: "&")
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }
}
