import Foundation

/// The ways in which a secret could stand in a file.
struct SecretForms {
  /// What is looked for, with words for the report.
  let patterns: [(name: String, bytes: [UInt8])]

  /// The forms of a secret of digits, such as a card number: as text, as packed decimal at either
  /// half of a byte, as a binary number, and each of them backwards.
  init(digits: String, name: String) {
    let text = Array(digits.utf8)
    var found: [(String, [UInt8])] = [
      ("text", text), ("UTF-16", text.flatMap { [$0, 0] }),
      ("hexadecimal text", text.flatMap { Array(String($0, radix: 16).utf8) }),
      ("unpacked decimal", text.map { $0 - 0x30 }),
      ("base64", Array(Data(text).base64EncodedString().utf8.prefix(text.count * 4 / 3))),
    ]
    for (name, half) in [
      ("packed", text), ("packed from the second half", Array(text.dropFirst())),
    ] {
      let nibbles = half.map { $0 - 0x30 }
      // An odd last digit shares its byte with something else.
      let packed = stride(from: 0, to: nibbles.count - 1, by: 2).map {
        nibbles[$0] << 4 | nibbles[$0 + 1]
      }
      let swapped = packed.map { $0 << 4 | $0 >> 4 }
      found += [(name, packed), ("\(name), halves swapped", swapped)]
    }
    if digits.utf8.count >= 12, let number = UInt64(digits) {
      let bytes = withUnsafeBytes(of: number.bigEndian) { Array($0.drop { $0 == 0 }) }
      found.append(("binary number", bytes))
    }
    patterns = Self.bothWays(found, name)
  }

  /// The forms of secret bytes, such as a PIN block.
  init(bytes: [UInt8], name: String) {
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    patterns = Self.bothWays(
      [
        ("bytes", bytes), ("hexadecimal text", Array(digits.utf8)),
        ("hexadecimal capitals", Array(digits.uppercased().utf8)),
        ("base64", Array(Data(bytes).base64EncodedString().utf8.prefix(bytes.count * 4 / 3))),
      ],
      name
    )
  }

  /// The forms of secret text, such as a track.
  init(text: String, name: String) {
    self.init(bytes: Array(text.utf8), name: name)
  }

  /// Every form that stands in some bytes, in words.
  func found(in data: Data) -> [String] {
    patterns.filter { data.range(of: Data($0.bytes)) != nil }.map(\.name)
  }

  private static func bothWays(
    _ forms: [(String, [UInt8])],
    _ name: String
  ) -> [(name: String, bytes: [UInt8])] {
    forms.flatMap { form, bytes in
      [("\(name) as \(form)", bytes), ("\(name) as \(form), backwards", bytes.reversed())]
    }
  }
}
