/// Why a cryptographic operation gave no result.
///
/// No case carries key material or plaintext.
public enum CryptographyError: Error, Hashable, Sendable {
  /// The sealed bytes, the key or the authenticated bytes are not those that were sealed.
  case authenticationFailed
  /// There are fewer bytes than the smallest sealed message has; the count is what there was.
  case sealedMessageTooShort(count: Int)
  /// A key has the wrong size; the count is what was given, in bytes.
  case wrongKeyLength(count: Int)
  /// A message is longer than the algorithm or the library takes; the count is in bytes.
  case messageTooLong(count: Int)
  /// HKDF cannot derive so many bytes (RFC 5869: at most 255 digests).
  case derivedKeyTooLong(count: Int)
  /// libcrypto refused for a reason of its own, such as no memory.
  case libraryFailure(operation: LibraryOperation)

  /// The step of libcrypto that failed.
  public enum LibraryOperation: String, Hashable, Sendable {
    /// Finding the cipher in the loaded providers.
    case fetchCipher
    /// Making a cipher context.
    case makeContext
    /// Setting key and nonce.
    case initialize
    /// Processing bytes.
    case update
    /// Computing or handing over the tag.
    case finish
  }
}
