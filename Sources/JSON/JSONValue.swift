/// A JSON value as it was sent (RFC 8259), with numbers kept exact: money is never a floating-point
/// number.
public enum JSONValue: Hashable, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case boolean(Bool)
  /// A number without fraction and exponent that fits 64 bits: all money is one.
  case integer(Int64)
  /// The literal of any other number, such as `0.5`: nothing is rounded.
  case decimal(String)
  /// Text.
  case string(String)
  /// Values in order.
  case array([JSONValue])
  /// Members in the order in which they stand; names are unique.
  case object([Member])

  /// One member of an object.
  public struct Member: Hashable, Sendable {
    /// The name.
    public let name: String
    /// The value.
    public let value: JSONValue

    /// A member.
    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }
}

// MARK: Making values

extension JSONValue {
  /// A whole number of any size.
  public static func number(_ value: some BinaryInteger) -> JSONValue {
    Int64(exactly: value).map { .integer($0) } ?? .decimal(String(value))
  }

  /// A measurement, with the fewest digits that tell it from its neighbours; `null` for one that JSON
  /// has no number for.
  public static func number(_ value: Double) -> JSONValue {
    value.isFinite ? .decimal("\(value)") : .null
  }

  /// A string, or `null` for none.
  public static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  /// Text.
  public init(stringLiteral text: String) { self = .string(text) }
  /// A whole number.
  public init(integerLiteral number: Int64) { self = .integer(number) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// Values in order.
  public init(arrayLiteral values: JSONValue...) { self = .array(values) }
  /// Members in order.
  public init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .object(members.map { Member($0.0, $0.1) })
  }
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
}

// MARK: Reading values

extension JSONValue {
  /// The member of that name, or `nil` when there is none or this is no object.
  public subscript(_ name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text of a string.
  public var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The value of a whole number of 64 bits.
  public var integer: Int64? {
    if case .integer(let number) = self { number } else { nil }
  }

  /// The truth value of a boolean.
  public var boolean: Bool? {
    if case .boolean(let value) = self { value } else { nil }
  }

  /// The values of an array.
  public var elements: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }
}

// MARK: Text

extension JSONValue {
  /// The value that UTF-8 text holds, and nothing behind it but white space.
  ///
  /// Stricter than RFC 8259 asks: a name given twice in one object is refused, since readers
  /// disagree on which of the two counts.
  ///
  /// - Throws: `JSONSyntaxError` when the text is no JSON or exceeds the limits.
  public init(
    parsing bytes: UnsafeRawBufferPointer,
    limits: JSONLimits = .document
  ) throws(JSONSyntaxError) {
    self = try JSONParser.parse(bytes, limits: limits)
  }

  /// The value that UTF-8 text holds, and nothing behind it but white space.
  ///
  /// - Throws: `JSONSyntaxError` when the text is no JSON or exceeds the limits.
  public init(
    parsing bytes: [UInt8],
    limits: JSONLimits = .document
  ) throws(JSONSyntaxError) {
    let result = bytes.withUnsafeBytes { (bytes) -> Result<JSONValue, JSONSyntaxError> in
      do throws(JSONSyntaxError) {
        return .success(try JSONParser.parse(bytes, limits: limits))
      } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }

  /// The value on one line without spaces, as UTF-8.
  public var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.value(self)
    return writer.bytes
  }

  /// The value on one line without spaces.
  public var compact: String { String(decoding: bytes, as: UTF8.self) }
}
