import Cryptography
import Testing

/// SHA-256 against the examples of FIPS 180-4 / NIST's "SHA-256 examples" and the NIST byte-oriented
/// test vectors.
@Suite struct SHA256Tests {
  private func digest(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { SHA256.digest(of: $0) }.hexText
  }

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
        + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ])
  func `published digests are reproduced`(message: String, expected: String) {
    #expect(digest(Array(message.utf8)) == expected)
  }

  @Test func `the digest of a million letters a is reproduced`() {
    #expect(
      digest([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    )
  }

  @Test func `pieces of any size give the digest of the whole`() {
    let whole = (0..<500).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let expected = whole.withUnsafeBytes { SHA256.digest(of: $0) }
    for size in [1, 3, 55, 56, 63, 64, 65, 128, 499, 500] {
      var hash = SHA256()
      for start in stride(from: 0, to: whole.count, by: size) {
        whole[start..<min(start + size, whole.count)].withUnsafeBytes { hash.update($0) }
      }
      #expect(hash.finalize() == expected, "pieces of \(size)")
      #expect(hash.finalize() == expected, "asking twice changes nothing")
    }
  }

  @Test func `a copy goes on by itself`() {
    var first = SHA256()
    let bytes: [UInt8] = [1, 2, 3]
    first.update(bytes.span.bytes)
    var second = first
    second.update(bytes.span.bytes)
    #expect(first.finalize() != second.finalize())
    #expect(first.finalize().hexText == digest([1, 2, 3]))
    #expect(second.finalize().hexText == digest([1, 2, 3, 1, 2, 3]))
  }

  @Test func `a chain adds the bytes of the previous digest`() {
    let record: [UInt8] = [1, 2]
    let previous = SHA256.digest(of: record.span.bytes)
    var chained = SHA256()
    chained.update(previous)
    chained.update(record.span.bytes)
    let joined = previous.withBytes { Array($0) } + record
    #expect(chained.finalize().hexText == digest(joined))
  }

  @Test func `the digest can be written in place`() {
    var record = [UInt8](repeating: 0xAA, count: 40)
    let message: [UInt8] = Array("abc".utf8)
    record.withUnsafeMutableBytes { record in
      message.withUnsafeBytes {
        SHA256.digest(of: $0, into: UnsafeMutableRawBufferPointer(rebasing: record[4..<36]))
      }
    }
    #expect(record[0..<4].allSatisfy { $0 == 0xAA } && record[36...].allSatisfy { $0 == 0xAA })
    #expect(
      record[4..<36].withUnsafeBytes { Hexadecimal.text(of: $0) }
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
  }

  @Test func `a digest goes to bytes and text and back`() throws {
    let message = [UInt8]("abc".utf8)
    let digest = SHA256.digest(of: message.span.bytes)
    #expect(digest.word0 == 0xba78_16bf_8f01_cfea)
    #expect(Digest256(hexText: digest.hexText) == digest)
    #expect(Digest256(hexText: digest.hexText.uppercased()) == digest)
    #expect(digest.withBytes { Digest256(bytes: $0) } == digest)
    #expect(Digest256(hexText: String(digest.hexText.dropLast())) == nil)
    #expect(Digest256(hexText: String(digest.hexText.dropLast(2))) == nil)
    #expect(Digest256(hexText: String(digest.hexText.dropLast()) + "g") == nil)
    #expect([UInt8](repeating: 0, count: 31).withUnsafeBytes { Digest256(bytes: $0) } == nil)
    let other = Digest256(
      word0: digest.word0,
      word1: digest.word1,
      word2: digest.word2,
      word3: digest.word3 ^ 1
    )
    #expect(digest.isEqualInConstantTime(to: digest))
    #expect(!digest.isEqualInConstantTime(to: other))
  }
}
