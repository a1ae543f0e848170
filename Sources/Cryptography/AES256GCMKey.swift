internal import COpenSSL

/// A key for AES-256 in Galois/Counter Mode (NIST SP 800-38D): hides a message and proves that
/// neither it nor the authenticated bytes beside it were changed.
///
/// Nonces are 96 random bits, so one key may seal at most 2^32 messages (section 8.3). Every call
/// has a cipher context of its own, so one key serves all threads.
public final class AES256GCMKey: @unchecked Sendable {
  /// How many bytes a key has.
  public static let keyByteCount = 32
  /// How many bytes the nonce at the start of a sealed message has.
  public static let nonceByteCount = 12
  /// How many bytes the tag at the end of a sealed message has.
  public static let tagByteCount = 16
  /// How many bytes a sealed message is longer than its plaintext.
  public static let overhead = nonceByteCount + tagByteCount
  /// The longest plaintext and the longest authenticated bytes, 1 GiB: libcrypto counts in 32 bits.
  public static let largestMessage = 1 << 30

  private let key: SecretBytes
  /// Looked up once: a lookup costs more than sealing a card number.
  ///
  /// Never changed after `init`,
  /// and counted atomically by the library.
  private let cipher: OpaquePointer

  /// A key from 32 bytes; throws `wrongKeyLength` for any other number, and `libraryFailure` when
  /// the loaded libcrypto has no AES-256-GCM.
  public init(_ key: SecretBytes) throws(CryptographyError) {
    guard key.count == Self.keyByteCount else { throw .wrongKeyLength(count: key.count) }
    guard let cipher = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else {
      ERR_clear_error()
      throw .libraryFailure(operation: .fetchCipher)
    }
    self.key = key
    self.cipher = cipher
  }

  deinit { EVP_CIPHER_free(cipher) }

  /// Seals a message under a fresh random nonce: nonce, ciphertext and tag in one.
  ///
  /// `authenticatedData` is not hidden and not part of the result; `open` needs the same. Throws
  /// `messageTooLong` or `libraryFailure`.
  public func seal(
    _ plaintext: UnsafeRawBufferPointer,
    authenticating authenticatedData: UnsafeRawBufferPointer
  ) throws(CryptographyError) -> [UInt8] {
    var sealed = [UInt8](repeating: 0, count: plaintext.count + Self.overhead)
    var failure: CryptographyError?
    sealed.withUnsafeMutableBytes { output in
      do throws(CryptographyError) {
        try seal(plaintext, authenticating: authenticatedData, into: output)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return sealed
  }

  /// Seals a message as `seal(_:authenticating:)` does, into a buffer of exactly
  /// `plaintext.count + overhead` bytes.
  ///
  /// Throws `messageTooLong` or `libraryFailure`.
  public func seal(
    _ plaintext: UnsafeRawBufferPointer,
    authenticating authenticatedData: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) throws(CryptographyError) {
    precondition(output.count == plaintext.count + Self.overhead, "the buffer has another size")
    SecureRandom.fill(UnsafeMutableRawBufferPointer(rebasing: output[..<Self.nonceByteCount]))
    try sealUnderNonceInPlace(plaintext, authenticating: authenticatedData, into: output)
  }

  /// Seals under the nonce that already stands at the start of `output`: for published vectors.
  ///
  /// Two messages under one nonce give the key's secrets away, so this stays inside the module.
  func sealUnderNonceInPlace(
    _ plaintext: UnsafeRawBufferPointer,
    authenticating authenticatedData: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) throws(CryptographyError) {
    try checkLengths(plaintext, authenticatedData)
    let context = try makeContext()
    defer { EVP_CIPHER_CTX_free(context) }
    let bytes = output.assumingMemoryBound(to: UInt8.self)
    try start(context, nonce: UnsafePointer(bytes.baseAddress), encrypting: true)
    try authenticate(authenticatedData, in: context)
    let ciphertext = bytes.baseAddress.map { $0 + Self.nonceByteCount }
    try process(plaintext, in: context, into: ciphertext)
    let tag = ciphertext.map { $0 + plaintext.count }
    var count: Int32 = 0
    guard EVP_EncryptFinal_ex(context, tag, &count) == 1,
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagByteCount), tag) == 1
    else { throw Self.failure(.finish) }
  }

  /// Opens a sealed message (nonce, ciphertext, tag) into a buffer of exactly
  /// `sealed.count - overhead` bytes, which is wiped unless everything is genuine.
  ///
  /// Throws `authenticationFailed` when one bit of the key, the message or `authenticatedData` is
  /// not what it was, `sealedMessageTooShort`, `messageTooLong` or `libraryFailure`.
  public func open(
    _ sealed: UnsafeRawBufferPointer,
    authenticating authenticatedData: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) throws(CryptographyError) {
    guard sealed.count >= Self.overhead else {
      throw .sealedMessageTooShort(count: sealed.count)
    }
    precondition(output.count == sealed.count - Self.overhead, "the buffer has another size")
    try checkLengths(sealed, authenticatedData)
    let context = try makeContext()
    defer { EVP_CIPHER_CTX_free(context) }
    let bytes = sealed.assumingMemoryBound(to: UInt8.self)
    try start(context, nonce: bytes.baseAddress, encrypting: false)
    try authenticate(authenticatedData, in: context)
    let ciphertext = UnsafeRawBufferPointer(
      rebasing: sealed[Self.nonceByteCount..<(sealed.count - Self.tagByteCount)]
    )
    let plaintext = output.assumingMemoryBound(to: UInt8.self).baseAddress
    do throws(CryptographyError) {
      try process(ciphertext, in: context, into: plaintext)
      // The library takes a mutable pointer but only reads the tag.
      let tag = UnsafeMutableRawPointer(
        mutating: bytes.baseAddress.map { $0 + sealed.count - Self.tagByteCount }
      )
      guard
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagByteCount), tag) == 1
      else { throw Self.failure(.finish) }
      var count: Int32 = 0
      // GCM releases no bytes here; the pointer must only be one.
      var nothing: UInt8 = 0
      guard EVP_DecryptFinal_ex(context, &nothing, &count) == 1 else {
        ERR_clear_error()
        throw CryptographyError.authenticationFailed
      }
    } catch {
      SecretBytes.wipe(output)
      throw error
    }
  }

  /// Opens a sealed message; throws as `open(_:authenticating:into:)` does.
  public func open(
    _ sealed: UnsafeRawBufferPointer,
    authenticating authenticatedData: UnsafeRawBufferPointer
  ) throws(CryptographyError) -> SecretBytes {
    guard sealed.count >= Self.overhead else {
      throw .sealedMessageTooShort(count: sealed.count)
    }
    return try SecretBytes(count: sealed.count - Self.overhead) {
      (output) throws(CryptographyError) in
      try open(sealed, authenticating: authenticatedData, into: output)
    }
  }

  private func checkLengths(
    _ message: UnsafeRawBufferPointer,
    _ authenticatedData: UnsafeRawBufferPointer
  ) throws(CryptographyError) {
    let longest = max(message.count, authenticatedData.count)
    guard longest <= Self.largestMessage else { throw .messageTooLong(count: longest) }
  }

  private func makeContext() throws(CryptographyError) -> OpaquePointer {
    guard let context = EVP_CIPHER_CTX_new() else { throw Self.failure(.makeContext) }
    return context
  }

  private func start(
    _ context: OpaquePointer,
    nonce: UnsafePointer<UInt8>?,
    encrypting: Bool
  ) throws(CryptographyError) {
    let done = key.withBytes { key in
      EVP_CipherInit_ex2(
        context,
        cipher,
        key.assumingMemoryBound(to: UInt8.self).baseAddress,
        nonce,
        encrypting ? 1 : 0,
        nil
      )
    }
    guard done == 1 else { throw Self.failure(.initialize) }
  }

  private func authenticate(
    _ bytes: UnsafeRawBufferPointer,
    in context: OpaquePointer
  ) throws(CryptographyError) {
    try process(bytes, in: context, into: nil)
  }

  /// Without a destination the library authenticates the bytes and does nothing else with them.
  private func process(
    _ bytes: UnsafeRawBufferPointer,
    in context: OpaquePointer,
    into output: UnsafeMutablePointer<UInt8>?
  ) throws(CryptographyError) {
    guard !bytes.isEmpty else { return }
    var count: Int32 = 0
    guard
      EVP_CipherUpdate(
        context,
        output,
        &count,
        bytes.assumingMemoryBound(to: UInt8.self).baseAddress,
        Int32(bytes.count)
      ) == 1
    else { throw Self.failure(.update) }
  }

  /// The library keeps a queue of errors for each thread; left alone it would grow.
  private static func failure(_ operation: CryptographyError.LibraryOperation) -> CryptographyError
  {
    ERR_clear_error()
    return .libraryFailure(operation: operation)
  }
}

extension AES256GCMKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `<secret>`.
  public var description: String { "<secret>" }
  /// Always `<secret>`.
  public var debugDescription: String { "<secret>" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
