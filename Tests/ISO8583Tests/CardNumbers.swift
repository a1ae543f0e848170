import TestRandom
import Testing

/// Finds card numbers that a dump should not show.
enum CardNumbers {
  /// Runs of digits in text that could be a card number: 13 to 19 digits with a right check digit,
  /// or such a stretch of a longer run, or one inside that begins as payment cards do.
  static func shown(in text: String) -> [String] {
    text.split { !$0.isASCII || !$0.isNumber }.flatMap { run -> [String] in
      let digits = run.utf8.map { Int($0) - 48 }
      guard digits.count >= 13 else { return [] }
      var found: [String] = []
      for start in 0...digits.count - 13 {
        for length in 13...min(19, digits.count - start)
        where isLuhn(Array(digits[start..<start + length])) {
          let isWhole = length == digits.count
          if isWhole || digits.count > 19 || (2...6).contains(digits[start]) {
            found.append(String(run))
          }
        }
      }
      return found
    }
  }

  static func isLuhn(_ digits: [Int]) -> Bool {
    digits.reversed().enumerated().reduce(0) { sum, entry in
      let (position, digit) = entry
      guard position & 1 == 1 else { return sum + digit }
      return sum + (digit > 4 ? 2 * digit - 9 : 2 * digit)
    }.isMultiple(of: 10)
  }

  /// A number of 13 to 19 digits that begins as payment cards do and has a right check digit.
  static func random(_ random: inout SeededRandom, count: Int? = nil) -> [UInt8] {
    let count = count ?? Int.random(in: 13...19, using: &random)
    var digits = [Int.random(in: 3...6, using: &random)]
    while digits.count < count - 1 { digits.append(Int.random(in: 0...9, using: &random)) }
    for last in 0...9 where isLuhn(digits + [last]) {
      digits.append(last)
      break
    }
    return digits.map { UInt8($0) }
  }

  static func text(_ number: [UInt8]) -> String { number.map(String.init).joined() }

  static func packed(_ number: [UInt8], filler: UInt8 = 0) -> [UInt8] {
    stride(from: 0, to: number.count, by: 2).map { position in
      number[position] << 4 | (position + 1 < number.count ? number[position + 1] : filler)
    }
  }
}
