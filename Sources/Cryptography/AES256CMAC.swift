internal import CAES
internal import COpenSSL

/// CMAC with AES-256 (NIST SP 800-38B): a pseudorandom function under a secret key.
///
/// The processor's instructions for AES encrypt where it has them, libcrypto elsewhere; the codes are the
/// same. For use by one thread at a time: the library's context belongs to it. A code allocates nothing.
public final class AES256CMAC {
  /// How many bytes a key has.
  public static let keyByteCount = 32
  /// How many bytes a block and a code have.
  public static let blockByteCount = 16

  /// A block or a code: bytes 0 to 7 and 8 to 15, big-endian.
  public struct Block: Hashable, Sendable {
    /// Bytes 0 to 7, big-endian.
    public var high: UInt64
    /// Bytes 8 to 15, big-endian.
    public var low: UInt64

    /// A block from its halves.
    @inlinable
    public init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }

    fileprivate static func ^ (left: Block, right: Block) -> Block {
      Block(high: left.high ^ right.high, low: left.low ^ right.low)
    }

    /// The block times x in the field of SP 800-38B, section 5.3.
    fileprivate var doubled: Block {
      Block(high: high << 1 | low >> 63, low: low << 1 ^ (high >> 63) * 0x87)
    }
  }

  private let context: OpaquePointer
  /// For the processor's instructions; `nil` where the library encrypts.
  private let roundKeys: UnsafeMutablePointer<aes256_round_keys>?
  /// Goes into a last block that is whole.
  private var wholeBlockKey = Block(high: 0, low: 0)
  /// Goes into a last block that was filled up.
  private var filledBlockKey = Block(high: 0, low: 0)

  /// A key from 32 bytes; throws `wrongKeyLength` for any other number, and `libraryFailure` when
  /// the loaded libcrypto has no AES-256 or no memory.
  public convenience init(_ key: SecretBytes) throws(CryptographyError) {
    try self.init(key, usesInstructions: Self.hasInstructions)
  }

  /// Whether this processor has instructions for AES that this build knows.
  static let hasInstructions = aes_has_instructions()

  /// A key as above; `usesInstructions` is false where they are missing, and in tests.
  init(_ key: SecretBytes, usesInstructions: Bool) throws(CryptographyError) {
    guard key.count == Self.keyByteCount else { throw .wrongKeyLength(count: key.count) }
    guard let cipher = EVP_CIPHER_fetch(nil, "AES-256-ECB", nil) else {
      ERR_clear_error()
      throw .libraryFailure(operation: .fetchCipher)
    }
    defer { EVP_CIPHER_free(cipher) }
    guard let context = EVP_CIPHER_CTX_new() else {
      ERR_clear_error()
      throw .libraryFailure(operation: .makeContext)
    }
    let isSet = key.withBytes {
      EVP_EncryptInit_ex2(
        context,
        cipher,
        $0.assumingMemoryBound(to: UInt8.self).baseAddress,
        nil,
        nil
      )
    }
    guard isSet == 1 else {
      EVP_CIPHER_CTX_free(context)
      ERR_clear_error()
      throw .libraryFailure(operation: .initialize)
    }
    self.context = context
    roundKeys = usesInstructions ? Self.roundKeys(of: key) : nil
    wholeBlockKey = encrypt(Block(high: 0, low: 0)).doubled
    filledBlockKey = wholeBlockKey.doubled
  }

  deinit {
    EVP_CIPHER_CTX_free(context)
    if let roundKeys {
      SecretBytes.wipe(UnsafeMutableRawBufferPointer(start: roundKeys, count: Self.roundKeyBytes))
      roundKeys.deallocate()
    }
    wholeBlockKey = Block(high: 0, low: 0)
    filledBlockKey = Block(high: 0, low: 0)
  }

  /// The code of a message of exactly one block.
  public func code(for block: Block) -> Block { encrypt(block ^ wholeBlockKey) }

  /// The code of a message of any length.
  public func code(for message: UnsafeRawBufferPointer) -> Block {
    var chain = Block(high: 0, low: 0)
    var rest = message
    while rest.count > Self.blockByteCount {
      chain = encrypt(chain ^ Self.block(rest))
      rest = UnsafeRawBufferPointer(rebasing: rest[Self.blockByteCount...])
    }
    if rest.count == Self.blockByteCount {
      return encrypt(chain ^ Self.block(rest) ^ wholeBlockKey)
    }
    let filled = withUnsafeTemporaryAllocation(byteCount: Self.blockByteCount, alignment: 8) {
      bytes in
      bytes.initializeMemory(as: UInt8.self, repeating: 0)
      bytes.copyMemory(from: rest)
      bytes[rest.count] = 0x80
      defer { SecretBytes.wipe(bytes) }
      return Self.block(UnsafeRawBufferPointer(bytes))
    }
    return encrypt(chain ^ filled ^ filledBlockKey)
  }

  private static func block(_ bytes: UnsafeRawBufferPointer) -> Block {
    Block(
      high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    )
  }

  private static let roundKeyBytes = MemoryLayout<aes256_round_keys>.size

  private static func roundKeys(of key: SecretBytes) -> UnsafeMutablePointer<aes256_round_keys> {
    let roundKeys = UnsafeMutablePointer<aes256_round_keys>.allocate(capacity: 1)
    key.withBytes {
      aes256_expand_key($0.assumingMemoryBound(to: UInt8.self).baseAddress, roundKeys)
    }
    return roundKeys
  }

  @inline(__always)
  private func encrypt(_ block: Block) -> Block {
    guard let roundKeys else { return encryptInLibrary(block) }
    let encrypted = aes256_encrypt(roundKeys, aes_block(high: block.high, low: block.low))
    return Block(high: encrypted.high, low: encrypted.low)
  }

  @inline(never)
  private func encryptInLibrary(_ block: Block) -> Block {
    var words = (block.high.bigEndian, block.low.bigEndian)
    withUnsafeMutableBytes(of: &words) { bytes in
      let place = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
      // The direct call: the checked one costs more than the cipher, and whole blocks need no more.
      let count = EVP_Cipher(context, place, place, UInt32(Self.blockByteCount))
      precondition(count > 0, "libcrypto refuses a key that it accepted")
    }
    return Block(high: UInt64(bigEndian: words.0), low: UInt64(bigEndian: words.1))
  }
}

extension AES256CMAC: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `<secret>`.
  public var description: String { "<secret>" }
  /// Always `<secret>`.
  public var debugDescription: String { "<secret>" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
