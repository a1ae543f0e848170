import Cryptography

/// Why an encrypted card number could not be opened.
public enum VaultError: Error, Hashable, Sendable {
  /// The bytes were changed, belong to another token, or were sealed under another key.
  case notAuthentic
  /// The bytes are genuine, but what they hold is no card number: they were written by other
  /// software under the same key.
  case notACardNumber
  /// The cipher itself failed, such as for lack of memory; says nothing about the bytes.
  case cipherFailure(CryptographyError)
}
