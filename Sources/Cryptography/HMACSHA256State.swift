internal import COpenSSL

/// The two digest states of an HMAC key, on the heap in one place so that they can be wiped.
///
/// Unchecked because of the pointer: it is written in `init` and only read until `deinit`.
final class HMACSHA256State: @unchecked Sendable {
  private static let blockSize = 64
  private static let innerPad: UInt8 = 0x36
  private static let outerPad: UInt8 = 0x5C

  /// The state after the inner padded key, then the state after the outer one.
  private let contexts: UnsafeMutablePointer<SHA256_CTX>

  init(_ keyBytes: UnsafeRawBufferPointer) {
    let contexts = UnsafeMutablePointer<SHA256_CTX>.allocate(capacity: 2)
    contexts.initialize(repeating: SHA256_CTX(), count: 2)
    withUnsafeTemporaryAllocation(byteCount: Self.blockSize, alignment: 8) { block in
      block.initializeMemory(as: UInt8.self, repeating: 0)
      if keyBytes.count > Self.blockSize {
        SHA256.digest(
          of: keyBytes,
          into: UnsafeMutableRawBufferPointer(rebasing: block[..<Digest256.byteCount])
        )
      } else {
        block.copyMemory(from: keyBytes)
      }
      for (context, pad) in [(contexts, Self.innerPad), (contexts + 1, Self.outerPad)] {
        for position in block.indices { block[position] ^= pad }
        SHA256_Init(context)
        SHA256_Update(context, block.baseAddress, block.count)
        for position in block.indices { block[position] ^= pad }
      }
      SecretBytes.wipe(block)
    }
    self.contexts = contexts
  }

  deinit {
    OPENSSL_cleanse(contexts, 2 * MemoryLayout<SHA256_CTX>.stride)
    contexts.deallocate()
  }

  func authenticationCode(for message: UnsafeRawBufferPointer) -> Digest256 {
    var context = contexts[0]
    SHA256_Update(&context, message.baseAddress, message.count)
    let inner = context.finish()
    context = contexts[1]
    inner.withBytes { _ = SHA256_Update(&context, $0.baseAddress, $0.count) }
    let code = context.finish()
    // The chaining value left here is a step of the computation, not the key, but from it codes of
    // other messages could be continued.
    OPENSSL_cleanse(&context, MemoryLayout<SHA256_CTX>.size)
    return code
  }
}
