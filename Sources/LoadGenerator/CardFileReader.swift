/// Reads the file of `--cards`.
///
/// A line is an import line with a card (`{"card":{"pan":"…","expiry":"3012",…}}`), a card alone
/// (`{"pan":"…","expiry":"3012"}`) or plain `PAN[,YYMM]`. Other import lines, empty lines and lines
/// that begin with `#` are passed over. The file is taken piece by piece: an import file of ten
/// million cards has gigabytes, its cards are kept in 16 bytes each.
public struct CardFileReader {
  /// Why a line cannot be used.
  public struct BadLine: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, counted from 1.
    public let line: Int

    /// Where and what is expected; never the line itself, which may hold a card number.
    public var description: String {
      """
      line \(line): expected {"pan":"…","expiry":"YYMM"}, an import line, or PAN[,YYMM] with 13 \
      to 19 digits
      """
    }
  }

  /// The expiry of plain lines without one.
  public static let defaultExpiry = "3012"

  private var cards = LoadCards()
  private var number = 0
  /// The beginning of a line whose end has not come.
  private var begun: [UInt8] = []

  /// Nothing read yet.
  public init() {}

  /// No line of an import is longer.
  private static let longestLine = 1 << 20
  private static let panKey = Array("\"pan\"".utf8)
  private static let expiryKey = Array("\"expiry\"".utf8)

  /// The cards of a whole file, in order.
  public static func read(_ bytes: [UInt8]) throws(BadLine) -> LoadCards {
    var reader = CardFileReader()
    try reader.take(bytes[...])
    return try reader.finish()
  }

  /// Takes the next piece of a file.
  public mutating func take(_ bytes: ArraySlice<UInt8>) throws(BadLine) {
    var rest = bytes
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      if begun.isEmpty {
        try takeLine(rest[..<end])
      } else {
        begun.append(contentsOf: rest[..<end])
        try takeLine(begun[...])
        begun.removeAll(keepingCapacity: true)
      }
      rest = rest[(end + 1)...]
    }
    guard begun.count + rest.count <= CardFileReader.longestLine else {
      throw BadLine(line: number + 1)
    }
    begun.append(contentsOf: rest)
  }

  /// Takes the last line, and gives the cards in order.
  public mutating func finish() throws(BadLine) -> LoadCards {
    try takeLine(begun[...])
    begun = []
    return cards
  }

  private mutating func takeLine(_ line: ArraySlice<UInt8>) throws(BadLine) {
    number += 1
    let text = CardFileReader.trimmed(line)
    guard let first = text.first, first != UInt8(ascii: "#") else { return }
    let taken: Bool
    if first == UInt8(ascii: "{") {
      guard let pan = CardFileReader.member(CardFileReader.panKey, of: text) else {
        // An import line about something else; anything that is no object is refused above.
        guard text.last == UInt8(ascii: "}") else { throw BadLine(line: number) }
        return
      }
      let expiry = CardFileReader.member(CardFileReader.expiryKey, of: text)
      taken =
        if let expiry {
          cards.append(pan: pan, expiry: expiry)
        } else {
          cards.append(pan: pan, expiry: CardFileReader.defaultExpiry.utf8)
        }
    } else {
      let parts = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      taken =
        switch parts.count {
        case 1: cards.append(pan: parts[0], expiry: CardFileReader.defaultExpiry.utf8)
        case 2: cards.append(pan: parts[0], expiry: parts[1])
        default: false
        }
    }
    guard taken else { throw BadLine(line: number) }
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var line = line
    while let last = line.last, last <= 0x20 { line.removeLast() }
    while let first = line.first, first <= 0x20 { line.removeFirst() }
    return line
  }

  /// The text of a string member whose value holds only digits.
  ///
  /// Digits need no escapes, so the bytes can be looked at without reading the whole document.
  private static func member(_ key: [UInt8], of text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var start = text.startIndex
    while start + key.count < text.endIndex {
      guard text[start] == key[0], text[start..<start + key.count].elementsEqual(key) else {
        start += 1
        continue
      }
      var position = start + key.count
      while position < text.endIndex, text[position] <= 0x20 { position += 1 }
      guard position < text.endIndex, text[position] == UInt8(ascii: ":") else {
        start += 1
        continue
      }
      position += 1
      while position < text.endIndex, text[position] <= 0x20 { position += 1 }
      guard position < text.endIndex, text[position] == UInt8(ascii: "\"") else { return nil }
      let begin = position + 1
      guard let end = text[begin...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
      return text[begin..<end]
    }
    return nil
  }
}
