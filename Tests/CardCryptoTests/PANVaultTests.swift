import Authorization
import CardCrypto
import Cryptography
import Testing

/// Card numbers to tokens and sealed bytes, and back.
@Suite struct PANVaultTests {
  private let vault: PANVault

  init() throws { vault = try PANVault(key: .random()) }

  /// The vault of the key whose bytes are 0, 1, 2 …: what is stored under it must never change.
  private func fixedVault() throws -> PANVault {
    let secret = SecretBytes(count: 32) { $0.copyBytes(from: (0..<32).map { UInt8($0) }) }
    return try PANVault(key: VaultKey(secret))
  }

  private func pan(_ text: String) throws -> PAN { try #require(PAN(text: text)) }

  @Test func `every length of card number is sealed and opened`() throws {
    for count in 1...19 {
      let number = try pan(String("9012345678901234567".prefix(count)))
      let sealed = try vault.seal(number)
      #expect(try vault.open(sealed, token: vault.token(for: number)) == number)
      #expect(sealed.bytes.count == EncryptedPAN.byteCount)
    }
  }

  @Test func `random card numbers are sealed and opened`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var state = seed
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    for round in 0..<500 {
      let digits = (0..<(13 + next() % 7)).map { _ in UInt8(next() % 10) }
      let number = try #require(PAN(digits: digits))
      let opened = try vault.open(vault.seal(number), token: vault.token(for: number))
      #expect(opened == number, "seed \(seed), round \(round)")
    }
  }

  @Test func `equal numbers have equal tokens and other numbers others`() throws {
    let numbers = ["4000000000000002", "4000000000000003", "400000000000000", "40000000000000020"]
    let tokens = try numbers.map { try vault.token(for: pan($0)) }
    #expect(Set(tokens).count == numbers.count)
    #expect(try numbers.map { try vault.token(for: pan($0)) } == tokens)
  }

  @Test func `tokens differ between keys`() throws {
    let other = try PANVault(key: .random())
    let number = try pan("4000000000000002")
    #expect(vault.token(for: number) != other.token(for: number))
    #expect(vault.keyCheckValue != other.keyCheckValue)
  }

  @Test func `the token is the start of the keyed hash of the digits`() throws {
    // Computed with another implementation: HKDF-SHA-256 of the key 00…1f without salt, then
    // HMAC-SHA-256 of the ASCII digits, then the first sixteen bytes.
    let token = try fixedVault().token(for: pan("4000000000000002"))
    #expect(token == PANToken(high: 0xf482_9f64_af72_ba6b, low: 0x9d9d_5d0c_dcaa_f529))
    #expect(try fixedVault().keyCheckValue.text == "ffe4404c")
    let message: [UInt8] = [1, 2, 3]
    let code = try fixedVault().duplicateKey.authenticationCode(for: message.span.bytes)
    #expect(code.hexText == "4d8492073bd2572343e8c450faabaf6fa1a917a98a0d8a5a7fbd32f673eea028")
  }

  @Test func `a number sealed by another implementation opens`() throws {
    let stored = try #require(
      Hexadecimal.bytes(
        of: "000102030405060708090a0b006e28aae3a5161ba7e33bd4043b2c0f5397c38f25a8157ad291"
      )
    )
    let encrypted = try #require(stored.withUnsafeBytes { EncryptedPAN(bytes: $0) })
    let number = try pan("4000000000000002")
    let vault = try fixedVault()
    #expect(try vault.open(encrypted, token: vault.token(for: number)) == number)
  }

  @Test func `genuine bytes that are no card number are told apart`() throws {
    let stored = try #require(
      Hexadecimal.bytes(
        of: "0102030405060708090a0b0cf2afdd540727a19cc80ec7f6aa2464a6d02e725f9463ee12f239"
      )
    )
    let encrypted = try #require(stored.withUnsafeBytes { EncryptedPAN(bytes: $0) })
    let vault = try fixedVault()
    let token = vault.token(for: try pan("4000000000000002"))
    #expect(throws: VaultError.notACardNumber) { try vault.open(encrypted, token: token) }
  }

  @Test func `two seals of one number differ everywhere`() throws {
    let number = try pan("4000000000000002")
    let first = try vault.seal(number)
    let second = try vault.seal(number)
    #expect(first != second)
    #expect(first.bytes.prefix(12) != second.bytes.prefix(12), "the nonce")
    #expect(first.bytes[12..<22] != second.bytes[12..<22], "the ciphertext")
    #expect(Set([first, second, first]).count == 2)
  }

  @Test func `every changed bit is noticed`() throws {
    let number = try pan("4000000000000002")
    let token = vault.token(for: number)
    let bytes = try vault.seal(number).bytes
    for bit in 0..<(bytes.count * 8) {
      var changed = bytes
      changed[bit / 8] ^= 1 << (bit % 8)
      let encrypted = try #require(changed.withUnsafeBytes { EncryptedPAN(bytes: $0) })
      #expect(throws: VaultError.notAuthentic) { try vault.open(encrypted, token: token) }
    }
    let intact = try #require(bytes.withUnsafeBytes { EncryptedPAN(bytes: $0) })
    #expect(try vault.open(intact, token: token) == number)
  }

  @Test func `a sealed number does not open for another card or under another key`() throws {
    let number = try pan("4000000000000002")
    let token = vault.token(for: number)
    let sealed = try vault.seal(number)
    let otherToken = vault.token(for: try pan("4000000000000010"))
    #expect(throws: VaultError.notAuthentic) { try vault.open(sealed, token: otherToken) }
    let halves = PANToken(high: token.low, low: token.high)
    #expect(throws: VaultError.notAuthentic) { try vault.open(sealed, token: halves) }
    let other = try PANVault(key: .random())
    #expect(throws: VaultError.notAuthentic) { try other.open(sealed, token: token) }
  }

  @Test func `stored bytes have one length only`() throws {
    for count in [0, 37, 39] {
      #expect(
        [UInt8](repeating: 0, count: count).withUnsafeBytes { EncryptedPAN(bytes: $0) } == nil
      )
    }
    let sealed = try vault.seal(pan("4000000000000002"))
    #expect(sealed.bytes.withUnsafeBytes { EncryptedPAN(bytes: $0) } == sealed)
    #expect(sealed.withBytes { Array($0) } == sealed.bytes)
  }

  @Test func `the sealed bytes hold no digits`() throws {
    let number = try pan("4000000000000002")
    let bytes = try vault.seal(number).bytes
    let packed: [UInt8] = [0x40, 0, 0, 0, 0, 0, 0, 0x02]
    for start in 0...(bytes.count - packed.count) {
      #expect(Array(bytes[start..<(start + packed.count)]) != packed)
    }
  }

  @Test func `vault, key, number and sealed number show nothing`() throws {
    let number = try pan("4000001234560002")
    let key = VaultKey.random()
    let vault = try PANVault(key: key)
    let values: [Any] = [vault, key, number, try vault.seal(number), [number], (key, number)]
    for value in values {
      var text = "\(value) \(String(reflecting: value)) "
      dump(value, to: &text)
      for trace in ["123456", "0x", "UInt", "SecretBytes", "HMAC"] {
        #expect(!text.contains(trace), "\(text)")
      }
    }
    #expect("\(key)" == "<secret>")
    #expect("\(vault)" == "vault of key \(vault.keyCheckValue.text)")
  }

  @Test func `a vault key has 32 bytes`() {
    for count in [0, 16, 31, 33] {
      #expect(throws: CryptographyError.wrongKeyLength(count: count)) {
        try VaultKey(SecretBytes.random(count: count))
      }
    }
  }

  @Test func `a key check value goes to text and back`() throws {
    let value = KeyCheckValue(number: 0x00ab_cdef)
    #expect(value.text == "00abcdef")
    #expect(KeyCheckValue(text: "00abcdef") == value)
    #expect(KeyCheckValue(text: "00ABCDEF") == value)
    for text in ["", "0abcdef", "000abcdef", "+0abcdef", "00abcdeg"] {
      #expect(KeyCheckValue(text: text) == nil)
    }
  }
}
