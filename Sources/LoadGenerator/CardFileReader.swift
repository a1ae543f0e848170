/// Reads the file of `--cards`.
///
/// A line is an import line with a card (`{"card":{"pan":"…","expiry":"3012",…}}`), a card alone
/// (`{"pan":"…","expiry":"3012"}`) or plain `PAN[,YYMM]`. Other import lines, empty lines and lines
/// that begin with `#` are passed over.
public enum CardFileReader {
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

  /// The cards of a file, in order.
  public static func read(_ bytes: [UInt8]) throws(BadLine) -> LoadCards {
    var cards = LoadCards()
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let text = trimmed(line)
      guard let first = text.first, first != UInt8(ascii: "#") else { continue }
      let taken: Bool
      if first == UInt8(ascii: "{") {
        guard let pan = member("pan", of: text) else {
          // An import line about something else; anything that is no object is refused above.
          guard text.last == UInt8(ascii: "}") else { throw BadLine(line: number) }
          continue
        }
        let expiry = member("expiry", of: text).map(Array.init) ?? Array(defaultExpiry.utf8)
        taken = cards.append(pan: pan, expiry: expiry)
      } else {
        let parts = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        let expiry = parts.count > 1 ? Array(parts[1]) : Array(defaultExpiry.utf8)
        taken = parts.count <= 2 && cards.append(pan: parts[0], expiry: expiry)
      }
      guard taken else { throw BadLine(line: number) }
    }
    return cards
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
  private static func member(_ name: String, of text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let key = Array("\"\(name)\"".utf8)
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
