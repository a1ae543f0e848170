import Authorization
import Cryptography

/// Turns card numbers into tokens and into sealed bytes, and back: the only place where a stored
/// card number can be read (rows S-007 and S-016).
///
/// Immutable and free of locks: one vault serves all threads.
public struct PANVault: Sendable {
  private let tokenKey: HMACSHA256Key
  private let encryptionKey: AES256GCMKey

  /// The key for recognizing repeated requests by a keyed hash of their content, which holds card
  /// data and so must not be hashed without a key.
  public let duplicateKey: HMACSHA256Key

  /// The public fingerprint of the key that this vault works with.
  public let keyCheckValue: KeyCheckValue

  /// A vault that works with keys derived from `key`; throws when libcrypto has no AES-256-GCM.
  public init(key: VaultKey) throws(CryptographyError) {
    tokenKey = HMACSHA256Key(try key.derivedKey(for: .token))
    encryptionKey = try AES256GCMKey(key.derivedKey(for: .encryption))
    duplicateKey = HMACSHA256Key(try key.derivedKey(for: .duplicate))
    keyCheckValue = key.keyCheckValue
  }

  /// The token of a card number: the first 16 bytes of the HMAC-SHA-256 of its ASCII digits.
  ///
  /// Equal numbers give equal tokens for as long as the key lives. Allocates nothing.
  public func token(for pan: PAN) -> PANToken {
    let code = pan.withASCIIDigits { tokenKey.authenticationCode(for: $0) }
    return PANToken(high: code.word0, low: code.word1)
  }

  /// Seals a card number for storage, bound to its token.
  ///
  /// Two seals of one number differ. One vault key may seal 2^32 times (NIST SP 800-38D, section
  /// 8.3). Throws `libraryFailure` when the cipher fails, such as for lack of memory.
  public func seal(_ pan: PAN) throws(CryptographyError) -> EncryptedPAN {
    var packed = PackedPAN(pan)
    defer { packed.wipe() }
    let digits = packed
    return try EncryptedPAN { (output) throws(CryptographyError) in
      try token(for: pan).withBytes { (token) throws(CryptographyError) in
        try digits.withBytes { (digits) throws(CryptographyError) in
          try encryptionKey.seal(digits, authenticating: token, into: output)
        }
      }
    }
  }

  /// The card number that was sealed for the card with this token.
  ///
  /// Throws `notAuthentic` when the bytes, the token or the key are not those of the seal.
  public func open(
    _ encrypted: EncryptedPAN,
    token: PANToken
  ) throws(VaultError) -> PAN {
    var packed: PackedPAN
    do throws(CryptographyError) {
      packed = try PackedPAN { (output) throws(CryptographyError) in
        try token.withBytes { (token) throws(CryptographyError) in
          try encrypted.withBytes { (sealed) throws(CryptographyError) in
            try encryptionKey.open(sealed, authenticating: token, into: output)
          }
        }
      }
    } catch .authenticationFailed {
      throw .notAuthentic
    } catch {
      throw .cipherFailure(error)
    }
    defer { packed.wipe() }
    guard let pan = packed.pan else { throw .notACardNumber }
    return pan
  }
}

extension PANVault: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The fingerprint of the key.
  public var description: String { "vault of key \(keyCheckValue)" }
  /// The fingerprint of the key.
  public var debugDescription: String { description }
  /// A mirror of the fingerprint alone.
  public var customMirror: Mirror { Mirror(self, children: ["keyCheckValue": keyCheckValue.text]) }
}

extension PANToken {
  /// Runs `body` with the token's 16 bytes, big-endian.
  fileprivate func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
  }
}
