import Authorization
import CardCrypto
import Cryptography
import Testing

/// What secrets show of themselves: nothing.
@Suite struct SecretTests {
  /// Everything that printing, dumping and mirrors show of a value, to any depth.
  private func everythingShown(of value: Any) -> String {
    var text = "\(value) \(String(reflecting: value)) "
    dump(value, to: &text)
    return text
  }

  @Test func `secret bytes show nothing`() {
    let secret = SecretBytes(count: 4) { $0.copyBytes(from: [0x41, 0x42, 0x43, 0x44]) }
    let shown = everythingShown(of: secret) + everythingShown(of: [secret])
    for trace in ["41", "65", "ABCD", "0x"] {
      #expect(!shown.contains(trace), "\(shown)")
    }
    #expect(shown.contains("<secret>"))
    #expect(Mirror(reflecting: secret).children.isEmpty)
  }

  @Test func `keys show nothing`() throws {
    let secret = SecretBytes.random(count: 32)
    let keys: [Any] = [
      HMACSHA256Key(secret), try AES256GCMKey(secret), try AES256CMAC(secret),
      try SipHashKey(SecretBytes.random(count: 16)),
    ]
    for key in keys {
      #expect("\(key)" == "<secret>")
      #expect(String(reflecting: key) == "<secret>")
      #expect(Mirror(reflecting: key).children.isEmpty)
      #expect(!everythingShown(of: key).contains("0x"))
    }
  }

  @Test func `secrets are random, comparable and copied`() {
    let secret = SecretBytes.random(count: 32)
    let copy = secret.withBytes { SecretBytes(copying: $0) }
    #expect(secret.isEqualInConstantTime(to: copy))
    #expect(!secret.isEqualInConstantTime(to: SecretBytes.random(count: 32)))
    #expect(!secret.isEqualInConstantTime(to: SecretBytes.random(count: 31)))
    #expect(SecretBytes(count: 5) { _ in }.withBytes { Array($0) } == [0, 0, 0, 0, 0])
    #expect(SecretBytes.random(count: 0).isEqualInConstantTime(to: SecretBytes.random(count: 0)))
  }

  @Test func `random bytes come in any number and differ`() {
    #expect(SecureRandom.bytes(0).isEmpty)
    let many = SecureRandom.bytes((1 << 20) + 5)
    #expect(many.count == (1 << 20) + 5)
    #expect(many.suffix(5).contains { $0 != 0 } || SecureRandom.bytes(5).contains { $0 != 0 })
    #expect(SecureRandom.bytes(16) != SecureRandom.bytes(16))
  }

  @Test func `comparison in constant time is comparison`() {
    let left: [UInt8] = [1, 2, 3]
    for (right, equal) in [([1, 2, 3], true), ([1, 2, 4], false), ([1, 2], false), ([], false)]
      as [([UInt8], Bool)]
    {
      #expect(
        left.withUnsafeBytes { left in
          right.withUnsafeBytes { ConstantTime.areEqual(left, $0) }
        } == equal
      )
    }
  }

  @Test func `wiping overwrites`() {
    var bytes: [UInt8] = [1, 2, 3]
    bytes.withUnsafeMutableBytes { SecretBytes.wipe($0) }
    #expect(bytes == [0, 0, 0])
  }
}
