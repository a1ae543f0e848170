/// Makes text from outside fit for a terminal.
enum PrintableText {
  /// The text with control characters, line and paragraph separators and characters that reorder
  /// their surroundings replaced, so that a name can neither move the cursor nor pass for another.
  static func of(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
