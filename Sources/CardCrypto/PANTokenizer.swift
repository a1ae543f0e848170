public import Authorization
public import Cryptography

/// Gives card numbers their tokens, for one thread.
///
/// Made by `PANVault.makeTokenizer`: each event loop has its own, so that none waits for another.
public final class PANTokenizer {
  @usableFromInline let code: AES256CMAC

  init(key: SecretBytes) throws(CryptographyError) { code = try AES256CMAC(key) }

  /// The token of a card number: the AES-256-CMAC of its digits, as one block.
  ///
  /// Equal numbers have equal tokens for as long as the key lives, other numbers others. Allocates
  /// nothing.
  @inlinable
  @inline(__always)
  public func token(for pan: PAN) -> PANToken {
    let token = pan.withBlock { code.code(for: AES256CMAC.Block(high: $0, low: $1)) }
    return PANToken(high: token.high, low: token.low)
  }
}
