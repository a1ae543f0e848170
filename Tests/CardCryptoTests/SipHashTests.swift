import Cryptography
import Testing

/// SipHash-2-4 against the vectors of its authors: key 00…0F, messages 00, 01, 02 ….
@Suite struct SipHashTests {
  private func key() throws -> SipHashKey {
    try SipHashKey(SecretBytes(count: 16) { $0.copyBytes(from: (0..<16).map { UInt8($0) }) })
  }

  private func message(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0) } }

  @Test(
    arguments: [
      (0, 0x726f_db47_dd0e_0e31), (1, 0x74f8_39c5_93dc_67fd), (15, 0xa129_ca61_49be_45e5),
    ] as [(Int, UInt64)]
  )
  func `64 bits are those of the published vectors`(_ count: Int, _ expected: UInt64) throws {
    let key = try key()
    #expect(message(count).withUnsafeBytes { key.digest64(of: $0) } == expected)
  }

  @Test func `128 bits are those of the published vectors`() throws {
    let key = try key()
    let empty = message(0).withUnsafeBytes { key.digest128(of: $0) }
    #expect(empty == (0xe6a8_25ba_047f_81a3, 0x9302_55c7_1472_f66d))
    let one = message(1).withUnsafeBytes { key.digest128(of: $0) }
    #expect(one == (0x44af_996b_d8c1_87da, 0x45fc_229b_1159_7634))
  }

  @Test func `words are the same as their bytes`() throws {
    let key = try key()
    let bytes = message(23)
    let words = (UInt64(0x0706_0504_0302_0100), UInt64(0x0f0e_0d0c_0b0a_0908))
    // The top byte is no part of it.
    let last: UInt64 = 0xff16_1514_1312_1110
    let narrow = key.digest64(last: last) { hash in
      hash.add(words.0)
      hash.add(words.1)
    }
    #expect(narrow == bytes.withUnsafeBytes { key.digest64(of: $0) })
    let wide = key.digest128(last: last) { hash in
      hash.add(words.0)
      hash.add(words.1)
    }
    #expect(wide == bytes.withUnsafeBytes { key.digest128(of: $0) })
  }

  @Test func `a key of another length is refused`() {
    #expect(throws: CryptographyError.wrongKeyLength(count: 32)) {
      try SipHashKey(SecretBytes.random(count: 32))
    }
  }
}
