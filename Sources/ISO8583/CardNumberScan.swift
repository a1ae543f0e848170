/// Finds what could be a card number among digits.
///
/// A run of 13 to 19 digits with a right check digit could be one, and so could such a stretch inside
/// a longer run. Inside a run that is itself short enough, a stretch must begin as payment cards do
/// (2 to 6): otherwise nearly every merchant number of fifteen digits would be hidden.
enum CardNumberScan {
  /// Which digits to hide: all but the first six and the last four of each find.
  ///
  /// - Parameters:
  ///   - digits: A run of digits, 0 to 9 each.
  ///   - strict: Whether stretches with any first digit count, where the rules above leave a choice.
  /// - Returns: As many flags as digits, or `nil` when nothing is to be hidden.
  static func hidden(_ digits: [UInt8], strict: Bool) -> [Bool]? {
    let count = digits.count
    guard count >= 13 else { return nil }
    var hidden: [Bool]?
    func hide(_ start: Int, _ length: Int) {
      var flags = hidden ?? [Bool](repeating: false, count: count)
      for position in start + 6..<start + length - 4 { flags[position] = true }
      hidden = flags
    }
    // Sums of alternating doubling from the left, so that each stretch is checked in two steps.
    var sums: [[Int]] = [[0], [0]]
    for parity in 0...1 {
      sums[parity].reserveCapacity(count + 1)
      for (position, digit) in digits.enumerated() {
        let value = Int(digit)
        let isDoubled = position & 1 == parity
        let weight = isDoubled ? (value > 4 ? value * 2 - 9 : value * 2) : value
        sums[parity].append(sums[parity][position] + weight)
      }
    }
    let isLong = count > 19
    for start in 0...count - 13 {
      for length in 13...min(19, count - start) {
        let last = start + length - 1
        let sum = sums[last & 1 ^ 1]
        let isValid = (sum[last + 1] - sum[start]).isMultiple(of: 10)
        let isCardLike = (2...6).contains(digits[start])
        let isWhole = !isLong && length == count
        if isValid, isCardLike || strict && (isLong || isWhole) {
          hide(start, length)
        }
      }
    }
    return hidden
  }

  /// The text with the inner digits of what could be a card number replaced by stars; single spaces
  /// and hyphens between digits do not hide it.
  static func masked(_ text: String) -> String {
    var characters = Array(text.unicodeScalars)
    var positions: [Int] = []
    var digits: [UInt8] = []
    func finish() {
      if let flags = hidden(digits, strict: true) {
        for (index, flag) in flags.enumerated() where flag { characters[positions[index]] = "*" }
      }
      positions.removeAll(keepingCapacity: true)
      digits.removeAll(keepingCapacity: true)
    }
    var gap = 0
    for (position, character) in characters.enumerated() {
      if character.value >= 0x30, character.value <= 0x39 {
        digits.append(UInt8(character.value - 0x30))
        positions.append(position)
        gap = 0
      } else if character == " " || character == "-", gap == 0 {
        gap = 1
      } else {
        finish()
        gap = 1
      }
    }
    finish()
    var result = String.UnicodeScalarView()
    result.append(contentsOf: characters)
    return String(result)
  }
}
