import Authorization
import Cryptography
import Synchronization

/// Turns card numbers into tokens and into sealed bytes, and back: the only place where a stored
/// card number can be read (rows S-007 and S-016).
///
/// One vault serves all threads; a thread that needs many tokens takes a tokenizer of its own.
public struct PANVault: Sendable {
  private let tokenKey: SecretBytes
  private let tokenizer: SharedTokenizer
  private let encryptionKey: AES256GCMKey

  /// The key for recognizing repeated requests by a keyed digest of what names them: without a key,
  /// a network could send messages that pass for one another.
  public let duplicateKey: SipHashKey

  /// The key for telling two messages of one name apart by a keyed digest of what they ask.
  public let contentKey: SipHashKey

  /// The public fingerprint of the key that this vault works with.
  public let keyCheckValue: KeyCheckValue

  /// A vault that works with keys derived from `key`; throws when libcrypto has no AES-256.
  public init(key: VaultKey) throws(CryptographyError) {
    tokenKey = try key.derivedKey(for: .token, count: AES256CMAC.keyByteCount)
    tokenizer = SharedTokenizer(try PANTokenizer(key: tokenKey))
    encryptionKey = try AES256GCMKey(
      key.derivedKey(for: .encryption, count: AES256GCMKey.keyByteCount)
    )
    duplicateKey = try SipHashKey(key.derivedKey(for: .duplicate, count: SipHashKey.byteCount))
    contentKey = try SipHashKey(key.derivedKey(for: .content, count: SipHashKey.byteCount))
    keyCheckValue = key.keyCheckValue
  }

  /// The token of a card number, as `PANTokenizer` gives it.
  public func token(for pan: PAN) -> PANToken { tokenizer.token(for: pan) }

  /// A tokenizer for one thread.
  public func makeTokenizer() -> PANTokenizer {
    do throws(CryptographyError) {
      return try PANTokenizer(key: tokenKey)
    } catch {
      // The same key was accepted when the vault was made.
      preconditionFailure("libcrypto has no memory for a cipher")
    }
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

/// A tokenizer that threads take turns at.
private final class SharedTokenizer: Sendable {
  private let tokenizer: Mutex<PANTokenizer>

  init(_ tokenizer: sending PANTokenizer) { self.tokenizer = Mutex(tokenizer) }

  func token(for pan: PAN) -> PANToken { tokenizer.withLock { $0.token(for: pan) } }
}

extension PANToken {
  /// Runs `body` with the token's 16 bytes, big-endian.
  fileprivate func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
  }
}
