/// Keeps card numbers out of what is said about a faulty request: callers put anything anywhere.
enum Redaction {
  /// A member's name as an error may repeat it: short, printable, without long runs of digits.
  static func name(_ name: String) -> String {
    var shown = ""
    for scalar in name.unicodeScalars.prefix(64) {
      shown.unicodeScalars.append(scalar.isASCII && scalar.value > 0x20 ? scalar : "?")
    }
    return hidingNumbers(in: shown)
  }

  /// A caller's own reference as an error may repeat it.
  static func reference(_ reference: String) -> String { hidingNumbers(in: reference) }

  /// Text in which every run of twelve or more digits is stars.
  private static func hidingNumbers(in text: String) -> String {
    var shown: [UInt8] = []
    var run = 0
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    for byte in text.utf8 {
      shown.append(byte)
      run = isDigit(byte) ? run + 1 : 0
      if run == 12 {
        for position in shown.indices.suffix(12) { shown[position] = UInt8(ascii: "*") }
      } else if run > 12 {
        shown[shown.count - 1] = UInt8(ascii: "*")
      }
    }
    return String(decoding: shown, as: UTF8.self)
  }
}
