/// HKDF with HMAC-SHA-256 (RFC 5869): several independent keys from one.
public enum HKDFSHA256 {
  /// Derives `count` bytes that belong to `information`: other information gives an unrelated key,
  /// and no derived key tells anything about another or about `inputKey`.
  ///
  /// An empty salt means 32 zero bytes, as the RFC says. Throws `derivedKeyTooLong` when `count` is
  /// above 8160.
  public static func deriveKey(
    from inputKey: SecretBytes,
    salt: UnsafeRawBufferPointer,
    information: UnsafeRawBufferPointer,
    count: Int
  ) throws(CryptographyError) -> SecretBytes {
    guard count <= 255 * Digest256.byteCount else {
      throw .derivedKeyTooLong(count: count)
    }
    let extracted = inputKey.withBytes { HMACSHA256Key(salt).authenticationCode(for: $0) }
    let pseudoRandomKey = extracted.withBytes { HMACSHA256Key($0) }
    return SecretBytes(count: count) { output in
      // T(i) = HMAC(key, T(i-1) | information | i), each in one buffer so that it can be wiped.
      let blockSize = Digest256.byteCount
      let capacity = blockSize + information.count + 1
      withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 1) { message in
        message[blockSize...].copyBytes(from: information)
        var written = 0
        var counter: UInt8 = 1
        while written < count {
          message[capacity - 1] = counter
          let start = counter == 1 ? blockSize : 0
          let block = pseudoRandomKey.authenticationCode(
            for: UnsafeRawBufferPointer(rebasing: message[start...])
          )
          block.withBytes { bytes in
            message.copyMemory(from: bytes)
            let used = min(blockSize, count - written)
            output[written..<(written + used)].copyBytes(from: bytes[..<used])
            written += used
          }
          counter &+= 1
        }
        SecretBytes.wipe(message)
      }
    }
  }
}

extension Slice where Base == UnsafeMutableRawBufferPointer {
  /// Copies bytes to the start of the slice.
  fileprivate func copyBytes(from source: UnsafeRawBufferPointer) {
    UnsafeMutableRawBufferPointer(rebasing: self).copyMemory(from: source)
  }

  /// Copies bytes to the start of the slice.
  fileprivate func copyBytes(from source: Slice<UnsafeRawBufferPointer>) {
    copyBytes(from: UnsafeRawBufferPointer(rebasing: source))
  }
}
