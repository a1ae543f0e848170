internal import COpenSSL

/// Comparison of secrets.
public enum ConstantTime {
  /// Whether two runs of bytes are equal, in a time that depends on their lengths only.
  public static func areEqual(
    _ left: UnsafeRawBufferPointer,
    _ right: UnsafeRawBufferPointer
  ) -> Bool {
    guard left.count == right.count else { return false }
    guard let leftBase = left.baseAddress, let rightBase = right.baseAddress else { return true }
    return CRYPTO_memcmp(leftBase, rightBase, left.count) == 0
  }
}
