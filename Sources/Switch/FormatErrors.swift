import ISO8583

/// What is wrong with the elements of a readable message; becomes DE 18 of a 9100 answer.
///
/// All errors of a message are collected, since a peer under certification otherwise finds one a day.
struct FormatErrors: Error {
  /// The error codes of DE 18.
  enum Code: UInt8 {
    case missing = 1
    case length = 2
    case value = 3
    case amountFormat = 4
    case dateFormat = 5
    case accountFormat = 6
    case otherFormat = 8
    case otherThanOriginal = 10
    case inconsistent = 11
  }

  /// DE 18 holds up to ten groups.
  static let most = 10

  // Kept inline: refusing a flood of bad messages must not allocate for each.
  private var groups: InlineArray<10, (element: UInt8, code: UInt8)> = InlineArray(
    repeating: (0, 0)
  )
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func add(_ element: Element, _ code: Code) { add(element.number, code) }

  mutating func add(_ element: UInt8, _ code: Code) {
    guard count < Self.most else { return }
    groups[count] = (element, code.rawValue)
    count += 1
  }

  /// The content of DE 18: groups of fourteen characters, severity 2 (00 rejected), error 4,
  /// element 3, part 2, dataset 1, tag 2.
  var text: String {
    var text = ""
    for position in 0..<count {
      let group = groups[position]
      let element = String(group.element)
      let padding = String(repeating: "0", count: 3 - element.utf8.count)
      text += "0000" + (group.code < 10 ? "0" : "") + String(group.code) + padding + element
      text += "00000"
    }
    return text
  }

  /// What a reader's error means to the sender.
  init(_ error: WireError) {
    let code: Code =
      switch error.reason {
      case .truncated, .invalidLength, .lengthOverMaximum, .wrongLength: .length
      case .invalidDigit, .invalidFiller, .invalidCharacter, .wrongKind: .value
      case .undefinedElement, .undefinedPart, .trailingBytes: .inconsistent
      }
    add(error.element, code)
  }

  init() {}
}
