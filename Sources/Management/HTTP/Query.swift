import Authorization
import HTTPTypes

/// The parameters behind the question mark, read strictly.
struct Query: Sendable {
  private var values: [(name: String, value: String)] = []

  /// A query without parameters.
  init() {}

  /// The parameters of a query string; `nil` is none.
  init(_ text: Substring?) throws(Problem) {
    guard let text, !text.isEmpty else { return }
    for pair in text.split(separator: "&", omittingEmptySubsequences: true) {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(parts[0]),
        let value = Self.decoded(parts.count > 1 ? parts[1] : "")
      else {
        throw Problem(.badRequest, "INVALID_PARAMETER", "The query is not valid percent-encoding.")
      }
      guard values.count < 32 else {
        throw Problem(.badRequest, "INVALID_PARAMETER", "The query has too many parameters.")
      }
      guard self[name] == nil else {
        throw .invalidParameter(Redaction.name(name), "it is given twice")
      }
      values.append((name, value))
    }
  }

  /// The value of a parameter.
  subscript(name: String) -> String? { values.first { $0.name == name }?.value }

  /// Refuses parameters that the resource does not know: a misspelt filter must not show everything.
  func allow(_ names: String...) throws(Problem) { try allow(names) }

  /// The same, with the names in an array.
  func allow(_ names: [String]) throws(Problem) {
    for (name, _) in values where !names.contains(name) {
      throw Problem(
        .badRequest,
        "UNKNOWN_PARAMETER",
        "The parameter is not known here; it could be \(names.joined(separator: ", ")).",
        field: Redaction.name(name)
      )
    }
  }

  /// An identifier.
  func identifier<Kind>(_ name: String) throws(Problem) -> Identifier<Kind>? {
    guard let text = self[name] else { return nil }
    guard let id = Identifier<Kind>(text: text) else {
      throw .invalidParameter(name, "it must be an identifier that begins with \(Kind.prefix)_")
    }
    return id
  }

  /// How many objects a page has.
  func limit() throws(Problem) -> Int {
    guard let text = self["limit"] else { return ManagementLimits.defaultPage }
    guard text.utf8.count <= 3, let limit = Int(text),
      (1...ManagementLimits.maximumPage).contains(limit)
    else {
      throw .invalidParameter("limit", "it must be 1 to \(ManagementLimits.maximumPage)")
    }
    return limit
  }

  /// A moment in RFC 3339.
  func instant(_ name: String) throws(Problem) -> Instant? {
    guard let text = self[name] else { return nil }
    guard let instant = Instant(rfc3339: text) else {
      throw .invalidParameter(name, "it must be a time such as 2030-12-31T23:59:59.000Z")
    }
    return instant
  }

  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
        else { return nil }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
