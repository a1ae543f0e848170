/// A message for a person to read: every byte with its place, name and meaning, secrets hidden.
///
/// It takes any bytes, never fails, and shows as far as reading got, what stopped it, and what the
/// bytes may be instead. Of card numbers only the first six and the last four digits are shown,
/// wherever they stand; track data, PIN, verification values, keys and addresses of the cardholder
/// are not shown at all. Free text and opaque bytes are searched for what could be a card number:
/// 13 to 19 digits with a right check digit, in characters or packed.
public struct MessageDump: Sendable {
  private let lines: [DumpLine]
  private let byteCount: Int
  private let elementCount: Int
  private let type: MessageType?
  private let hint: MessageHint?

  /// Why the bytes are not a message of the dialect, or `nil` when they are one.
  public let error: WireError?

  /// The most bytes that are dumped; the greatest message of the dialect is smaller.
  public static let maximumByteCount = 1 << 19

  /// A dump of any bytes: of a whole message, a broken one, or none at all.
  public init(_ bytes: [UInt8]) {
    let shown = bytes.count > Self.maximumByteCount ? Array(bytes.prefix(1024)) : bytes
    var composer = DumpComposer(shown)
    byteCount = bytes.count
    error = composer.failure
    hint =
      bytes.count > Self.maximumByteCount
      ? .tooLong : composer.failure.flatMap { MessageHint(shown, $0) }
    var lines: [DumpLine] = []
    if let skipped = hint?.skipped, skipped > 0 {
      composer = DumpComposer(Array(shown[skipped...]))
      let header = WireText.hexadecimal(shown.span.bytes, 0..<skipped)
      lines.append(
        DumpLine(
          offset: 0,
          length: skipped,
          label: "-",
          name: "Framing",
          bytes: Self.spaced(header),
          value: "",
          depth: 0
        )
      )
      lines += composer.lines.map { line in
        var moved = line
        moved.offset += skipped
        return moved
      }
    } else {
      lines = composer.lines
    }
    self.lines = lines
    type = composer.type
    elementCount = composer.elements.count
  }

  /// The dump as lines of text.
  public var text: String {
    var text = type.map { "\($0.text)  " } ?? "no message  "
    text +=
      "\(byteCount) bytes, \(elementCount) elements\(error == nil ? "" : ", not well formed")\n"
    for line in lines { text += Self.text(of: line) }
    if let error { text += "error: \(error)\n" }
    if let hint { text += "hint: \(hint.text)\n" }
    return text
  }

  /// The dump as one JSON document.
  ///
  /// Members: `mti` (text or null), `bytes`, `elements`, `error` (null, or `element`, `part`,
  /// `reason`, `offset`, `message`), `hint` (text or null) and `lines`, each with `offset`,
  /// `length`, `label`, `name`, `bytes`, `value` and `depth`.
  public var json: String {
    var members: [String] = []
    members.append(Self.member("mti", type.map { Self.quoted($0.text) }))
    members.append(Self.member("bytes", String(byteCount)))
    members.append(Self.member("elements", String(elementCount)))
    members.append(Self.member("error", error.map { Self.json(of: $0) }))
    members.append(Self.member("hint", hint.map { Self.quoted($0.text) }))
    let rows = lines.map { Self.json(of: $0) }.joined(separator: ",")
    members.append(Self.member("lines", "[\(rows)]"))
    return Self.object(members)
  }

  private static func json(of error: WireError) -> String {
    object([
      member("element", String(error.element)),
      member("part", error.part.map { String($0) }),
      member("reason", quoted(String(describing: error.reason))),
      member("offset", String(error.offset)),
      member("message", quoted(error.description)),
    ])
  }

  private static func json(of line: DumpLine) -> String {
    object([
      member("offset", String(line.offset)),
      member("length", String(line.length)),
      member("label", quoted(line.label)),
      member("name", quoted(line.name)),
      member("bytes", quoted(line.bytes)),
      member("value", quoted(line.value)),
      member("depth", String(line.depth)),
    ])
  }

  private static func object(_ members: [String]) -> String {
    "{" + members.joined(separator: ",") + "}"
  }

  /// A member whose value is JSON already; `null` without one.
  private static func member(_ name: String, _ value: String?) -> String {
    quoted(name) + ":" + (value ?? "null")
  }

  private static func text(of line: DumpLine) -> String {
    let words =
      line.name.isEmpty || line.value.isEmpty
      ? line.name + line.value : "\(line.name): \(line.value)"
    let indent = String(repeating: "  ", count: line.depth)
    guard !line.label.isEmpty else {
      return "\(padded("", 65))\(indent)\(words)\n"
    }
    let offset = String(line.offset)
    let place = "\(padded("", 6 - offset.count))\(offset)  \(padded(line.label, 8))"
    // Sixteen bytes a line; the words stand beside the first.
    var rows: [Substring] = []
    var rest = Substring(line.bytes)
    repeat {
      rows.append(rest.prefix(47))
      rest = rest.dropFirst(48)
    } while !rest.isEmpty
    var text = "\(place)\(padded(String(rows[0]), 49))\(indent)\(words)\n"
    for row in rows.dropFirst() { text += "\(padded("", 16))\(row)\n" }
    return text
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func spaced(_ hexadecimal: String) -> String {
    var text = ""
    for (position, digit) in hexadecimal.enumerated() {
      if position > 0, position.isMultiple(of: 2) { text += " " }
      text.append(digit)
    }
    return text
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
