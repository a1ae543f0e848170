import Testing

@testable import Cryptography

/// AES-256-GCM against test cases 13 to 16 of the algorithm's submission to NIST.
@Suite struct AES256GCMTests {
  private func bytes(_ text: String) throws -> [UInt8] {
    try #require(Hexadecimal.bytes(of: text))
  }

  private func randomKey() throws -> AES256GCMKey {
    try AES256GCMKey(SecretBytes.random(count: 32))
  }

  private func seal(_ key: AES256GCMKey, _ plaintext: [UInt8], _ authenticated: [UInt8]) throws
    -> [UInt8]
  {
    try plaintext.withUnsafeBytes { plaintext in
      try authenticated.withUnsafeBytes { try key.seal(plaintext, authenticating: $0) }
    }
  }

  private func open(_ key: AES256GCMKey, _ sealed: [UInt8], _ authenticated: [UInt8]) throws
    -> [UInt8]
  {
    try sealed.withUnsafeBytes { sealed in
      try authenticated.withUnsafeBytes { authenticated in
        try key.open(sealed, authenticating: authenticated).withBytes { Array($0) }
      }
    }
  }

  private static let longKey = String(repeating: "feffe9928665731c6d6a8f9467308308", count: 2)
  private static let longPlaintext =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
  private static let longCiphertext =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"

  @Test(arguments: [
    (
      13, String(repeating: "0", count: 64), String(repeating: "0", count: 24), "", "",
      "530f8afbc74536b9a963b4f1c4cb738b"
    ),
    (
      14, String(repeating: "0", count: 64), String(repeating: "0", count: 24),
      String(repeating: "0", count: 32), "",
      "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"
    ),
    (
      15, Self.longKey, "cafebabefacedbaddecaf888", Self.longPlaintext + "1aafd255", "",
      Self.longCiphertext + "898015ad" + "b094dac5d93471bdec1a502270e3cc6c"
    ),
    (
      16, Self.longKey, "cafebabefacedbaddecaf888", Self.longPlaintext,
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      Self.longCiphertext + "76fc6ece0f4e1768cddf8853bb2d551b"
    ),
  ])
  func `published sealed messages are reproduced and open`(
    number: Int,
    keyText: String,
    nonce: String,
    plaintext: String,
    authenticated: String,
    expected: String
  ) throws {
    let key = try AES256GCMKey(bytes(keyText).withUnsafeBytes { SecretBytes(copying: $0) })
    let plaintext = try bytes(plaintext)
    let authenticated = try bytes(authenticated)
    var output =
      try bytes(nonce) + [UInt8](repeating: 0, count: plaintext.count + AES256GCMKey.tagByteCount)
    try output.withUnsafeMutableBytes { output in
      try plaintext.withUnsafeBytes { plaintext in
        try authenticated.withUnsafeBytes {
          try key.sealUnderNonceInPlace(plaintext, authenticating: $0, into: output)
        }
      }
    }
    #expect(output.withUnsafeBytes { Hexadecimal.text(of: $0) } == nonce + expected)
    #expect(try open(key, output, authenticated) == plaintext)
  }

  @Test func `messages of many lengths open again and never repeat`() throws {
    let key = try randomKey()
    var seen: Set<[UInt8]> = []
    for count in [0, 1, 10, 15, 16, 17, 1_000, 70_000] {
      let plaintext = SecureRandom.bytes(count)
      let sealed = try seal(key, plaintext, [1])
      #expect(sealed.count == count + AES256GCMKey.overhead)
      #expect(try open(key, sealed, [1]) == plaintext)
      #expect(seen.insert(sealed).inserted)
      #expect(try seen.insert(seal(key, plaintext, [1])).inserted, "the nonce is fresh")
    }
  }

  @Test func `every changed bit is noticed`() throws {
    let key = try randomKey()
    let plaintext = SecureRandom.bytes(10)
    let sealed = try seal(key, plaintext, [7, 8])
    for bit in 0..<(sealed.count * 8) {
      var changed = sealed
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: CryptographyError.authenticationFailed) { try open(key, changed, [7, 8]) }
    }
    #expect(throws: CryptographyError.authenticationFailed) { try open(key, sealed, [7, 9]) }
    #expect(throws: CryptographyError.authenticationFailed) { try open(key, sealed, []) }
    #expect(throws: CryptographyError.authenticationFailed) {
      try open(randomKey(), sealed, [7, 8])
    }
    #expect(throws: CryptographyError.authenticationFailed) {
      try open(key, Array(sealed.dropLast()), [7, 8])
    }
    #expect(try open(key, sealed, [7, 8]) == plaintext)
  }

  @Test func `a refused message leaves nothing in the buffer`() throws {
    let key = try randomKey()
    var sealed = try seal(key, [UInt8](repeating: 0x55, count: 40), [])
    sealed[sealed.count - 1] ^= 1
    var output = [UInt8](repeating: 0xAA, count: 40)
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    #expect(throws: CryptographyError.authenticationFailed) {
      try sealed.withUnsafeBytes { sealed in
        try output.withUnsafeMutableBytes { output in
          try key.open(sealed, authenticating: nothing, into: output)
        }
      }
    }
    #expect(output.allSatisfy { $0 == 0 })
  }

  @Test func `wrong lengths are refused`() throws {
    for count in [0, 16, 31, 33] {
      #expect(throws: CryptographyError.wrongKeyLength(count: count)) {
        try AES256GCMKey(SecretBytes.random(count: count))
      }
    }
    let key = try randomKey()
    for count in [0, 12, 27] {
      #expect(throws: CryptographyError.sealedMessageTooShort(count: count)) {
        try open(key, SecureRandom.bytes(count), [])
      }
    }
  }

  @Test func `one key seals on many threads`() async throws {
    let key = try randomKey()
    let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
      for thread in 0..<4 {
        group.addTask {
          try (0..<500).count { round in
            let plaintext = [UInt8](repeating: UInt8(thread), count: round % 50)
            return try open(key, seal(key, plaintext, [UInt8(thread)]), [UInt8(thread)])
              != plaintext
          }
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }
}
