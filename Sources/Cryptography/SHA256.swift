internal import COpenSSL

/// SHA-256 (FIPS 180-4) over bytes that come in pieces.
///
/// The state is a plain value: copying it forks the computation, and nothing here allocates. It uses
/// libcrypto's direct functions, because the EVP ones look the algorithm up and allocate each time,
/// which costs more than the digest of a short record.
public struct SHA256: Sendable {
  private var context: SHA256_CTX

  /// Starts with no bytes.
  public init() {
    context = SHA256_CTX()
    SHA256_Init(&context)
  }

  /// Adds bytes; none is allowed.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    SHA256_Update(&context, bytes.baseAddress, bytes.count)
  }

  /// Adds bytes; none is allowed.
  public mutating func update(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Adds the 32 bytes of a digest: the link of a hash chain.
  public mutating func update(_ digest: Digest256) {
    digest.withBytes { update($0) }
  }

  /// The digest of all bytes so far; more may be added afterwards.
  public func finalize() -> Digest256 {
    var copy = context
    return copy.finish()
  }

  /// The digest of one run of bytes.
  public static func digest(of bytes: UnsafeRawBufferPointer) -> Digest256 {
    var context = SHA256_CTX()
    SHA256_Init(&context)
    SHA256_Update(&context, bytes.baseAddress, bytes.count)
    return context.finish()
  }

  /// The digest of one run of bytes.
  public static func digest(of bytes: RawSpan) -> Digest256 {
    bytes.withUnsafeBytes { digest(of: $0) }
  }

  /// Writes the digest of one run of bytes to the 32 bytes at `destination`, as for a checksum
  /// field inside a record.
  ///
  /// - Precondition: `destination` has 32 bytes.
  public static func digest(
    of bytes: UnsafeRawBufferPointer,
    into destination: UnsafeMutableRawBufferPointer
  ) {
    precondition(destination.count == Digest256.byteCount, "a SHA-256 digest has 32 bytes")
    digest(of: bytes).withBytes { destination.copyMemory(from: $0) }
  }
}

extension SHA256_CTX {
  /// Pads, gives the digest and leaves the context spent.
  mutating func finish() -> Digest256 {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &words) { output in
      _ = SHA256_Final(output.assumingMemoryBound(to: UInt8.self).baseAddress, &self)
    }
    return Digest256(
      word0: UInt64(bigEndian: words.0),
      word1: UInt64(bigEndian: words.1),
      word2: UInt64(bigEndian: words.2),
      word3: UInt64(bigEndian: words.3)
    )
  }
}
