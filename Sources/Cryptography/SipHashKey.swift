/// A key for SipHash-2-4 (Aumasson and Bernstein, 2012): short keyed digests that nobody without the
/// key can predict or make collide.
public struct SipHashKey: Sendable {
  /// How many bytes a key has.
  public static let byteCount = 16

  @usableFromInline let word0: UInt64
  @usableFromInline let word1: UInt64

  /// A key from 16 bytes; throws `wrongKeyLength` for any other number.
  public init(_ secret: SecretBytes) throws(CryptographyError) {
    guard secret.count == Self.byteCount else { throw .wrongKeyLength(count: secret.count) }
    (word0, word1) = secret.withBytes {
      (
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
  }
}

extension SipHashKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `<secret>`.
  public var description: String { "<secret>" }
  /// Always `<secret>`.
  public var debugDescription: String { "<secret>" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
