internal import COpenSSL

/// Random bytes for keys and nonces, from libcrypto's generator, which the kernel seeds.
///
/// There is no error to handle: a machine without randomness can keep no secret, so the process
/// ends rather than go on with a guessable key.
public enum SecureRandom {
  /// Fills a buffer with random bytes.
  public static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    var rest = buffer
    while !rest.isEmpty {
      // The library counts in 32 bits.
      let count = min(rest.count, 1 << 20)
      let filled = RAND_bytes(rest.assumingMemoryBound(to: UInt8.self).baseAddress, Int32(count))
      guard filled == 1 else { fatalError("the operating system gives no random bytes") }
      rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// `count` random bytes, for nonces and identifiers; a key belongs in `SecretBytes.random`.
  public static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      fill(UnsafeMutableRawBufferPointer(buffer))
      initialized = count
    }
  }
}
