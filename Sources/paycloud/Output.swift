import Glibc

/// What goes to standard output and standard error.
enum Output {
  /// Whether a person watches standard error.
  static let progressIsSeen = isatty(2) == 1
  /// Whether a person reads standard output, so that colours help.
  static let isColoured = isatty(1) == 1 && getenv("NO_COLOR") == nil

  /// A line on standard output.
  static func line(_ text: String = "") {
    write(text + "\n", to: 1)
  }

  /// A line on standard error.
  static func error(_ text: String) {
    write(text + "\n", to: 2)
  }

  /// Replaces the line of progress on a terminal; nothing elsewhere.
  static func progress(_ text: String) {
    if progressIsSeen { write("\r\u{1B}[K" + text, to: 2) }
  }

  /// Takes the line of progress away.
  static func endProgress() {
    if progressIsSeen { write("\r\u{1B}[K", to: 2) }
  }

  static func bold(_ text: String) -> String { styled(text, "1") }
  static func green(_ text: String) -> String { styled(text, "32") }
  static func red(_ text: String) -> String { styled(text, "31") }
  static func dim(_ text: String) -> String { styled(text, "2") }

  private static func styled(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { return }
      bytes = bytes.dropFirst(written)
    }
  }
}
