import Cryptography

/// The one secret of an installation, from which the keys for tokens, for encryption and for
/// duplicate detection are derived.
///
/// It never encrypts or hashes anything itself.
public struct VaultKey: Sendable {
  /// How many bytes a key has.
  public static let byteCount = 32

  private let secret: SecretBytes

  /// A key from its bytes; throws `wrongKeyLength` unless there are 32.
  public init(_ secret: SecretBytes) throws(CryptographyError) {
    guard secret.count == Self.byteCount else { throw .wrongKeyLength(count: secret.count) }
    self.secret = secret
  }

  /// A new random key.
  public static func random() -> VaultKey {
    VaultKey(unchecked: .random(count: byteCount))
  }

  private init(unchecked secret: SecretBytes) { self.secret = secret }

  /// The public fingerprint of this key.
  public var keyCheckValue: KeyCheckValue {
    let code = fingerprint("holdfast vault key check value 1")
    return KeyCheckValue(number: UInt32(truncatingIfNeeded: code.word0 >> 32))
  }

  /// Whether two keys are the same, in a time that does not depend on where they differ.
  public func isEqualInConstantTime(to other: VaultKey) -> Bool {
    secret.isEqualInConstantTime(to: other.secret)
  }

  /// What a key file keeps beside the key to notice damage.
  var fileCheckValue: UInt64 { fingerprint("holdfast vault key file 1").word0 }

  /// A key for one purpose, unrelated to those for others.
  func derivedKey(
    for purpose: Purpose,
    count: Int
  ) throws(CryptographyError) -> SecretBytes {
    let label = purpose.label
    return try HKDFSHA256.deriveKey(
      from: secret,
      salt: UnsafeRawBufferPointer(start: nil, count: 0),
      information: UnsafeRawBufferPointer(start: label.utf8Start, count: label.utf8CodeUnitCount),
      count: count
    )
  }

  /// Runs `body` with the key's bytes, for the key file alone.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    secret.withBytes(body)
  }

  private func fingerprint(_ label: StaticString) -> Digest256 {
    HMACSHA256Key(secret).authenticationCode(
      for: UnsafeRawBufferPointer(start: label.utf8Start, count: label.utf8CodeUnitCount)
    )
  }

  /// What a derived key is for.
  ///
  /// The labels are part of every stored token and sealed number: a
  /// changed label is another key.
  enum Purpose {
    case token
    case encryption
    case duplicate
    case content

    var label: StaticString {
      switch self {
      case .token: "holdfast card number token 2"
      case .encryption: "holdfast card number encryption 1"
      case .duplicate: "holdfast duplicate request 2"
      case .content: "holdfast request content 1"
      }
    }
  }
}

extension VaultKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `<secret>`.
  public var description: String { "<secret>" }
  /// Always `<secret>`.
  public var debugDescription: String { "<secret>" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
