/// Reads what `xxd`, `hexdump -C`, `od -A x -t x1` and packet analysers print: an offset, bytes, and
/// perhaps the characters of the bytes.
///
/// A character column may itself look like hexadecimal. The offsets say how many bytes a line has,
/// so the column is left out without guessing on every line but the last.
enum HexdumpReader {
  private struct Line {
    let offset: Int
    /// What stands behind the offset.
    let rest: Substring
    /// `xxd` puts a colon behind the offset and two spaces before the characters.
    let hasColon: Bool
  }

  /// The bytes, or `nil` when the text is no hexdump with offsets that count up from 0.
  static func read(_ text: String) -> [UInt8]? {
    var lines: [Line] = []
    // A carriage return before a line feed is one character of its own in Swift.
    for line in text.split(whereSeparator: \.isNewline) {
      let trimmed = line.drop { $0 == " " || $0 == "\t" }
      if trimmed.allSatisfy(\.isWhitespace) { continue }
      guard let line = split(trimmed) else { return nil }
      lines.append(line)
    }
    guard let first = lines.first, first.offset == 0 else { return nil }
    var bytes: [UInt8] = []
    for (index, line) in lines.enumerated() {
      guard line.offset == bytes.count else { return nil }
      let found: [UInt8]
      if index + 1 < lines.count {
        let count = lines[index + 1].offset - line.offset
        guard count > 0, let exactly = take(count, from: line.rest) else { return nil }
        found = exactly
      } else {
        found = last(line, width: index > 0 ? lines[1].offset : 16)
      }
      bytes.append(contentsOf: found)
    }
    return bytes.isEmpty ? nil : bytes
  }

  private static func split(_ line: Substring) -> Line? {
    let digits = line.prefix { $0.isASCII && $0.isHexDigit }
    guard (4...16).contains(digits.count), let offset = Int(digits, radix: 16) else { return nil }
    var rest = line.dropFirst(digits.count)
    let hasColon = rest.first == ":"
    if hasColon { rest = rest.dropFirst() }
    // The closing line of hexdump and od is an offset alone; bare hexadecimal is one, too, but then
    // it does not count up from 0.
    guard rest.isEmpty || rest.first == " " || rest.first == "\t" else { return nil }
    return Line(offset: offset, rest: rest, hasColon: hasColon)
  }

  /// Exactly so many bytes from the front, in groups of any size.
  private static func take(_ count: Int, from text: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    for group in text.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
      guard bytes.count < count else { break }
      guard let found = group.isEmpty ? nil : Self.bytes(of: group),
        bytes.count + found.count <= count
      else { return nil }
      bytes.append(contentsOf: found)
    }
    return bytes.count == count ? bytes : nil
  }

  /// The bytes of the last line, up to the column of characters.
  private static func last(_ line: Line, width: Int) -> [UInt8] {
    let text = line.rest.prefix { $0 != "|" }
    var bytes: [UInt8] = []
    var gap = 0
    var group = ""
    for character in String(text.drop { $0 == " " || $0 == "\t" }) + " " {
      guard character == " " || character == "\t" else {
        if gap > 0, group.isEmpty {
          // `hexdump -C` and some analysers leave two spaces after eight bytes.
          let limit = line.hasColon || bytes.count != 8 ? 1 : 2
          if gap > limit { break }
          gap = 0
        }
        group.append(character)
        continue
      }
      gap += 1
      if !group.isEmpty {
        guard let found = Self.bytes(of: group[...]), bytes.count + found.count <= width else {
          break
        }
        bytes.append(contentsOf: found)
        group = ""
        gap = 1
      }
    }
    return bytes
  }

  private static func bytes(of group: Substring) -> [UInt8]? {
    let digits = group.utf8.map { HexadecimalInput.digit($0) }
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }
}
