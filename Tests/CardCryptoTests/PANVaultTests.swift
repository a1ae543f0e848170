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

  @Test func `tokens and digests are those of other implementations`() throws {
    // AES-256-CMAC of the digits with F to the end of the block; SipHash-2-4 under its own keys.
    let vault = try fixedVault()
    let number = try pan("4000000000000002")
    let token = PANToken(high: 0x78d0_dcab_6286_ed6b, low: 0xe144_d7e3_6294_af33)
    #expect(vault.token(for: number) == token)
    #expect(vault.makeTokenizer().token(for: number) == token)
    #expect(vault.keyCheckValue.text == "ffe4404c")
    let message: [UInt8] = [1, 2, 3]
    let name = message.withUnsafeBytes { vault.duplicateKey.digest128(of: $0) }
    #expect(name == (0x67dc_82a0_f745_776f, 0xfbca_b1e8_6370_08c9))
    #expect(message.withUnsafeBytes { vault.contentKey.digest64(of: $0) } == 0x17d6_5871_407c_0825)
  }

  @Test func `tokens are the same from many threads at once`() async throws {
    let vault = vault
    let numbers = try (0..<200).map { try pan("4000000000\(100_000 + $0)") }
    let tokens = numbers.map { vault.token(for: $0) }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let tokenizer = vault.makeTokenizer()
          return (0..<50).allSatisfy { _ in
            numbers.map { vault.token(for: $0) } == tokens
              && numbers.map { tokenizer.token(for: $0) } == tokens
          }
        }
      }
      for await isSame in group { #expect(isSame) }
    }
  }

  @Test func `a number sealed by another implementation opens`() throws {
    let stored = try #require(
      Hexadecimal.bytes(
        of: "000102030405060708090a0b006e28aae3a5161ba7e35d6f5d5f5a7a3063aac89ce06e6c887b"
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
        of: "0102030405060708090a0b0cf2afdd540727a19cc80ea14df34012d3b3da1b182d2b9504a8d3"
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
