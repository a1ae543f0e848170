import Cryptography
import Testing

/// HMAC-SHA-256 against RFC 4231 and HKDF against RFC 5869, appendix A.
@Suite struct HMACSHA256Tests {
  private func bytes(_ text: String) throws -> [UInt8] {
    try #require(Hexadecimal.bytes(of: text))
  }

  private func code(key: [UInt8], message: [UInt8]) -> String {
    key.withUnsafeBytes { key in
      message.withUnsafeBytes { HMACSHA256Key(key).authenticationCode(for: $0).hexText }
    }
  }

  @Test(arguments: [
    (
      1, String(repeating: "0b", count: 20), "4869205468657265",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      2, "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      3, String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      4, "0102030405060708090a0b0c0d0e0f10111213141516171819",
      String(repeating: "cd", count: 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    (
      6, String(repeating: "aa", count: 131),
      "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048"
        + "617368204b6579204669727374",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      7, String(repeating: "aa", count: 131),
      "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d"
        + "73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174"
        + "612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265206265696e"
        + "6720757365642062792074686520484d414320616c676f726974686d2e",
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ])
  func `the published codes are reproduced`(
    number: Int,
    key: String,
    message: String,
    expected: String
  ) throws {
    #expect(try code(key: bytes(key), message: bytes(message)) == expected)
  }

  @Test func `the published truncated code is a prefix of the whole`() throws {
    let code = try code(
      key: bytes(String(repeating: "0c", count: 20)),
      message: Array("Test With Truncation".utf8)
    )
    #expect(code.hasPrefix("a3b6167473100ee06e0c796c2955552b"))
  }

  @Test func `a key of a whole block and one byte more are handled differently`() {
    let block = [UInt8](repeating: 7, count: 64)
    let more = [UInt8](repeating: 7, count: 65)
    let digest = more.withUnsafeBytes { SHA256.digest(of: $0) }.withBytes { Array($0) }
    #expect(code(key: more, message: [1]) == code(key: digest, message: [1]))
    #expect(code(key: block, message: [1]) != code(key: more, message: [1]))
    #expect(code(key: block, message: [1]) == code(key: block, message: [1]))
  }

  @Test func `one key answers many threads alike`() async {
    let key = HMACSHA256Key(SecretBytes.random(count: 32))
    let message = [UInt8]("4000000000000002".utf8)
    let expected = message.withUnsafeBytes { key.authenticationCode(for: $0) }
    let wrong = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          (0..<2_000).count { _ in
            !message.withUnsafeBytes { key.isValid(expected, for: $0) }
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }

  @Test func `a code is valid for its own message only`() {
    let key = HMACSHA256Key(SecretBytes.random(count: 32))
    let message: [UInt8] = [1, 2, 3]
    let other: [UInt8] = [1, 2, 4]
    let code = message.withUnsafeBytes { key.authenticationCode(for: $0) }
    #expect(message.withUnsafeBytes { key.isValid(code, for: $0) })
    #expect(!other.withUnsafeBytes { key.isValid(code, for: $0) })
    #expect(key.authenticationCode(for: message.span.bytes) == code)
  }

  @Test(arguments: [
    (
      String(repeating: "0b", count: 22), "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    ),
    (
      (0x00...0x4f).map { Self.hex($0) }.joined(), (0x60...0xaf).map { Self.hex($0) }.joined(),
      (0xb0...0xff).map { Self.hex($0) }.joined(),
      "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
        + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
        + "cc30c58179ec3e87c14c01d5c1f3434f1d87"
    ),
    (
      String(repeating: "0b", count: 22), "", "",
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    ),
  ])
  func `the published derived keys are reproduced`(
    key: String,
    salt: String,
    information: String,
    expected: String
  ) throws {
    let inputKey = try bytes(key).withUnsafeBytes { SecretBytes(copying: $0) }
    let salt = try bytes(salt)
    let information = try bytes(information)
    let expected = try bytes(expected)
    let derived = try salt.withUnsafeBytes { salt in
      try information.withUnsafeBytes { information in
        try HKDFSHA256.deriveKey(
          from: inputKey,
          salt: salt,
          information: information,
          count: expected.count
        )
      }
    }
    #expect(derived.withBytes { Array($0) } == expected)
  }

  @Test func `no more than 255 digests can be derived`() throws {
    let key = SecretBytes.random(count: 32)
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    let longest = try HKDFSHA256.deriveKey(
      from: key,
      salt: nothing,
      information: nothing,
      count: 8_160
    )
    #expect(longest.count == 8_160)
    #expect(throws: CryptographyError.derivedKeyTooLong(count: 8_161)) {
      try HKDFSHA256.deriveKey(from: key, salt: nothing, information: nothing, count: 8_161)
    }
  }

  private static func hex(_ value: Int) -> String {
    withUnsafeBytes(of: UInt8(value)) { Hexadecimal.text(of: $0) }
  }
}
