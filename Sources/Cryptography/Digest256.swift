/// A 256-bit digest or message authentication code, kept on the stack.
///
/// The four words hold the digest's bytes in order, each word big-endian, so that comparing words
/// compares bytes and a prefix of the digest is the top of `word0`.
///
/// `==` stops at the first difference, which is fine for hashes of public data (chains, indexes). Use
/// `isEqualInConstantTime(to:)` where one side is a secret that somebody could search for.
public struct Digest256: Hashable, Sendable {
  /// How many bytes a digest has.
  public static var byteCount: Int { 32 }

  /// Bytes 0 to 7, big-endian.
  public let word0: UInt64
  /// Bytes 8 to 15, big-endian.
  public let word1: UInt64
  /// Bytes 16 to 23, big-endian.
  public let word2: UInt64
  /// Bytes 24 to 31, big-endian.
  public let word3: UInt64

  /// A digest from its words.
  @inlinable
  public init(word0: UInt64, word1: UInt64, word2: UInt64, word3: UInt64) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
    self.word3 = word3
  }

  /// A digest from its bytes, or `nil` unless there are exactly 32.
  @inlinable
  public init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 32 else { return nil }
    self.word0 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    self.word1 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    self.word2 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
    self.word3 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
  }

  /// A digest from its text, or `nil` unless it is exactly 64 hexadecimal digits.
  public init?(hexText: some StringProtocol) {
    guard let bytes = Hexadecimal.bytes(of: hexText) else { return nil }
    guard let digest = bytes.withUnsafeBytes({ Digest256(bytes: $0) }) else { return nil }
    self = digest
  }

  /// The digest of 32 zero bytes: stands for "no predecessor" at the start of a hash chain.
  @inlinable
  public static var zero: Digest256 { Digest256(word0: 0, word1: 0, word2: 0, word3: 0) }

  /// Runs `body` with the 32 bytes in digest order.
  ///
  /// The pointer is valid during the call only.
  @inlinable
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = (word0.bigEndian, word1.bigEndian, word2.bigEndian, word3.bigEndian)
    return try withUnsafeBytes(of: bytes, body)
  }

  /// Whether two digests are equal, in a time that does not depend on where they differ.
  public func isEqualInConstantTime(to other: Digest256) -> Bool {
    let difference =
      (word0 ^ other.word0) | (word1 ^ other.word1) | (word2 ^ other.word2)
      | (word3 ^ other.word3)
    return difference == 0
  }

  /// The digest as 64 lower-case hexadecimal digits.
  public var hexText: String {
    withBytes { Hexadecimal.text(of: $0) }
  }
}

extension Digest256: CustomStringConvertible {
  /// The digest as 64 lower-case hexadecimal digits.
  public var description: String { hexText }
}
