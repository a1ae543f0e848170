import Authorization
import ISO8583
import JSON

/// A message as JSON that may be shown: `{"mti":"2110","2":"400000******0002","39":"0000",…}`.
///
/// Card numbers are masked wherever they stand; track data, PIN data, verification values and chip
/// data are not shown at all, and neither are bytes whose meaning is unknown.
public struct MaskedMessage: Sendable {
  private let message: Message

  /// A showable form of a message.
  public init(_ message: Message) { self.message = message }

  /// The document.
  public var json: JSONValue {
    var members = [JSONValue.Member("mti", .string(message.type.text))]
    for (element, value) in message.fields.sorted(by: { $0.key < $1.key }) {
      members.append(.init(String(element.number), MaskedMessage.shown(value, of: element)))
    }
    return .object(members)
  }

  private static func shown(_ value: FieldValue, of element: Element) -> JSONValue {
    switch value {
    case .binary(let bytes):
      return .string(
        showsBytes(element) ? HexText.text(bytes) : "\(bytes.count) bytes, not shown"
      )
    case .text(let text):
      if element == .pan {
        return .string(PAN(text: text)?.masked.text ?? "\(text.utf8.count) digits, not shown")
      }
      if isSecret(element) { return .string("\(text.utf8.count) characters, not shown") }
      return .string(isPlain(element) ? text : masked(text))
    case .composite(let parts):
      if isSecret(element) { return .string("not shown") }
      return .object(
        parts.sorted { $0.key < $1.key }.map { number, part in
          .init(String(number), shown(part, of: element))
        }
      )
    }
  }

  /// Bytes that are flags or authentication codes.
  private static func showsBytes(_ element: Element) -> Bool {
    [22, 64, 128].contains(element.number)
  }

  private static func isSecret(_ element: Element) -> Bool {
    [35, 36, 45, 49, 52, 53].contains(element.number)
  }

  /// Elements whose digits are dates, sums, codes and trace numbers: a run of them that happens to
  /// pass the check digit is no card number.
  private static func isPlain(_ element: Element) -> Bool {
    switch element.number {
    case 3...33, 37...42, 46, 54, 56...58, 73...75, 93, 94, 97, 100: true
    default: false
    }
  }

  /// Text with every run of 13 to 19 digits hidden whose check digit is that of a card number.
  static func masked(_ text: String) -> String {
    var shown = ""
    var run = ""
    func flush() {
      if (13...19).contains(run.utf8.count), let pan = PAN(text: run), pan.hasValidCheckDigit {
        shown += pan.masked.text
      } else if run.utf8.count > 19 {
        // A longer run may hide a number at any place in it.
        shown += "(\(run.utf8.count) digits, not shown)"
      } else {
        shown += run
      }
      run = ""
    }
    for character in text {
      if character.isASCII, character.isNumber {
        run.append(character)
      } else {
        flush()
        shown.append(character)
      }
    }
    flush()
    return shown
  }
}
