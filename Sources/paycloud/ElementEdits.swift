import ISO8583
import Simulator

/// `--set` and `--unset`.
enum ElementEdits {
  /// Applies `59=text` or `49.2=0597`.
  static func set(_ text: String, in message: inout Message) throws(Failure) {
    guard let equals = text.firstIndex(of: "=") else {
      throw .usage("--set takes DE=VALUE, for example 59=route")
    }
    let value = String(text[text.index(after: equals)...])
    let (element, part) = try name(text[..<equals])
    if let part {
      var parts: [Int: FieldValue] = [:]
      if case .composite(let present) = message.fields[element] { parts = present }
      parts[part] = .text(value)
      message.fields[element] = .composite(parts)
    } else {
      guard let value = FieldText.value(value, for: element) else {
        throw .usage("\(element) holds bytes: write them as hexadecimal digits")
      }
      message.fields[element] = value
    }
  }

  /// Leaves an element out.
  static func unset(_ text: String, in message: inout Message) throws(Failure) {
    message.fields[try name(text[...]).0] = nil
  }

  private static func name(_ text: Substring) throws(Failure) -> (Element, part: Int?) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let number = parts.first.flatMap({ Int($0) }), let element = Element(number: number),
      parts.count <= 2
    else { throw .usage("'\(text)' is no element: say a number from 2 to 128, or 49.2 for a part") }
    guard parts.count == 2 else { return (element, nil) }
    guard let part = Int(parts[1]), (0...127).contains(part) else {
      throw .usage("'\(text)' names no part")
    }
    return (element, part)
  }
}
