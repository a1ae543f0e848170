/// Reads bytes that somebody pasted: bare hexadecimal, bytes with `0x`, or a hexdump with offsets.
enum HexadecimalInput {
  /// Why text holds no bytes; a sentence that quotes nothing of it.
  struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    let description: String
  }

  /// The most text that is read: four times what the greatest message needs as a hexdump.
  static let maximumCount = 4 << 20

  /// The bytes that the text stands for.
  static func read(_ text: String) throws(Refusal) -> [UInt8] {
    guard text.utf8.count <= maximumCount else {
      throw Refusal(description: "that is more than \(maximumCount) characters; paste one message")
    }
    if let bytes = HexdumpReader.read(text) { return bytes }
    return try plain(text)
  }

  /// What arrived on standard input: text as above, or the bytes themselves when they are no text.
  static func read(_ input: [UInt8]) throws(Refusal) -> [UInt8] {
    let isText = input.allSatisfy { $0 < 0x7F && ($0 >= 0x20 || (0x09...0x0D).contains($0)) }
    guard isText else {
      guard input.count <= maximumCount else {
        throw Refusal(description: "that is more than \(maximumCount) bytes; send one message")
      }
      return input
    }
    return try read(String(decoding: input, as: UTF8.self))
  }

  private static func plain(_ text: String) throws(Refusal) -> [UInt8] {
    var digits: [UInt8] = []
    let characters = Array(text.utf8)
    var index = 0
    while index < characters.count {
      let byte = characters[index]
      let follower = index + 1 < characters.count ? characters[index + 1] : 0
      if digits.count % 2 == 0, byte == UInt8(ascii: "0"), follower | 0x20 == UInt8(ascii: "x") {
        index += 2
        continue
      }
      if byte == UInt8(ascii: "\\"), follower | 0x20 == UInt8(ascii: "x") {
        index += 2
        continue
      }
      if let digit = digit(byte) {
        digits.append(digit)
      } else if !isSeparator(byte) {
        throw Refusal(
          description: "character \(index + 1) is no hexadecimal digit; give the message as "
            + "hexadecimal, for example 2100…, or as a hexdump"
        )
      }
      index += 1
    }
    guard !digits.isEmpty else {
      throw Refusal(description: "there is nothing to explain; give one message as hexadecimal")
    }
    guard digits.count.isMultiple(of: 2) else {
      throw Refusal(
        description:
          "\(digits.count) hexadecimal digits make no whole bytes; one is missing or too many"
      )
    }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// The value of a hexadecimal digit.
  static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x09...0x0D, 0x20, UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "-"),
      UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
