import Authorization

/// Hides card numbers in text that may quote what somebody typed or sent.
///
/// No answer of the daemon holds one; a misplaced argument or a line of an import file may.
enum CardNumberMask {
  /// The text with every run of 13 to 19 digits whose check digit is right reduced to its first six
  /// and last four; single spaces or hyphens inside a run belong to it.
  static func masked(_ text: String) -> String {
    var bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      guard isDigit(bytes[index]) else {
        index += 1
        continue
      }
      let places = run(in: bytes, from: index)
      hideNumbers(in: &bytes, at: places)
      index = (places.last ?? index) + 1
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Where the digits of the run stand that begins at `start`.
  private static func run(in bytes: [UInt8], from start: Int) -> [Int] {
    var places: [Int] = []
    var index = start
    while index < bytes.count {
      if isDigit(bytes[index]) {
        places.append(index)
      } else {
        let separates = bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "-")
        guard separates, index + 1 < bytes.count, isDigit(bytes[index + 1]) else { break }
      }
      index += 1
    }
    return places
  }

  /// Masks each stretch of the run that is a card number, the longest first; a run may be longer
  /// than one number, as when a number and its expiry stand side by side.
  private static func hideNumbers(in bytes: inout [UInt8], at places: [Int]) {
    var first = 0
    while first + 13 <= places.count {
      let longest = min(19, places.count - first)
      let length = (13...longest).reversed().first { length in
        let digits = places[first..<first + length].map { bytes[$0] - UInt8(ascii: "0") }
        return PAN(digits: digits)?.hasValidCheckDigit == true && digits.contains { $0 != 0 }
      }
      guard let length else {
        first += 1
        continue
      }
      for place in places[first + 6..<first + length - 4] { bytes[place] = UInt8(ascii: "*") }
      first += length
    }
  }
}
