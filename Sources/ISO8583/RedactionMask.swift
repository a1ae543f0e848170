/// Which half-bytes of a message a dump may not show.
struct RedactionMask {
  private let bytes: [UInt8]
  private var hidden: [Bool]
  /// Card numbers of this message: hidden wherever they come again.
  var known: [[UInt8]] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    hidden = [Bool](repeating: false, count: 2 * bytes.count)
  }

  /// Whether a half-byte is hidden; half-bytes are counted from the start of the message.
  func isHidden(nibble: Int) -> Bool { hidden[nibble] }

  /// Whether a half of some byte is hidden.
  func hidesAny(_ range: Range<Int>) -> Bool {
    hidden[2 * range.lowerBound..<2 * range.upperBound].contains(true)
  }

  mutating func hide(_ range: Range<Int>) {
    for nibble in 2 * range.lowerBound..<2 * range.upperBound { hidden[nibble] = true }
  }

  mutating func hide(nibbles: Range<Int>) {
    for nibble in nibbles { hidden[nibble] = true }
  }

  /// Hides the digits of a packed card number but the first six and the last four.
  ///
  /// One too short for that keeps its last four or nothing.
  mutating func hideCardNumber(packed range: Range<Int>, digits: Int) {
    let start = 2 * range.lowerBound
    hide(nibbles: start + Self.inner(digits).lowerBound..<start + Self.inner(digits).upperBound)
  }

  /// The digits to hide of a card number with a number of digits.
  static func inner(_ digits: Int) -> Range<Int> {
    switch digits {
    case 14...: 6..<digits - 4
    case 13: 0..<digits - 4
    default: 0..<digits
    }
  }

  /// Hides track text: everything but the ends of the card number it begins with.
  mutating func hideTrack(_ range: Range<Int>) {
    hide(range)
    // Track 1 has a format letter in front, track 3 two digits.
    guard
      let start = range.prefix(3).first(where: { isDigit(bytes[$0]) }),
      let number = digitRun(from: start, in: range)
    else { return }
    let end = start + number.count
    for offset in range.lowerBound..<start { show(offset) }
    for offset in start..<end where !Self.inner(number.count).contains(offset - start) {
      show(offset)
    }
  }

  /// The digits that text has from an offset on, if they could be a card number by their count.
  func digitRun(from start: Int, in range: Range<Int>) -> [UInt8]? {
    var digits: [UInt8] = []
    for offset in start..<range.upperBound {
      guard isDigit(bytes[offset]) else { break }
      digits.append(bytes[offset] - 0x30)
    }
    return (13...21).contains(digits.count) ? digits : nil
  }

  /// Hides packed track 2 data (a chip's tag 57): card number, separator D, the rest.
  mutating func hidePackedTrack(_ range: Range<Int>) {
    hide(range)
    let digits = packedRun(range)
    guard (13...19).contains(digits.count) else { return }
    let start = 2 * range.lowerBound
    for nibble in 0..<digits.count where !Self.inner(digits.count).contains(nibble) {
      hidden[start + nibble] = false
    }
  }

  /// The packed digits from the start of a range to the first half-byte above 9.
  func packedRun(_ range: Range<Int>) -> [UInt8] {
    var digits: [UInt8] = []
    for nibble in 2 * range.lowerBound..<2 * range.upperBound {
      let value = self.value(nibble)
      guard value <= 9 else { break }
      digits.append(value)
    }
    return digits
  }

  /// Hides what could be a card number, written in characters or packed.
  ///
  /// - Parameters:
  ///   - range: The bytes to look at.
  ///   - isText: Whether the bytes are meant as text, so that a stretch of printable characters is
  ///     not taken for packed digits.
  ///   - strict: Whether stretches of long runs of characters count whatever their first digit.
  mutating func search(_ range: Range<Int>, isText: Bool, strict: Bool = true) {
    searchCharacters(range, strict: strict)
    searchPacked(range, isText: isText)
  }

  /// Hides packed card numbers that follow their own length, wherever they stand.
  ///
  /// For messages that could not be read: their elements may not be what they seem.
  mutating func searchPrefixed() {
    for offset in bytes.indices {
      // Peers that get lengths wrong write them in binary.
      for count in [BCD.pair(bytes[offset]), Int(bytes[offset])] {
        guard let count, (13...19).contains(count) else { continue }
        let end = offset + 1 + (count + 1) / 2
        guard end <= bytes.count else { continue }
        let digits = Array(packedRun(offset + 1..<end).prefix(count))
        guard digits.count == count, CardNumberScan.hidden(digits, strict: false) != nil else {
          continue
        }
        hideCardNumber(packed: offset + 1..<end, digits: count)
      }
    }
  }

  /// Hides the inner digits of the known card numbers wherever they stand, in characters or packed
  /// at any half-byte, whatever their check digit.
  mutating func hideKnown() {
    for number in Set(known) {
      guard (13...19).contains(number.count) else { continue }
      let inner = Self.inner(number.count)
      if 2 * bytes.count >= number.count {
        for start in 0...2 * bytes.count - number.count where value(start) == number[0] {
          guard number.indices.allSatisfy({ value(start + $0) == number[$0] }) else { continue }
          hide(nibbles: start + inner.lowerBound..<start + inner.upperBound)
        }
      }
      if bytes.count >= number.count {
        for start in 0...bytes.count - number.count where bytes[start] == number[0] + 0x30 {
          guard number.indices.allSatisfy({ bytes[start + $0] == number[$0] + 0x30 }) else {
            continue
          }
          hide(start + inner.lowerBound..<start + inner.upperBound)
        }
      }
    }
  }

  mutating func searchCharacters(_ range: Range<Int>, strict: Bool = true) {
    var offsets: [Int] = []
    var digits: [UInt8] = []
    var gap = 1
    for offset in range.lowerBound...range.upperBound {
      let byte = offset < range.upperBound ? bytes[offset] : 0
      if offset < range.upperBound, isDigit(byte) {
        digits.append(byte - 0x30)
        offsets.append(offset)
        gap = 0
      } else if gap == 0, byte == 0x20 || byte == 0x2D {
        gap = 1
      } else if !digits.isEmpty {
        if let flags = CardNumberScan.hidden(digits, strict: strict) {
          for (index, flag) in flags.enumerated() where flag {
            hide(offsets[index]..<offsets[index] + 1)
          }
        }
        digits.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        gap = 1
      }
    }
  }

  private mutating func searchPacked(_ range: Range<Int>, isText: Bool) {
    var start = range.lowerBound
    while start < range.upperBound {
      // A stretch of characters that the other search has seen is not looked at as packed digits.
      var end = start
      let isCharacter = isOrdinary(bytes[start], isText)
      while end < range.upperBound, isOrdinary(bytes[end], isText) == isCharacter { end += 1 }
      if isCharacter, end - start >= 13 || isText && end - start >= 7 {
        start = end
        continue
      }
      // Short stretches of characters may be part of a packed number: take them along.
      while end < range.upperBound {
        var next = end
        let isNextCharacter = isOrdinary(bytes[next], isText)
        while next < range.upperBound, isOrdinary(bytes[next], isText) == isNextCharacter {
          next += 1
        }
        if isNextCharacter, next - end >= 13 || isText && next - end >= 7 { break }
        end = next
      }
      searchNibbles(start..<end)
      start = end
    }
  }

  private mutating func searchNibbles(_ range: Range<Int>) {
    var digits: [UInt8] = []
    let last = 2 * range.upperBound
    for nibble in 2 * range.lowerBound...last {
      let value = nibble < last ? value(nibble) : 15
      if value <= 9 {
        digits.append(value)
        continue
      }
      if let flags = CardNumberScan.hidden(digits, strict: false) {
        for (index, flag) in flags.enumerated() where flag {
          hidden[nibble - digits.count + index] = true
        }
      }
      digits.removeAll(keepingCapacity: true)
    }
  }

  private mutating func show(_ offset: Int) {
    hidden[2 * offset] = false
    hidden[2 * offset + 1] = false
  }

  private func isOrdinary(_ byte: UInt8, _ isText: Bool) -> Bool {
    isText ? byte >= 0x20 && byte < 0x7F : isDigit(byte)
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private func value(_ nibble: Int) -> UInt8 {
    nibble & 1 == 0 ? bytes[nibble >> 1] >> 4 : bytes[nibble >> 1] & 15
  }
}
